// The row of ChannelLookup.
#pragma once

#include "ops/common/prepare.h"
#include "ops/operator.h"

namespace lockstep::check {

kernels::CheckFunction CheckChannelLookup;

}  // namespace lockstep::check

namespace lockstep::kernels {

AcceptFunction AcceptsChannelLookup512;
RunFunction channel_lookup_u8_avx512vnni;
AcceptFunction AcceptsChannelLookupNeon;
RunFunction channel_lookup_u8_neon;
RunFunction channel_lookup_ux_portable;

inline constexpr Kernel kChannelLookupKernels[] = {
#if defined(LOCKSTEP_KERNELS_AVX512VNNI)
    LOCKSTEP_KERNEL(channel_lookup_u8_avx512vnni, Isa::kAvx512Vnni, AcceptsChannelLookup512),
#endif
#if defined(LOCKSTEP_KERNELS_NEON) && defined(__aarch64__)  // ARMv7 has no tables in registers
    LOCKSTEP_KERNEL(channel_lookup_u8_neon, Isa::kNeon, AcceptsChannelLookupNeon),
#endif
    LOCKSTEP_KERNEL(channel_lookup_ux_portable, Isa::kPortable, nullptr),
};

inline constexpr Operator kChannelLookup = {joint::Options::ChannelLookup,
                                            1,
                                            check::CheckChannelLookup,
                                            PrepareElements,
                                            nullptr,
                                            kChannelLookupKernels,
                                            sizeof kChannelLookupKernels / sizeof(Kernel),
                                            2,
                                            -1,
                                            1,
                                            true,
                                            ChannelScales::kInputAndOutput};

}  // namespace lockstep::kernels
