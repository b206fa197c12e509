// The row of Lookup.
#pragma once

#include "ops/common/prepare.h"
#include "ops/operator.h"

namespace lockstep::check {

kernels::CheckFunction CheckLookup;

}  // namespace lockstep::check

namespace lockstep::kernels {

AcceptFunction AcceptsLookupBytes;
RunFunction lookup_u8_avx512vnni;
RunFunction lookup_u8_avx2;
AcceptFunction AcceptsLookupNeon;
RunFunction lookup_u8_neon;
AcceptFunction AcceptsLookupMsa;
RunFunction lookup_u8_msa;
RunFunction lookup_ux_portable;

inline constexpr Kernel kLookupKernels[] = {
#if defined(LOCKSTEP_KERNELS_AVX512VNNI)
    LOCKSTEP_KERNEL(lookup_u8_avx512vnni, Isa::kAvx512Vnni, AcceptsLookupBytes),
#endif
#if defined(LOCKSTEP_KERNELS_AVX2)
    LOCKSTEP_KERNEL(lookup_u8_avx2, Isa::kAvx2, AcceptsLookupBytes),
#endif
#if defined(LOCKSTEP_KERNELS_NEON)
    LOCKSTEP_KERNEL(lookup_u8_neon, Isa::kNeon, AcceptsLookupNeon),
#endif
#if defined(LOCKSTEP_KERNELS_MSA)
    LOCKSTEP_KERNEL(lookup_u8_msa, Isa::kMsa, AcceptsLookupMsa),
#endif
    LOCKSTEP_KERNEL(lookup_ux_portable, Isa::kPortable, nullptr),
};

inline constexpr Operator kLookup = {joint::Options::Lookup,
                                     1,
                                     check::CheckLookup,
                                     PrepareElements,
                                     nullptr,
                                     kLookupKernels,
                                     sizeof kLookupKernels / sizeof(Kernel),
                                     2,
                                     -1,
                                     1,
                                     true};

}  // namespace lockstep::kernels
