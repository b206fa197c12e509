// The row of ReduceMax.
#pragma once

#include "ops/common/prepare.h"
#include "ops/operator.h"

namespace lockstep::check {

kernels::CheckFunction CheckReduceMax;

}  // namespace lockstep::check

namespace lockstep::kernels {

RunFunction reduce_max_any_portable;

inline constexpr Kernel kReduceMaxKernels[] = {
    LOCKSTEP_KERNEL(reduce_max_any_portable, Isa::kPortable, nullptr),
};

inline constexpr Operator kReduceMax = {joint::Options::ReduceMax,
                                        1,
                                        check::CheckReduceMax,
                                        PrepareElements,
                                        nullptr,
                                        kReduceMaxKernels,
                                        sizeof kReduceMaxKernels / sizeof(Kernel),
                                        1,
                                        -1,
                                        1,
                                        false};

}  // namespace lockstep::kernels
