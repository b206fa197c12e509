// The row of Gather.
#pragma once

#include "ops/common/prepare.h"
#include "ops/operator.h"

namespace lockstep::check {

kernels::CheckFunction CheckGather;

}  // namespace lockstep::check

namespace lockstep::kernels {

RunFunction gather_any_portable;

inline constexpr Kernel kGatherKernels[] = {
    LOCKSTEP_KERNEL(gather_any_portable, Isa::kPortable, nullptr),
};

inline constexpr Operator kGather = {joint::Options::Gather,
                                     1,
                                     check::CheckGather,
                                     PrepareElements,
                                     nullptr,
                                     kGatherKernels,
                                     sizeof kGatherKernels / sizeof(Kernel)};

}  // namespace lockstep::kernels
