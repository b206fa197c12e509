// The row of Softmax.
#pragma once

#include "ops/operator.h"

namespace lockstep::check {

kernels::CheckFunction CheckSoftmax;

}  // namespace lockstep::check

namespace lockstep::kernels {

PrepareFunction PrepareSoftmax;
RunFunction softmax_ux_avx512vnni;
RunFunction softmax_ux_avx2;
RunFunction softmax_ux_neon;
RunFunction softmax_ux_msa;
RunFunction softmax_ux_portable;
RunFunction softmax_f32_portable;

inline constexpr Kernel kSoftmaxKernels[] = {
#if defined(LOCKSTEP_KERNELS_AVX512VNNI)
    LOCKSTEP_INTEGER_KERNEL(softmax_ux_avx512vnni, Isa::kAvx512Vnni, nullptr),
#endif
#if defined(LOCKSTEP_KERNELS_AVX2)
    LOCKSTEP_INTEGER_KERNEL(softmax_ux_avx2, Isa::kAvx2, nullptr),
#endif
#if defined(LOCKSTEP_KERNELS_NEON)
    LOCKSTEP_INTEGER_KERNEL(softmax_ux_neon, Isa::kNeon, nullptr),
#endif
#if defined(LOCKSTEP_KERNELS_MSA)
    LOCKSTEP_INTEGER_KERNEL(softmax_ux_msa, Isa::kMsa, nullptr),
#endif
    LOCKSTEP_INTEGER_KERNEL(softmax_ux_portable, Isa::kPortable, nullptr),
    LOCKSTEP_FLOAT_KERNEL(softmax_f32_portable, Isa::kPortable, nullptr),
};

inline constexpr Operator kSoftmax = {joint::Options::Softmax,
                                      1,
                                      check::CheckSoftmax,
                                      PrepareSoftmax,
                                      nullptr,
                                      kSoftmaxKernels,
                                      sizeof kSoftmaxKernels / sizeof(Kernel),
                                      2,
                                      -1,
                                      1,
                                      true};

}  // namespace lockstep::kernels
