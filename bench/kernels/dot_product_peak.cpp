#include "dot_product_peak.h"

#include <immintrin.h>

namespace lockstep::bench {

namespace {

constexpr int kAccumulators = 24;  // more than latency times throughput
constexpr int64_t kMacs = 64;      // of one instruction

}  // namespace

int64_t RunDotProducts(int64_t rounds) {
  const __m512i x = _mm512_set1_epi8(3);
  const __m512i w = _mm512_set1_epi8(5);
  // Accumulators zmm8 to zmm31; written out, for what is measured must be the multiplications and nothing else.
  for (int64_t round = 0; round < rounds; ++round) {
    __asm__ volatile(
        "vpdpbusd %1, %0, %%zmm8\n vpdpbusd %1, %0, %%zmm9\n vpdpbusd %1, %0, %%zmm10\n vpdpbusd %1, %0, %%zmm11\n"
        "vpdpbusd %1, %0, %%zmm12\n vpdpbusd %1, %0, %%zmm13\n vpdpbusd %1, %0, %%zmm14\n vpdpbusd %1, %0, %%zmm15\n"
        "vpdpbusd %1, %0, %%zmm16\n vpdpbusd %1, %0, %%zmm17\n vpdpbusd %1, %0, %%zmm18\n vpdpbusd %1, %0, %%zmm19\n"
        "vpdpbusd %1, %0, %%zmm20\n vpdpbusd %1, %0, %%zmm21\n vpdpbusd %1, %0, %%zmm22\n vpdpbusd %1, %0, %%zmm23\n"
        "vpdpbusd %1, %0, %%zmm24\n vpdpbusd %1, %0, %%zmm25\n vpdpbusd %1, %0, %%zmm26\n vpdpbusd %1, %0, %%zmm27\n"
        "vpdpbusd %1, %0, %%zmm28\n vpdpbusd %1, %0, %%zmm29\n vpdpbusd %1, %0, %%zmm30\n vpdpbusd %1, %0, %%zmm31\n"
        :
        : "v"(x), "v"(w)
        : "zmm8", "zmm9", "zmm10", "zmm11", "zmm12", "zmm13", "zmm14", "zmm15", "zmm16", "zmm17", "zmm18", "zmm19",
          "zmm20", "zmm21", "zmm22", "zmm23", "zmm24", "zmm25", "zmm26", "zmm27", "zmm28", "zmm29", "zmm30", "zmm31");
  }
  return rounds * kAccumulators * kMacs;
}

}  // namespace lockstep::bench
