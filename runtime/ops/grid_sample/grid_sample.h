// The row of GridSample.
#pragma once

#include "ops/common/prepare.h"
#include "ops/operator.h"

namespace lockstep::check {

kernels::CheckFunction CheckGridSample;

}  // namespace lockstep::check

namespace lockstep::kernels {

RunFunction grid_sample_any_portable;

inline constexpr Kernel kGridSampleKernels[] = {
    LOCKSTEP_KERNEL(grid_sample_any_portable, Isa::kPortable, nullptr),
};

inline constexpr Operator kGridSample = {joint::Options::GridSample,
                                         1,
                                         check::CheckGridSample,
                                         PrepareImageRows,
                                         nullptr,
                                         kGridSampleKernels,
                                         sizeof kGridSampleKernels / sizeof(Kernel),
                                         1,
                                         -1,
                                         1,
                                         true};

}  // namespace lockstep::kernels
