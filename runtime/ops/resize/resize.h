// The row of Resize.
#pragma once

#include "ops/common/prepare.h"
#include "ops/operator.h"

namespace lockstep::check {

kernels::CheckFunction CheckResize;

}  // namespace lockstep::check

namespace lockstep::kernels {

RunFunction resize_any_portable;

inline constexpr Kernel kResizeKernels[] = {
    LOCKSTEP_KERNEL(resize_any_portable, Isa::kPortable, nullptr),
};

inline constexpr Operator kResize = {joint::Options::Resize,
                                     1,
                                     check::CheckResize,
                                     PrepareImageRows,
                                     nullptr,
                                     kResizeKernels,
                                     sizeof kResizeKernels / sizeof(Kernel),
                                     1,
                                     -1,
                                     1,
                                     true};

}  // namespace lockstep::kernels
