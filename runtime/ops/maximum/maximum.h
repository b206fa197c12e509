// The row of Maximum.
#pragma once

#include "ops/common/prepare.h"
#include "ops/operator.h"

namespace lockstep::check {

kernels::CheckFunction CheckMaximum;

}  // namespace lockstep::check

namespace lockstep::kernels {

RunFunction maximum_ux_portable;
RunFunction maximum_f32_portable;

inline constexpr Kernel kMaximumKernels[] = {
    LOCKSTEP_INTEGER_KERNEL(maximum_ux_portable, Isa::kPortable, nullptr),
    LOCKSTEP_FLOAT_KERNEL(maximum_f32_portable, Isa::kPortable, nullptr),
};

inline constexpr Operator kMaximum = {joint::Options::Maximum,
                                      1,
                                      check::CheckMaximum,
                                      PrepareElements,
                                      nullptr,
                                      kMaximumKernels,
                                      sizeof kMaximumKernels / sizeof(Kernel),
                                      1,
                                      -1,
                                      2,
                                      true};

}  // namespace lockstep::kernels
