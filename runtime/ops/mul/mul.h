// The row of Mul.
#pragma once

#include "ops/common/prepare.h"
#include "ops/operator.h"

namespace lockstep::check {

kernels::CheckFunction CheckMul;

}  // namespace lockstep::check

namespace lockstep::kernels {

AcceptFunction AcceptsMul512;
RunFunction mul_ux_avx512vnni;
AcceptFunction AcceptsMulLanes;
RunFunction mul_ux_neon;
RunFunction mul_ux_msa;
RunFunction mul_ux_portable;
RunFunction mul_f32_portable;

inline constexpr Kernel kMulKernels[] = {
#if defined(LOCKSTEP_KERNELS_AVX512VNNI)
    LOCKSTEP_INTEGER_KERNEL(mul_ux_avx512vnni, Isa::kAvx512Vnni, AcceptsMul512),
#endif
#if defined(LOCKSTEP_KERNELS_NEON)
    LOCKSTEP_INTEGER_KERNEL(mul_ux_neon, Isa::kNeon, AcceptsMulLanes),
#endif
#if defined(LOCKSTEP_KERNELS_MSA)
    LOCKSTEP_INTEGER_KERNEL(mul_ux_msa, Isa::kMsa, AcceptsMulLanes),
#endif
    LOCKSTEP_INTEGER_KERNEL(mul_ux_portable, Isa::kPortable, nullptr),
    LOCKSTEP_FLOAT_KERNEL(mul_f32_portable, Isa::kPortable, nullptr),
};

inline constexpr Operator kMul = {joint::Options::Mul,
                                  1,
                                  check::CheckMul,
                                  PrepareElements,
                                  nullptr,
                                  kMulKernels,
                                  sizeof kMulKernels / sizeof(Kernel),
                                  1,
                                  -1,
                                  2,
                                  true};

}  // namespace lockstep::kernels
