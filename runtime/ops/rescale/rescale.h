// The row of Rescale.
#pragma once

#include "ops/operator.h"

namespace lockstep::check {

kernels::CheckFunction CheckRescale;

}  // namespace lockstep::check

namespace lockstep::kernels {

PrepareFunction PrepareRescale;
SetupFunction SetUpRescale;
AcceptFunction AcceptsRescaleBytes;
RunFunction rescale_u8_avx512vnni;
RunFunction rescale_u8_avx2;
RunFunction rescale_ux_avx512vnni;
AcceptFunction AcceptsRescaleNeon;
RunFunction rescale_u8_neon;
AcceptFunction AcceptsRescaleMsa;
RunFunction rescale_u8_msa;
RunFunction rescale_ux_portable;

inline constexpr Kernel kRescaleKernels[] = {
#if defined(LOCKSTEP_KERNELS_AVX512VNNI)
    LOCKSTEP_KERNEL(rescale_u8_avx512vnni, Isa::kAvx512Vnni, AcceptsRescaleBytes),
    LOCKSTEP_KERNEL(rescale_ux_avx512vnni, Isa::kAvx512Vnni, nullptr),
#endif
#if defined(LOCKSTEP_KERNELS_AVX2)
    LOCKSTEP_KERNEL(rescale_u8_avx2, Isa::kAvx2, AcceptsRescaleBytes),
#endif
#if defined(LOCKSTEP_KERNELS_NEON)
    LOCKSTEP_KERNEL(rescale_u8_neon, Isa::kNeon, AcceptsRescaleNeon),
#endif
#if defined(LOCKSTEP_KERNELS_MSA)
    LOCKSTEP_KERNEL(rescale_u8_msa, Isa::kMsa, AcceptsRescaleMsa),
#endif
    LOCKSTEP_KERNEL(rescale_ux_portable, Isa::kPortable, nullptr),
};

inline constexpr Operator kRescale = {joint::Options::Rescale,
                                      1,
                                      check::CheckRescale,
                                      PrepareRescale,
                                      SetUpRescale,
                                      kRescaleKernels,
                                      sizeof kRescaleKernels / sizeof(Kernel),
                                      2,
                                      -1,
                                      1,
                                      true};

}  // namespace lockstep::kernels
