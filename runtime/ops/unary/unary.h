// The row of Unary.
#pragma once

#include "ops/common/prepare.h"
#include "ops/operator.h"

namespace lockstep::check {

kernels::CheckFunction CheckUnary;

}  // namespace lockstep::check

namespace lockstep::kernels {

RunFunction unary_f32_portable;

inline constexpr Kernel kUnaryKernels[] = {
    LOCKSTEP_KERNEL(unary_f32_portable, Isa::kPortable, nullptr),
};

inline constexpr Operator kUnary = {joint::Options::Unary,
                                    1,
                                    check::CheckUnary,
                                    PrepareElements,
                                    nullptr,
                                    kUnaryKernels,
                                    sizeof kUnaryKernels / sizeof(Kernel),
                                    1,
                                    -1,
                                    1,
                                    true};

}  // namespace lockstep::kernels
