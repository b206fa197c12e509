// The row of Interpolate.
#pragma once

#include "ops/operator.h"

namespace lockstep::check {

kernels::CheckFunction CheckInterpolate;

}  // namespace lockstep::check

namespace lockstep::kernels {

PrepareFunction PrepareInterpolate;
RunFunction interpolate_any_portable;

inline constexpr Kernel kInterpolateKernels[] = {
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
