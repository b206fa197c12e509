// The row of Concat.
#pragma once

#include "ops/operator.h"

namespace lockstep::check {

kernels::CheckFunction CheckConcat;

}  // namespace lockstep::check

namespace lockstep::kernels {

PrepareFunction PrepareConcat;
SetupFunction SetUpConcat;
AcceptFunction AcceptsConcatBytes;
RunFunction concat_u8_avx512vnni;
RunFunction concat_u8_avx2;
AcceptFunction AcceptsConcatFloats512;
AcceptFunction AcceptsConcatIntegers;
RunFunction concat_f32_avx512vnni;
RunFunction concat_ux_avx512vnni;
RunFunction concat_ux_neon;
RunFunction concat_ux_msa;
RunFunction concat_ux_portable;

// What some units are: indices of the axes before the concatenated one, or pieces of all rows where there is one index.
struct ConcatRange {
  int64_t begin, end;
  int64_t column;
  int64_t columns;  // 0: rows are whole
};
ConcatRange ConcatRangeOf(const LayerArgs& args, int64_t begin, int64_t end);

// Where the elements of one input are in the output. An index has `rows` of them, from `first_row` of its rows in the
// output on, each `column` elements from the begin of its row.
struct ConcatPart {
  int64_t rows, out_rows;  // of an index
  int64_t first_row, column;
  bool within;  // the input lies there: nothing is to copy
};

// The part behind that of the input before it, nullptr for the first input.
ConcatPart PartOfConcat(const LayerArgs& args, int32_t input, const ConcatPart* before);

inline constexpr Kernel kConcatKernels[] = {
#if defined(LOCKSTEP_KERNELS_AVX512VNNI)
    LOCKSTEP_KERNEL(concat_u8_avx512vnni, Isa::kAvx512Vnni, AcceptsConcatBytes),
    LOCKSTEP_KERNEL(concat_f32_avx512vnni, Isa::kAvx512Vnni, AcceptsConcatFloats512),
    LOCKSTEP_KERNEL(concat_ux_avx512vnni, Isa::kAvx512Vnni, AcceptsConcatIntegers),
#endif
#if defined(LOCKSTEP_KERNELS_AVX2)
    LOCKSTEP_KERNEL(concat_u8_avx2, Isa::kAvx2, AcceptsConcatBytes),
#endif
#if defined(LOCKSTEP_KERNELS_NEON)
    LOCKSTEP_KERNEL(concat_ux_neon, Isa::kNeon, AcceptsConcatIntegers),
#endif
#if defined(LOCKSTEP_KERNELS_MSA)
    LOCKSTEP_KERNEL(concat_ux_msa, Isa::kMsa, AcceptsConcatIntegers),
#endif
    LOCKSTEP_KERNEL(concat_ux_portable, Isa::kPortable, nullptr),
};

inline constexpr Operator kConcat = {joint::Options::Concat,
                                     1,
                                     check::CheckConcat,
                                     PrepareConcat,
                                     SetUpConcat,
                                     kConcatKernels,
                                     sizeof kConcatKernels / sizeof(Kernel),
                                     2,
                                     -1,
                                     kMaxInputs,
                                     true};

}  // namespace lockstep::kernels
