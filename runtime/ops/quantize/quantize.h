// The row of Quantize.
#pragma once

#include "ops/common/prepare.h"
#include "ops/operator.h"

namespace lockstep::check {

kernels::CheckFunction CheckQuantize;

}  // namespace lockstep::check

namespace lockstep::kernels {

RunFunction quantize_f32_avx512vnni;
RunFunction quantize_f32_neon;
RunFunction quantize_f32_portable;

inline constexpr Kernel kQuantizeKernels[] = {
#if defined(LOCKSTEP_KERNELS_AVX512VNNI)
    LOCKSTEP_KERNEL(quantize_f32_avx512vnni, Isa::kAvx512Vnni, nullptr),
#endif
#if defined(LOCKSTEP_KERNELS_NEON) && !defined(__aarch64__)
    LOCKSTEP_KERNEL(quantize_f32_neon, Isa::kNeon, nullptr),
#endif
    LOCKSTEP_KERNEL(quantize_f32_portable, Isa::kPortable, nullptr),
};

inline constexpr Operator kQuantize = {joint::Options::Quantize,
                                       1,
                                       check::CheckQuantize,
                                       PrepareElements,
                                       nullptr,
                                       kQuantizeKernels,
                                       sizeof kQuantizeKernels / sizeof(Kernel),
                                       1,
                                       -1,
                                       1,
                                       true};

}  // namespace lockstep::kernels
