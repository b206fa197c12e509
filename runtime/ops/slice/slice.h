// The row of Slice.
#pragma once

#include "ops/operator.h"

namespace lockstep::check {

kernels::CheckFunction CheckSlice;

}  // namespace lockstep::check

namespace lockstep::kernels {

PrepareFunction PrepareSlice;
AcceptFunction AcceptsSliceRows;
RunFunction slice_any_avx512vnni;
RunFunction slice_any_neon;
RunFunction slice_any_msa;
RunFunction slice_any_portable;

// The output lies where the input has its elements: the layer has nothing to do.
bool IsSliceWithin(const LayerArgs& args);

inline constexpr Kernel kSliceKernels[] = {
#if defined(LOCKSTEP_KERNELS_AVX512VNNI)
    LOCKSTEP_KERNEL(slice_any_avx512vnni, Isa::kAvx512Vnni, AcceptsSliceRows),
#endif
#if defined(LOCKSTEP_KERNELS_NEON)
    LOCKSTEP_KERNEL(slice_any_neon, Isa::kNeon, AcceptsSliceRows),
#endif
#if defined(LOCKSTEP_KERNELS_MSA)
    LOCKSTEP_KERNEL(slice_any_msa, Isa::kMsa, AcceptsSliceRows),
#endif
    LOCKSTEP_KERNEL(slice_any_portable, Isa::kPortable, nullptr),
};

inline constexpr Operator kSlice = {joint::Options::Slice,
                                    1,
                                    check::CheckSlice,
                                    PrepareSlice,
                                    nullptr,
                                    kSliceKernels,
                                    sizeof kSliceKernels / sizeof(Kernel),
                                    1,
                                    -1,
                                    1,
                                    true};

}  // namespace lockstep::kernels
