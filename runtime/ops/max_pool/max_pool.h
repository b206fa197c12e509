// The row of MaxPool.
#pragma once

#include "ops/operator.h"

namespace lockstep::check {

kernels::CheckFunction CheckMaxPool;

}  // namespace lockstep::check

namespace lockstep::kernels {

PrepareFunction PrepareMaxPool;
RunFunction max_pool_ux_avx512vnni;
RunFunction max_pool_ux_neon;
RunFunction max_pool_ux_msa;
RunFunction max_pool_ux_portable;
RunFunction max_pool_f32_portable;

inline constexpr Kernel kMaxPoolKernels[] = {
#if defined(LOCKSTEP_KERNELS_AVX512VNNI)
    LOCKSTEP_INTEGER_KERNEL(max_pool_ux_avx512vnni, Isa::kAvx512Vnni, nullptr),
#endif
#if defined(LOCKSTEP_KERNELS_NEON)
    LOCKSTEP_INTEGER_KERNEL(max_pool_ux_neon, Isa::kNeon, nullptr),
#endif
#if defined(LOCKSTEP_KERNELS_MSA)
    LOCKSTEP_INTEGER_KERNEL(max_pool_ux_msa, Isa::kMsa, nullptr),
#endif
    LOCKSTEP_INTEGER_KERNEL(max_pool_ux_portable, Isa::kPortable, nullptr),
    LOCKSTEP_FLOAT_KERNEL(max_pool_f32_portable, Isa::kPortable, nullptr),
};

inline constexpr Operator kMaxPool = {joint::Options::MaxPool,
                                      1,
                                      check::CheckMaxPool,
                                      PrepareMaxPool,
                                      nullptr,
                                      kMaxPoolKernels,
                                      sizeof kMaxPoolKernels / sizeof(Kernel),
                                      1,
                                      -1,
                                      1,
                                      true};

}  // namespace lockstep::kernels
