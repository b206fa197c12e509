#include "ops/conv/conv.h"

namespace lockstep::kernels {

#define LOCKSTEP_CONV(isa)                                                                    \
  void conv_u8s8_##isa(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch) { \
    RunConv(args, begin, end, scratch, row_u8s8_##isa);                                       \
  }                                                                                           \
  void conv_uxsx_##isa(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch) { \
    RunConv(args, begin, end, scratch, row_u8s8_##isa);                                       \
  }

#if defined(LOCKSTEP_KERNELS_AVX512VNNI)
LOCKSTEP_CONV(avx512vnni)
#endif

#if defined(LOCKSTEP_KERNELS_AVXVNNI)
LOCKSTEP_CONV(avxvnni)
#endif

#if defined(LOCKSTEP_KERNELS_AVX2)
LOCKSTEP_CONV(avx2)
#endif

#if defined(LOCKSTEP_KERNELS_NEON)
LOCKSTEP_CONV(neon)
#endif

#if defined(LOCKSTEP_KERNELS_NEONDOT)
LOCKSTEP_CONV(neondot)
#endif

#if defined(LOCKSTEP_KERNELS_NEONI8MM)
LOCKSTEP_CONV(neoni8mm)
#endif

#if defined(LOCKSTEP_KERNELS_MSA)
LOCKSTEP_CONV(msa)
#endif

#undef LOCKSTEP_CONV

void conv_uxsx_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch) {
  RunConv(args, begin, end, scratch, PortableVariant(DescribeConv(args), args.layer->options_as_Conv()->acc_bits()));
}

void conv_u8s8_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch) {
  conv_uxsx_portable(args, begin, end, scratch);
}

}  // namespace lockstep::kernels
