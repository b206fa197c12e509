// The row of ConvTranspose.
#pragma once

#include "ops/operator.h"

namespace lockstep::check {

kernels::CheckFunction CheckConvTranspose;

}  // namespace lockstep::check

namespace lockstep::kernels {

PrepareFunction PrepareConvTranspose;
AcceptFunction AcceptsConvTranspose32;  // as AcceptsConv32, AcceptsConvBytes and AcceptsConvSums
AcceptFunction AcceptsConvTransposeBytes;
AcceptFunction AcceptsConvTransposeSums;
RunFunction conv_transpose_u8s8_avx512vnni;
RunFunction conv_transpose_u8s8_avxvnni;
RunFunction conv_transpose_u8s8_avx2;
RunFunction conv_transpose_u8s8_neoni8mm;
RunFunction conv_transpose_u8s8_neondot;
RunFunction conv_transpose_u8s8_neon;
RunFunction conv_transpose_u8s8_msa;
RunFunction conv_transpose_u8s8_portable;
RunFunction conv_transpose_uxsx_avx512vnni;
RunFunction conv_transpose_uxsx_avxvnni;
RunFunction conv_transpose_uxsx_avx2;
RunFunction conv_transpose_uxsx_neoni8mm;
RunFunction conv_transpose_uxsx_neondot;
RunFunction conv_transpose_uxsx_neon;
RunFunction conv_transpose_uxsx_msa;
RunFunction conv_transpose_uxsx_portable;
RunFunction conv_transpose_f32_portable;

inline constexpr Kernel kConvTransposeKernels[] = {
#if defined(LOCKSTEP_KERNELS_AVX512VNNI)
    LOCKSTEP_INTEGER_KERNEL(conv_transpose_u8s8_avx512vnni, Isa::kAvx512Vnni, AcceptsConvTranspose32),
#endif
#if defined(LOCKSTEP_KERNELS_AVXVNNI)
    LOCKSTEP_INTEGER_KERNEL(conv_transpose_u8s8_avxvnni, Isa::kAvxVnni, AcceptsConvTranspose32),
#endif
#if defined(LOCKSTEP_KERNELS_AVX2)
    LOCKSTEP_INTEGER_KERNEL(conv_transpose_u8s8_avx2, Isa::kAvx2, AcceptsConvTranspose32),
#endif
#if defined(LOCKSTEP_KERNELS_NEONI8MM)
    LOCKSTEP_INTEGER_KERNEL(conv_transpose_u8s8_neoni8mm, Isa::kNeonI8mm, AcceptsConvTranspose32),
#endif
#if defined(LOCKSTEP_KERNELS_NEONDOT)
    LOCKSTEP_INTEGER_KERNEL(conv_transpose_u8s8_neondot, Isa::kNeonDot, AcceptsConvTranspose32),
#endif
#if defined(LOCKSTEP_KERNELS_NEON)
    LOCKSTEP_INTEGER_KERNEL(conv_transpose_u8s8_neon, Isa::kNeon, AcceptsConvTranspose32),
#endif
#if defined(LOCKSTEP_KERNELS_MSA)
    LOCKSTEP_INTEGER_KERNEL(conv_transpose_u8s8_msa, Isa::kMsa, AcceptsConvTranspose32),
#endif
    LOCKSTEP_INTEGER_KERNEL(conv_transpose_u8s8_portable, Isa::kPortable, AcceptsConvTransposeBytes),
#if defined(LOCKSTEP_KERNELS_AVX512VNNI)
    LOCKSTEP_INTEGER_KERNEL(conv_transpose_uxsx_avx512vnni, Isa::kAvx512Vnni, AcceptsConvTransposeSums),
#endif
#if defined(LOCKSTEP_KERNELS_AVXVNNI)
    LOCKSTEP_INTEGER_KERNEL(conv_transpose_uxsx_avxvnni, Isa::kAvxVnni, AcceptsConvTransposeSums),
#endif
#if defined(LOCKSTEP_KERNELS_AVX2)
    LOCKSTEP_INTEGER_KERNEL(conv_transpose_uxsx_avx2, Isa::kAvx2, AcceptsConvTransposeSums),
#endif
#if defined(LOCKSTEP_KERNELS_NEONI8MM)
    LOCKSTEP_INTEGER_KERNEL(conv_transpose_uxsx_neoni8mm, Isa::kNeonI8mm, AcceptsConvTransposeSums),
#endif
#if defined(LOCKSTEP_KERNELS_NEONDOT)
    LOCKSTEP_INTEGER_KERNEL(conv_transpose_uxsx_neondot, Isa::kNeonDot, AcceptsConvTransposeSums),
#endif
#if defined(LOCKSTEP_KERNELS_NEON)
    LOCKSTEP_INTEGER_KERNEL(conv_transpose_uxsx_neon, Isa::kNeon, AcceptsConvTransposeSums),
#endif
#if defined(LOCKSTEP_KERNELS_MSA)
    LOCKSTEP_INTEGER_KERNEL(conv_transpose_uxsx_msa, Isa::kMsa, AcceptsConvTransposeSums),
#endif
    LOCKSTEP_INTEGER_KERNEL(conv_transpose_uxsx_portable, Isa::kPortable, nullptr),
    LOCKSTEP_FLOAT_KERNEL(conv_transpose_f32_portable, Isa::kPortable, nullptr),
};

inline constexpr Operator kConvTranspose = {joint::Options::ConvTranspose,
                                            1,
                                            check::CheckConvTranspose,
                                            PrepareConvTranspose,
                                            nullptr,
                                            kConvTransposeKernels,
                                            sizeof kConvTransposeKernels / sizeof(Kernel),
                                            2,
                                            1,
                                            1,
                                            true,
                                            ChannelScales::kOutput};

}  // namespace lockstep::kernels
