// The row of Reshape.
#pragma once

#include "ops/common/prepare.h"
#include "ops/operator.h"

namespace lockstep::check {

kernels::CheckFunction CheckReshape;

}  // namespace lockstep::check

namespace lockstep::kernels {

RunFunction reshape_any_portable;

inline constexpr Kernel kReshapeKernels[] = {
    LOCKSTEP_KERNEL(reshape_any_portable, Isa::kPortable, nullptr),
};

inline constexpr Operator kReshape = {joint::Options::Reshape,
                                      1,
                                      check::CheckReshape,
                                      PrepareElements,
                                      nullptr,
                                      kReshapeKernels,
                                      sizeof kReshapeKernels / sizeof(Kernel),
                                      1,
                                      -1,
                                      0,
                                      false,
                                      ChannelScales::kInputAndOutput};

}  // namespace lockstep::kernels
