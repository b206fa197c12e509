// The row of TopK.
#pragma once

#include "ops/operator.h"

namespace lockstep::check {

kernels::CheckFunction CheckTopK;

}  // namespace lockstep::check

namespace lockstep::kernels {

PrepareFunction PrepareTopK;
RunFunction top_k_any_portable;

inline constexpr Kernel kTopKKernels[] = {
    LOCKSTEP_KERNEL(top_k_any_portable, Isa::kPortable, nullptr),
};

inline constexpr Operator kTopK = {joint::Options::TopK,
                                   2,
                                   check::CheckTopK,
                                   PrepareTopK,
                                   nullptr,
                                   kTopKKernels,
                                   sizeof kTopKKernels / sizeof(Kernel)};

}  // namespace lockstep::kernels
