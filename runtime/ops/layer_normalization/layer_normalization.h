// The row of LayerNormalization.
#pragma once

#include "ops/operator.h"

namespace lockstep::check {

kernels::CheckFunction CheckLayerNormalization;

}  // namespace lockstep::check

namespace lockstep::kernels {

PrepareFunction PrepareLayerNormalization;  // a unit is one row
AcceptFunction AcceptsLayerNormalization512;
RunFunction layer_normalization_ux_avx512vnni;
AcceptFunction AcceptsLayerNormalizationLanes;
RunFunction layer_normalization_ux_avx2;
RunFunction layer_normalization_ux_neon;
RunFunction layer_normalization_ux_msa;
RunFunction layer_normalization_ux_portable;
RunFunction layer_normalization_f32_portable;

inline constexpr Kernel kLayerNormalizationKernels[] = {
#if defined(LOCKSTEP_KERNELS_AVX512VNNI)
    LOCKSTEP_INTEGER_KERNEL(layer_normalization_ux_avx512vnni, Isa::kAvx512Vnni, AcceptsLayerNormalization512),
#endif
#if defined(LOCKSTEP_KERNELS_AVX2)
    LOCKSTEP_INTEGER_KERNEL(layer_normalization_ux_avx2, Isa::kAvx2, AcceptsLayerNormalizationLanes),
#endif
#if defined(LOCKSTEP_KERNELS_NEON)
    LOCKSTEP_INTEGER_KERNEL(layer_normalization_ux_neon, Isa::kNeon, AcceptsLayerNormalizationLanes),
#endif
#if defined(LOCKSTEP_KERNELS_MSA)
    LOCKSTEP_INTEGER_KERNEL(layer_normalization_ux_msa, Isa::kMsa, AcceptsLayerNormalizationLanes),
#endif
    LOCKSTEP_INTEGER_KERNEL(layer_normalization_ux_portable, Isa::kPortable, nullptr),
    LOCKSTEP_FLOAT_KERNEL(layer_normalization_f32_portable, Isa::kPortable, nullptr),
};

inline constexpr Operator kLayerNormalization = {joint::Options::LayerNormalization,
                                                 1,
                                                 check::CheckLayerNormalization,
                                                 PrepareLayerNormalization,
                                                 nullptr,
                                                 kLayerNormalizationKernels,
                                                 sizeof kLayerNormalizationKernels / sizeof(Kernel)};

}  // namespace lockstep::kernels
