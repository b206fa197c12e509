// The row of Interpolate.
#pragma once

#include "ops/operator.h"

namespace lockstep::check {

kernels::CheckFunction CheckInterpolate;

}  // namespace lockstep::check

namespace lockstep::kernels {

PrepareFunction PrepareInterpolate;
AcceptFunction AcceptsInterpolate512;
AcceptFunction AcceptsInterpolateLines;
RunFunction interpolate_ux_avx512vnni;
RunFunction interpolate_ux_neon;
RunFunction interpolate_ux_msa;
RunFunction interpolate_any_portable;

inline constexpr Kernel kInterpolateKernels[] = {
#if defined(LOCKSTEP_KERNELS_AVX512VNNI)
    LOCKSTEP_INTEGER_KERNEL(interpolate_ux_avx512vnni, Isa::kAvx512Vnni, AcceptsInterpolate512),
#endif
#if defined(LOCKSTEP_KERNELS_NEON)
    LOCKSTEP_INTEGER_KERNEL(interpolate_ux_neon, Isa::kNeon, AcceptsInterpolateLines),
#endif
#if defined(LOCKSTEP_KERNELS_MSA)
    LOCKSTEP_INTEGER_KERNEL(interpolate_ux_msa, Isa::kMsa, AcceptsInterpolateLines),
#endif
    LOCKSTEP_KERNEL(interpolate_any_portable, Isa::kPortable, nullptr),
};

inline constexpr Operator kInterpolate = {joint::Options::Interpolate,
                                          1,
                                          check::CheckInterpolate,
                                          PrepareInterpolate,
                                          nullptr,
                                          kInterpolateKernels,
                                          sizeof kInterpolateKernels / sizeof(Kernel),
                                          1,
                                          -1,
                                          1,
                                          true};

}  // namespace lockstep::kernels
