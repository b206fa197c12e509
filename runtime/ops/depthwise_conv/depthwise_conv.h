// The row of DepthwiseConv.
#pragma once

#include "ops/common/prepare.h"
#include "ops/operator.h"

namespace lockstep::check {

kernels::CheckFunction CheckDepthwiseConv;

}  // namespace lockstep::check

namespace lockstep::kernels {

AcceptFunction AcceptsDepthwise512;
PrepareFunction PrepareDepthwise512;
RunFunction depthwise_conv_u8s8_avx512vnni;
AcceptFunction AcceptsDepthwiseWide512;
RunFunction depthwise_conv_uxsx_avx512vnni;
AcceptFunction AcceptsDepthwise256;
RunFunction depthwise_conv_u8s8_avxvnni;
RunFunction depthwise_conv_u8s8_avx2;
AcceptFunction AcceptsDepthwiseBytes;
AcceptFunction AcceptsDepthwiseNeon;
AcceptFunction AcceptsDepthwise3x3;
RunFunction depthwise_conv_u8s8_neondot;
RunFunction depthwise_conv_3x3_u8s8_neon;
PrepareFunction PrepareDepthwiseBlocks;
SetupFunction SetUpDepthwiseBlocks;
RunFunction depthwise_conv_u8s8_neon;
AcceptFunction AcceptsDepthwiseMsa;
RunFunction depthwise_conv_u8s8_msa;
AcceptFunction AcceptsDepthwiseLanes;
RunFunction depthwise_conv_uxs8_neon;
RunFunction depthwise_conv_uxs8_msa;
RunFunction depthwise_conv_u8s8_portable;
RunFunction depthwise_conv_uxsx_portable;
AcceptFunction AcceptsFloatDepthwise;
RunFunction depthwise_conv_f32_avx512vnni;
RunFunction depthwise_conv_f32_neon;
RunFunction depthwise_conv_f32_msa;
RunFunction depthwise_conv_f32_portable;

inline constexpr Kernel kDepthwiseConvKernels[] = {
#if defined(LOCKSTEP_KERNELS_AVX512VNNI)
    LOCKSTEP_INTEGER_KERNEL(depthwise_conv_u8s8_avx512vnni, Isa::kAvx512Vnni, AcceptsDepthwise512),
    LOCKSTEP_INTEGER_KERNEL(depthwise_conv_uxsx_avx512vnni, Isa::kAvx512Vnni, AcceptsDepthwiseWide512),
#endif
#if defined(LOCKSTEP_KERNELS_AVXVNNI)
    LOCKSTEP_INTEGER_KERNEL(depthwise_conv_u8s8_avxvnni, Isa::kAvxVnni, AcceptsDepthwise256),
#endif
#if defined(LOCKSTEP_KERNELS_AVX2)
    LOCKSTEP_INTEGER_KERNEL(depthwise_conv_u8s8_avx2, Isa::kAvx2, AcceptsDepthwise256),
#endif
#if defined(LOCKSTEP_KERNELS_NEONDOT)
    LOCKSTEP_INTEGER_KERNEL(depthwise_conv_u8s8_neondot, Isa::kNeonDot, AcceptsDepthwise3x3),
    LOCKSTEP_INTEGER_KERNEL(depthwise_conv_3x3_u8s8_neon, Isa::kNeon, AcceptsDepthwise3x3),
#endif
#if defined(LOCKSTEP_KERNELS_NEON)
    LOCKSTEP_INTEGER_KERNEL(depthwise_conv_u8s8_neon, Isa::kNeon, AcceptsDepthwiseNeon),
    LOCKSTEP_INTEGER_KERNEL(depthwise_conv_uxs8_neon, Isa::kNeon, AcceptsDepthwiseLanes),
#endif
#if defined(LOCKSTEP_KERNELS_MSA)
    LOCKSTEP_INTEGER_KERNEL(depthwise_conv_u8s8_msa, Isa::kMsa, AcceptsDepthwiseMsa),
    LOCKSTEP_INTEGER_KERNEL(depthwise_conv_uxs8_msa, Isa::kMsa, AcceptsDepthwiseLanes),
#endif
#if defined(LOCKSTEP_KERNELS_SCALAR)
    LOCKSTEP_INTEGER_KERNEL(depthwise_conv_u8s8_portable, Isa::kPortable, AcceptsDepthwiseBytes),
#endif
    LOCKSTEP_INTEGER_KERNEL(depthwise_conv_uxsx_portable, Isa::kPortable, nullptr),
#if defined(LOCKSTEP_KERNELS_AVX512VNNI)
    LOCKSTEP_FLOAT_KERNEL(depthwise_conv_f32_avx512vnni, Isa::kAvx512Vnni, AcceptsFloatDepthwise),
#endif
#if defined(LOCKSTEP_FLOAT_KERNELS_NEON)
    LOCKSTEP_FLOAT_KERNEL(depthwise_conv_f32_neon, Isa::kNeon, AcceptsFloatDepthwise),
#endif
#if defined(LOCKSTEP_KERNELS_MSA)
    LOCKSTEP_FLOAT_KERNEL(depthwise_conv_f32_msa, Isa::kMsa, AcceptsFloatDepthwise),
#endif
    LOCKSTEP_FLOAT_KERNEL(depthwise_conv_f32_portable, Isa::kPortable, nullptr),
};

#if defined(LOCKSTEP_KERNELS_NEON) || defined(LOCKSTEP_KERNELS_MSA)
inline constexpr PrepareFunction* kPrepareDepthwise = PrepareDepthwiseBlocks;
inline constexpr SetupFunction* kSetUpDepthwise = SetUpDepthwiseBlocks;
#elif defined(LOCKSTEP_KERNELS_AVX512VNNI)
inline constexpr PrepareFunction* kPrepareDepthwise = PrepareDepthwise512;
inline constexpr SetupFunction* kSetUpDepthwise = nullptr;
#else
inline constexpr PrepareFunction* kPrepareDepthwise = PrepareImageRows;
inline constexpr SetupFunction* kSetUpDepthwise = nullptr;
#endif

inline constexpr Operator kDepthwiseConv = {joint::Options::DepthwiseConv,
                                            1,
                                            check::CheckDepthwiseConv,
                                            kPrepareDepthwise,
                                            kSetUpDepthwise,
                                            kDepthwiseConvKernels,
                                            sizeof kDepthwiseConvKernels / sizeof(Kernel),
                                            2,
                                            -1,
                                            1,
                                            true,
                                            ChannelScales::kInputAndOutput};

}  // namespace lockstep::kernels
