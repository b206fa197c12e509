// The row of Add.
#pragma once

#include "ops/common/prepare.h"
#include "ops/operator.h"

namespace lockstep::check {

kernels::CheckFunction CheckAdd;

}  // namespace lockstep::check

namespace lockstep::kernels {

AcceptFunction HasPlainRuns;
RunFunction add_ux_avx512vnni;
AcceptFunction AcceptsAddBytes;
RunFunction add_u8_avx2;
RunFunction add_ux_neon;
RunFunction add_ux_msa;
RunFunction add_ux_portable;
RunFunction add_f32_portable;

inline constexpr Kernel kAddKernels[] = {
#if defined(LOCKSTEP_KERNELS_AVX512VNNI)
    LOCKSTEP_INTEGER_KERNEL(add_ux_avx512vnni, Isa::kAvx512Vnni, HasPlainRuns),
#endif
#if defined(LOCKSTEP_KERNELS_AVX2)
    LOCKSTEP_INTEGER_KERNEL(add_u8_avx2, Isa::kAvx2, AcceptsAddBytes),
#endif
#if defined(LOCKSTEP_KERNELS_NEON)
    LOCKSTEP_INTEGER_KERNEL(add_ux_neon, Isa::kNeon, HasPlainRuns),
#endif
#if defined(LOCKSTEP_KERNELS_MSA)
    LOCKSTEP_INTEGER_KERNEL(add_ux_msa, Isa::kMsa, HasPlainRuns),
#endif
    LOCKSTEP_INTEGER_KERNEL(add_ux_portable, Isa::kPortable, nullptr),
    LOCKSTEP_FLOAT_KERNEL(add_f32_portable, Isa::kPortable, nullptr),
};

inline constexpr Operator kAdd = {joint::Options::Add,
                                  1,
                                  check::CheckAdd,
                                  PrepareElements,
                                  nullptr,
                                  kAddKernels,
                                  sizeof kAddKernels / sizeof(Kernel),
                                  1,
                                  -1,
                                  2,
                                  true};

}  // namespace lockstep::kernels
