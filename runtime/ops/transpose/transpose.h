// The row of Transpose.
#pragma once

#include "ops/common/prepare.h"
#include "ops/operator.h"

namespace lockstep::check {

kernels::CheckFunction CheckTranspose;

}  // namespace lockstep::check

namespace lockstep::kernels {

RunFunction transpose_any_portable;

inline constexpr Kernel kTransposeKernels[] = {
    LOCKSTEP_KERNEL(transpose_any_portable, Isa::kPortable, nullptr),
};

inline constexpr Operator kTranspose = {joint::Options::Transpose,
                                        1,
                                        check::CheckTranspose,
                                        PrepareElements,
                                        nullptr,
                                        kTransposeKernels,
                                        sizeof kTransposeKernels / sizeof(Kernel),
                                        1,
                                        -1,
                                        1,
                                        true,
                                        ChannelScales::kInputAndOutput};

}  // namespace lockstep::kernels
