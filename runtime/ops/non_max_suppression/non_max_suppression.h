// The row of NonMaxSuppression.
#pragma once

#include "ops/operator.h"

namespace lockstep::check {

kernels::CheckFunction CheckNonMaxSuppression;

}  // namespace lockstep::check

namespace lockstep::kernels {

PrepareFunction PrepareNonMaxSuppression;
RunFunction non_max_suppression_any_portable;

inline constexpr Kernel kNonMaxSuppressionKernels[] = {
    LOCKSTEP_KERNEL(non_max_suppression_any_portable, Isa::kPortable, nullptr),
};

inline constexpr Operator kNonMaxSuppression = {joint::Options::NonMaxSuppression,
                                                1,
                                                check::CheckNonMaxSuppression,
                                                PrepareNonMaxSuppression,
                                                nullptr,
                                                kNonMaxSuppressionKernels,
                                                sizeof kNonMaxSuppressionKernels / sizeof(Kernel)};

}  // namespace lockstep::kernels
