// The row of Conv.
#pragma once

#include "gemm/conv_driver.h"
#include "ops/operator.h"

namespace lockstep::check {

kernels::CheckFunction CheckConv;

}  // namespace lockstep::check

namespace lockstep::kernels {

PrepareFunction PrepareConv;
AcceptFunction AcceptsWinograd512;
RunFunction conv_winograd_u8s8_avx512vnni;
RunFunction conv_u8s8_avx512vnni;
AcceptFunction AcceptsWinogradVnni;
RunFunction conv_winograd_u8s8_avxvnni;
RunFunction conv_u8s8_avxvnni;
RunFunction conv_winograd_u8s8_avx2;
RunFunction conv_u8s8_avx2;
RunFunction conv_u8s8_neoni8mm;
RunFunction conv_u8s8_neondot;
AcceptFunction AcceptsWinograd;
bool IsWinograd(const Kernel& kernel);
ConvGeometry DescribeWinograd(const LayerArgs& args);  // its units, as IsWinograd kernels have them
RunFunction conv_winograd_u8s8_neon;
RunFunction conv_u8s8_neon;
RunFunction conv_winograd_u8s8_msa;
RunFunction conv_u8s8_msa;
RunFunction conv_u8s8_portable;
RunFunction conv_uxsx_avx512vnni;
RunFunction conv_uxsx_avxvnni;
RunFunction conv_uxsx_avx2;
RunFunction conv_uxsx_neoni8mm;
RunFunction conv_uxsx_neondot;
RunFunction conv_uxsx_neon;
RunFunction conv_uxsx_msa;
RunFunction conv_uxsx_portable;
RunFunction conv_f32_avx512vnni;
RunFunction conv_f32_neon;
RunFunction conv_f32_msa;
RunFunction conv_f32_portable;

inline constexpr Kernel kConvKernels[] = {
#if defined(LOCKSTEP_KERNELS_AVX512VNNI)
    LOCKSTEP_INTEGER_KERNEL(conv_winograd_u8s8_avx512vnni, Isa::kAvx512Vnni, AcceptsWinograd512),
    LOCKSTEP_INTEGER_KERNEL(conv_u8s8_avx512vnni, Isa::kAvx512Vnni, AcceptsConv32),
#endif
#if defined(LOCKSTEP_KERNELS_AVXVNNI)
    LOCKSTEP_INTEGER_KERNEL(conv_winograd_u8s8_avxvnni, Isa::kAvxVnni, AcceptsWinogradVnni),
    LOCKSTEP_INTEGER_KERNEL(conv_u8s8_avxvnni, Isa::kAvxVnni, AcceptsConv32),
#endif
#if defined(LOCKSTEP_KERNELS_AVX2)
    LOCKSTEP_INTEGER_KERNEL(conv_winograd_u8s8_avx2, Isa::kAvx2, AcceptsWinograd),
    LOCKSTEP_INTEGER_KERNEL(conv_u8s8_avx2, Isa::kAvx2, AcceptsConv32),
#endif
#if defined(LOCKSTEP_KERNELS_NEONI8MM)
    LOCKSTEP_INTEGER_KERNEL(conv_u8s8_neoni8mm, Isa::kNeonI8mm, AcceptsConvPixels),
#endif
#if defined(LOCKSTEP_KERNELS_NEONDOT)
    LOCKSTEP_INTEGER_KERNEL(conv_u8s8_neondot, Isa::kNeonDot, AcceptsConv32),
#endif
#if defined(LOCKSTEP_KERNELS_NEON)
    LOCKSTEP_INTEGER_KERNEL(conv_winograd_u8s8_neon, Isa::kNeon, AcceptsWinograd),
    LOCKSTEP_INTEGER_KERNEL(conv_u8s8_neon, Isa::kNeon, AcceptsConv32),
#endif
#if defined(LOCKSTEP_KERNELS_MSA)
    LOCKSTEP_INTEGER_KERNEL(conv_winograd_u8s8_msa, Isa::kMsa, AcceptsWinograd),
    LOCKSTEP_INTEGER_KERNEL(conv_u8s8_msa, Isa::kMsa, AcceptsConv32),
#endif
    LOCKSTEP_INTEGER_KERNEL(conv_u8s8_portable, Isa::kPortable, AcceptsConvBytes),
#if defined(LOCKSTEP_KERNELS_AVX512VNNI)
    LOCKSTEP_INTEGER_KERNEL(conv_uxsx_avx512vnni, Isa::kAvx512Vnni, AcceptsConvSums),
#endif
#if defined(LOCKSTEP_KERNELS_AVXVNNI)
    LOCKSTEP_INTEGER_KERNEL(conv_uxsx_avxvnni, Isa::kAvxVnni, AcceptsConvSums),
#endif
#if defined(LOCKSTEP_KERNELS_AVX2)
    LOCKSTEP_INTEGER_KERNEL(conv_uxsx_avx2, Isa::kAvx2, AcceptsConvSums),
#endif
#if defined(LOCKSTEP_KERNELS_NEONI8MM)
    LOCKSTEP_INTEGER_KERNEL(conv_uxsx_neoni8mm, Isa::kNeonI8mm, AcceptsConvSums),
#endif
#if defined(LOCKSTEP_KERNELS_NEONDOT)
    LOCKSTEP_INTEGER_KERNEL(conv_uxsx_neondot, Isa::kNeonDot, AcceptsConvSums),
#endif
#if defined(LOCKSTEP_KERNELS_NEON)
    LOCKSTEP_INTEGER_KERNEL(conv_uxsx_neon, Isa::kNeon, AcceptsConvSums),
#endif
#if defined(LOCKSTEP_KERNELS_MSA)
    LOCKSTEP_INTEGER_KERNEL(conv_uxsx_msa, Isa::kMsa, AcceptsConvSums),
#endif
    LOCKSTEP_INTEGER_KERNEL(conv_uxsx_portable, Isa::kPortable, nullptr),
#if defined(LOCKSTEP_KERNELS_AVX512VNNI)
    LOCKSTEP_FLOAT_KERNEL(conv_f32_avx512vnni, Isa::kAvx512Vnni, nullptr),
#endif
#if defined(LOCKSTEP_FLOAT_KERNELS_NEON)
    LOCKSTEP_FLOAT_KERNEL(conv_f32_neon, Isa::kNeon, nullptr),
#endif
#if defined(LOCKSTEP_KERNELS_MSA)
    LOCKSTEP_FLOAT_KERNEL(conv_f32_msa, Isa::kMsa, nullptr),
#endif
    LOCKSTEP_FLOAT_KERNEL(conv_f32_portable, Isa::kPortable, nullptr),
};

inline constexpr Operator kConv = {joint::Options::Conv,
                                   1,
                                   check::CheckConv,
                                   PrepareConv,
                                   nullptr,
                                   kConvKernels,
                                   sizeof kConvKernels / sizeof(Kernel),
                                   2,
                                   1,
                                   1,
                                   true,
                                   ChannelScales::kInputAndOutput};

}  // namespace lockstep::kernels
