// The row of Slice.
#pragma once

#include "ops/common/prepare.h"
#include "ops/operator.h"

namespace lockstep::check {

kernels::CheckFunction CheckSlice;

}  // namespace lockstep::check

namespace lockstep::kernels {

RunFunction slice_any_portable;

inline constexpr Kernel kSliceKernels[] = {
    LOCKSTEP_KERNEL(slice_any_portable, Isa::kPortable, nullptr),
};

inline constexpr Operator kSlice = {joint::Options::Slice,
                                    1,
                                    check::CheckSlice,
                                    PrepareElements,
                                    nullptr,
                                    kSliceKernels,
                                    sizeof kSliceKernels / sizeof(Kernel)};

}  // namespace lockstep::kernels
