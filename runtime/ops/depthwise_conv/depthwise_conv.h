// The row of DepthwiseConv.
#pragma once

#include "ops/common/prepare.h"
#include "ops/operator.h"

namespace lockstep::check {

kernels::CheckFunction CheckDepthwiseConv;

}  // namespace lockstep::check

namespace lockstep::kernels {

RunFunction depthwise_conv_uxsx_portable;
RunFunction depthwise_conv_f32_portable;

inline constexpr Kernel kDepthwiseConvKernels[] = {
    LOCKSTEP_INTEGER_KERNEL(depthwise_conv_uxsx_portable, Isa::kPortable, nullptr),
    LOCKSTEP_FLOAT_KERNEL(depthwise_conv_f32_portable, Isa::kPortable, nullptr),
};

inline constexpr Operator kDepthwiseConv = {joint::Options::DepthwiseConv,
                                            1,
                                            check::CheckDepthwiseConv,
                                            PrepareImageRows,
                                            nullptr,
                                            kDepthwiseConvKernels,
                                            sizeof kDepthwiseConvKernels / sizeof(Kernel),
                                            2,
                                            -1,
                                            1,
                                            true,
                                            ChannelScales::kInputAndOutput};

}  // namespace lockstep::kernels
