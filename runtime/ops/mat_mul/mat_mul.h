// The row of MatMul.
#pragma once

#include "ops/operator.h"

namespace lockstep::check {

kernels::CheckFunction CheckMatMul;

}  // namespace lockstep::check

namespace lockstep::kernels {

// A unit of work: up to kMatMulRows rows of one matrix of the output. Positions count elements, whatever their type.
inline constexpr int64_t kMatMulRows = 4;

struct MatMulTile {
  int64_t rows = 0;
  int64_t depth = 0;    // k
  int64_t columns = 0;  // n
  int64_t a = 0;        // of the first row
  int64_t b = 0;        // of the matrix
  int64_t y = 0;        // of the first row
};

MatMulTile MatMulTileOf(const LayerArgs& args, int64_t unit);

PrepareFunction PrepareMatMul;
AcceptFunction AcceptsMatMulRows;
RunFunction mat_mul_ux_avx512vnni;
AcceptFunction AcceptsMatMulBytes;
RunFunction mat_mul_ux_avx2;
RunFunction mat_mul_ux_neon;
RunFunction mat_mul_ux_msa;
RunFunction mat_mul_ux_portable;
RunFunction mat_mul_f32_avx512vnni;
RunFunction mat_mul_f32_neon;
RunFunction mat_mul_f32_msa;
RunFunction mat_mul_f32_portable;

inline constexpr Kernel kMatMulKernels[] = {
#if defined(LOCKSTEP_KERNELS_AVX512VNNI)
    LOCKSTEP_INTEGER_KERNEL(mat_mul_ux_avx512vnni, Isa::kAvx512Vnni, AcceptsMatMulRows),
#endif
#if defined(LOCKSTEP_KERNELS_AVX2)
    LOCKSTEP_INTEGER_KERNEL(mat_mul_ux_avx2, Isa::kAvx2, AcceptsMatMulBytes),
#endif
#if defined(LOCKSTEP_KERNELS_NEON)
    LOCKSTEP_INTEGER_KERNEL(mat_mul_ux_neon, Isa::kNeon, AcceptsMatMulRows),
#endif
#if defined(LOCKSTEP_KERNELS_MSA)
    LOCKSTEP_INTEGER_KERNEL(mat_mul_ux_msa, Isa::kMsa, AcceptsMatMulRows),
#endif
    LOCKSTEP_INTEGER_KERNEL(mat_mul_ux_portable, Isa::kPortable, nullptr),
#if defined(LOCKSTEP_KERNELS_AVX512VNNI)
    LOCKSTEP_FLOAT_KERNEL(mat_mul_f32_avx512vnni, Isa::kAvx512Vnni, nullptr),
#endif
#if defined(LOCKSTEP_FLOAT_KERNELS_NEON)
    LOCKSTEP_FLOAT_KERNEL(mat_mul_f32_neon, Isa::kNeon, nullptr),
#endif
#if defined(LOCKSTEP_KERNELS_MSA)
    LOCKSTEP_FLOAT_KERNEL(mat_mul_f32_msa, Isa::kMsa, nullptr),
#endif
    LOCKSTEP_FLOAT_KERNEL(mat_mul_f32_portable, Isa::kPortable, nullptr),
};

inline constexpr Operator kMatMul = {joint::Options::MatMul,
                                     1,
                                     check::CheckMatMul,
                                     PrepareMatMul,
                                     nullptr,
                                     kMatMulKernels,
                                     sizeof kMatMulKernels / sizeof(Kernel)};

}  // namespace lockstep::kernels
