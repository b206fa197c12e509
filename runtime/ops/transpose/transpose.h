// The row of Transpose.
#pragma once

#include "ops/common/prepare.h"
#include "ops/operator.h"

namespace lockstep::check {

kernels::CheckFunction CheckTranspose;

}  // namespace lockstep::check

namespace lockstep::kernels {

PrepareFunction PrepareTranspose;
AcceptFunction AcceptsTransposePlanes;
RunFunction transpose_ux_avx512vnni;
RunFunction transpose_ux_neon;
RunFunction transpose_ux_msa;
RunFunction transpose_any_portable;

inline constexpr Kernel kTransposeKernels[] = {
#if defined(LOCKSTEP_KERNELS_AVX512VNNI)
    LOCKSTEP_KERNEL(transpose_ux_avx512vnni, Isa::kAvx512Vnni, AcceptsTransposePlanes),
#endif
#if defined(LOCKSTEP_KERNELS_NEON)
    LOCKSTEP_KERNEL(transpose_ux_neon, Isa::kNeon, AcceptsTransposePlanes),
#endif
#if defined(LOCKSTEP_KERNELS_MSA)
    LOCKSTEP_KERNEL(transpose_ux_msa, Isa::kMsa, AcceptsTransposePlanes),
#endif
    LOCKSTEP_KERNEL(transpose_any_portable, Isa::kPortable, nullptr),
};

inline constexpr Operator kTranspose = {joint::Options::Transpose,
                                        1,
                                        check::CheckTranspose,
                                        PrepareTranspose,
                                        nullptr,
                                        kTransposeKernels,
                                        sizeof kTransposeKernels / sizeof(Kernel),
                                        1,
                                        -1,
                                        1,
                                        true,
                                        ChannelScales::kInputAndOutput};

}  // namespace lockstep::kernels
