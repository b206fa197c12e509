// The row of Dequantize.
#pragma once

#include "ops/common/prepare.h"
#include "ops/operator.h"

namespace lockstep::check {

kernels::CheckFunction CheckDequantize;

}  // namespace lockstep::check

namespace lockstep::kernels {

AcceptFunction HasPlainScale;
RunFunction dequantize_ux_avx512vnni;
RunFunction dequantize_ux_neon;
RunFunction dequantize_ux_msa;
RunFunction dequantize_ux_portable;

inline constexpr Kernel kDequantizeKernels[] = {
#if defined(LOCKSTEP_KERNELS_AVX512VNNI)
    LOCKSTEP_KERNEL(dequantize_ux_avx512vnni, Isa::kAvx512Vnni, nullptr),
#endif
#if defined(LOCKSTEP_KERNELS_NEON)
    LOCKSTEP_KERNEL(dequantize_ux_neon, Isa::kNeon, HasPlainScale),
#endif
#if defined(LOCKSTEP_KERNELS_MSA)
    LOCKSTEP_KERNEL(dequantize_ux_msa, Isa::kMsa, HasPlainScale),
#endif
    LOCKSTEP_KERNEL(dequantize_ux_portable, Isa::kPortable, nullptr),
};

inline constexpr Operator kDequantize = {joint::Options::Dequantize,
                                         1,
                                         check::CheckDequantize,
                                         PrepareElements,
                                         nullptr,
                                         kDequantizeKernels,
                                         sizeof kDequantizeKernels / sizeof(Kernel),
                                         1,
                                         -1,
                                         1,
                                         true};

}  // namespace lockstep::kernels
