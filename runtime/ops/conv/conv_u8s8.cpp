#include "ops/conv/conv.h"

namespace lockstep::kernels {

#if defined(LOCKSTEP_KERNELS_AVX512VNNI)
void conv_u8s8_avx512vnni(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch) {
  RunConv(args, begin, end, scratch, row_u8s8_avx512vnni);
}
#endif

#if defined(LOCKSTEP_KERNELS_NEON)
void conv_u8s8_neon(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch) {
  RunConv(args, begin, end, scratch, row_u8s8_neon);
}
#endif

#if defined(LOCKSTEP_KERNELS_MSA)
void conv_u8s8_msa(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch) {
  RunConv(args, begin, end, scratch, row_u8s8_msa);
}
#endif

void conv_u8s8_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch) {
  RunConv(args, begin, end, scratch, AcceptsConv32(args) ? row_u8s8_portable : row_u8s8_portable_acc64);
}

}  // namespace lockstep::kernels
