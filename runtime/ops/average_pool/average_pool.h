// The row of AveragePool.
#pragma once

#include "ops/operator.h"

namespace lockstep::check {

kernels::CheckFunction CheckAveragePool;

}  // namespace lockstep::check

namespace lockstep::kernels {

PrepareFunction PrepareAveragePool;
RunFunction average_pool_ux_avx512vnni;
RunFunction average_pool_ux_neon;
RunFunction average_pool_ux_msa;
RunFunction average_pool_ux_portable;
RunFunction average_pool_f32_portable;

inline constexpr Kernel kAveragePoolKernels[] = {
#if defined(LOCKSTEP_KERNELS_AVX512VNNI)
    LOCKSTEP_INTEGER_KERNEL(average_pool_ux_avx512vnni, Isa::kAvx512Vnni, nullptr),
#endif
#if defined(LOCKSTEP_KERNELS_NEON)
    LOCKSTEP_INTEGER_KERNEL(average_pool_ux_neon, Isa::kNeon, nullptr),
#endif
#if defined(LOCKSTEP_KERNELS_MSA)
    LOCKSTEP_INTEGER_KERNEL(average_pool_ux_msa, Isa::kMsa, nullptr),
#endif
    LOCKSTEP_INTEGER_KERNEL(average_pool_ux_portable, Isa::kPortable, nullptr),
    LOCKSTEP_FLOAT_KERNEL(average_pool_f32_portable, Isa::kPortable, nullptr),
};

inline constexpr Operator kAveragePool = {joint::Options::AveragePool,
                                          1,
                                          check::CheckAveragePool,
                                          PrepareAveragePool,
                                          nullptr,
                                          kAveragePoolKernels,
                                          sizeof kAveragePoolKernels / sizeof(Kernel),
                                          1,
                                          -1,
                                          1,
                                          true};

}  // namespace lockstep::kernels
