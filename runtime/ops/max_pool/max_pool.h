// The row of MaxPool.
#pragma once

#include "ops/operator.h"

namespace lockstep::check {

kernels::CheckFunction CheckMaxPool;

}  // namespace lockstep::check

namespace lockstep::kernels {

PrepareFunction PrepareMaxPool;
RunFunction max_pool_ux_avx512vnni;
AcceptFunction AcceptsMaxPoolNeon;
RunFunction max_pool_u8_neon;
RunFunction max_pool_ux_portable;
RunFunction max_pool_f32_portable;

inline constexpr Kernel kMaxPoolKernels[] = {
#if defined(LOCKSTEP_KERNELS_AVX512VNNI)
    LOCKSTEP_INTEGER_KERNEL(max_pool_ux_avx512vnni, Isa::kAvx512Vnni, nullptr),
#endif
#if defined(LOCKSTEP_KERNELS_NEON)
    LOCKSTEP_INTEGER_KERNEL(max_pool_u8_neon, Isa::kNeon, AcceptsMaxPoolNeon),
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
