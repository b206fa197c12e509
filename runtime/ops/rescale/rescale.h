// The row of Rescale.
#pragma once

#include "ops/operator.h"

namespace lockstep::check {

kernels::CheckFunction CheckRescale;

}  // namespace lockstep::check

namespace lockstep::kernels {

PrepareFunction PrepareRescale;
SetupFunction SetUpRescale;
RunFunction rescale_ux_portable;

inline constexpr Kernel kRescaleKernels[] = {
    LOCKSTEP_KERNEL(rescale_ux_portable, Isa::kPortable, nullptr),
};

inline constexpr Operator kRescale = {joint::Options::Rescale,
                                      1,
                                      check::CheckRescale,
                                      PrepareRescale,
                                      SetUpRescale,
                                      kRescaleKernels,
                                      sizeof kRescaleKernels / sizeof(Kernel),
                                      2,
                                      -1,
                                      1,
                                      true};

}  // namespace lockstep::kernels
