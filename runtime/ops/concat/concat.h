// The row of Concat.
#pragma once

#include "ops/operator.h"

namespace lockstep::check {

kernels::CheckFunction CheckConcat;

}  // namespace lockstep::check

namespace lockstep::kernels {

PrepareFunction PrepareConcat;
SetupFunction SetUpConcat;
RunFunction concat_ux_portable;

inline constexpr Kernel kConcatKernels[] = {
    LOCKSTEP_KERNEL(concat_ux_portable, Isa::kPortable, nullptr),
};

inline constexpr Operator kConcat = {joint::Options::Concat,
                                     1,
                                     check::CheckConcat,
                                     PrepareConcat,
                                     SetUpConcat,
                                     kConcatKernels,
                                     sizeof kConcatKernels / sizeof(Kernel)};

}  // namespace lockstep::kernels
