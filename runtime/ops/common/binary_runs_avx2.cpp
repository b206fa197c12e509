// Compiled for AVX2: it must not use inline functions with external linkage.
#include <immintrin.h>

#include <cstring>

#include "gemm/unroll.h"
#include "ops/common/binary_runs.h"

namespace lockstep::kernels {
namespace {

constexpr int kVectors = 4;  // of 8 sums
constexpr int64_t kBytes = 32;

struct ByteSums {
  __m256i ma, mb, constant, zero_point, low, high;
  __m128i shift;

  // Differences to the zero points are left to one constant: 32 bits hold the sum with it, whatever they do not hold
  // before.
  [[gnu::always_inline]] explicit ByteSums(const AddConstants& c)
      : ma(_mm256_set1_epi32(c.multiplier_a)),
        mb(_mm256_set1_epi32(c.multiplier_b)),
        constant(_mm256_set1_epi32(static_cast<int32_t>((uint32_t{1} << (c.shift - 1)) -
                                                        static_cast<uint32_t>(c.zero_a * c.multiplier_a) -
                                                        static_cast<uint32_t>(c.zero_b * c.multiplier_b)))),
        zero_point(_mm256_set1_epi16(static_cast<int16_t>(c.zero_point))),
        low(_mm256_set1_epi8(static_cast<char>(c.low))),
        high(_mm256_set1_epi8(static_cast<char>(c.high))),
        shift(_mm_cvtsi32_si128(c.shift)) {}

  [[gnu::always_inline]] void Write(const uint8_t* a, const uint8_t* b, uint8_t* y) const {
    __m256i sums[kVectors];
    Unroll<kVectors>([&](auto v) {
      const __m256i first = _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(a + 8 * v)));
      const __m256i second = _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(b + 8 * v)));
      const __m256i sum = _mm256_add_epi32(_mm256_mullo_epi32(first, ma), _mm256_mullo_epi32(second, mb));
      sums[v] = _mm256_sra_epi32(_mm256_add_epi32(sum, constant), shift);
    });
    const __m256i one = _mm256_adds_epi16(_mm256_packs_epi32(sums[0], sums[1]), zero_point);
    const __m256i two = _mm256_adds_epi16(_mm256_packs_epi32(sums[2], sums[3]), zero_point);
    const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    const __m256i bytes = _mm256_permutevar8x32_epi32(_mm256_packus_epi16(one, two), order);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(y), _mm256_min_epu8(_mm256_max_epu8(bytes, low), high));
  }
};

}  // namespace

void AddRunAvx2(const AddConstants& constants, const BinaryRun& run) {
  const ByteSums sums(constants);
  for (int64_t row = 0; row < run.rows; ++row) {
    const uint8_t* a = run.a + row * run.step_a;
    const uint8_t* b = run.b + row * run.step_b;
    uint8_t* y = run.y + row * run.step_y;
    int64_t left = run.count;
    for (; left >= kBytes; left -= kBytes, a += kBytes, b += kBytes, y += kBytes) sums.Write(a, b, y);
    if (left == 0) continue;
    uint8_t few[3][kBytes] = {};
    const auto rest = static_cast<size_t>(left);
    std::memcpy(few[0], a, rest);
    std::memcpy(few[1], b, rest);
    sums.Write(few[0], few[1], few[2]);
    std::memcpy(y, few[2], rest);
  }
}

}  // namespace lockstep::kernels
