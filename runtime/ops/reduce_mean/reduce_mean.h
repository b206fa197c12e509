// The row of ReduceMean.
#pragma once

#include "ops/common/prepare.h"
#include "ops/operator.h"

namespace lockstep::check {

kernels::CheckFunction CheckReduceMean;

}  // namespace lockstep::check

namespace lockstep::kernels {

RunFunction reduce_mean_any_portable;

inline constexpr Kernel kReduceMeanKernels[] = {
    LOCKSTEP_KERNEL(reduce_mean_any_portable, Isa::kPortable, nullptr),
};

inline constexpr Operator kReduceMean = {joint::Options::ReduceMean,
                                         1,
                                         check::CheckReduceMean,
                                         PrepareElements,
                                         nullptr,
                                         kReduceMeanKernels,
                                         sizeof kReduceMeanKernels / sizeof(Kernel),
                                         1,
                                         -1,
                                         1,
                                         false};

}  // namespace lockstep::kernels
