// The row of PRelu.
#pragma once

#include "ops/common/prepare.h"
#include "ops/operator.h"

namespace lockstep::check {

kernels::CheckFunction CheckPRelu;

}  // namespace lockstep::check

namespace lockstep::kernels {

AcceptFunction HasPlainRuns;
RunFunction prelu_ux_avx512vnni;
RunFunction prelu_ux_neon;
RunFunction prelu_ux_msa;
RunFunction prelu_ux_portable;
RunFunction prelu_f32_portable;

inline constexpr Kernel kPReluKernels[] = {
#if defined(LOCKSTEP_KERNELS_AVX512VNNI)
    LOCKSTEP_INTEGER_KERNEL(prelu_ux_avx512vnni, Isa::kAvx512Vnni, HasPlainRuns),
#endif
#if defined(LOCKSTEP_KERNELS_NEON)
    LOCKSTEP_INTEGER_KERNEL(prelu_ux_neon, Isa::kNeon, HasPlainRuns),
#endif
#if defined(LOCKSTEP_KERNELS_MSA)
    LOCKSTEP_INTEGER_KERNEL(prelu_ux_msa, Isa::kMsa, HasPlainRuns),
#endif
    LOCKSTEP_INTEGER_KERNEL(prelu_ux_portable, Isa::kPortable, nullptr),
    LOCKSTEP_FLOAT_KERNEL(prelu_f32_portable, Isa::kPortable, nullptr),
};

inline constexpr Operator kPRelu = {joint::Options::PRelu,
                                    1,
                                    check::CheckPRelu,
                                    PrepareElements,
                                    nullptr,
                                    kPReluKernels,
                                    sizeof kPReluKernels / sizeof(Kernel),
                                    1,
                                    -1,
                                    1,
                                    true};

}  // namespace lockstep::kernels
