// vpshufb picks one of 16 entries by an index's lower bits, and gives 0 for one whose highest bit is set. Parts of the
// table differ from the part before: what the parts up to that of an element give is combined, as 16 is taken from the
// index for each, which leaves the later ones a negative one. The two halves of the table begin anew.
//
// Compiled for AVX2: it must not use inline functions with external linkage.
#include <immintrin.h>

#include <cstring>

#include "gemm/unroll.h"
#include "ops/common/byte_rows.h"
#include "ops/common/byte_table.h"

namespace lockstep::kernels {
namespace {

constexpr int kParts = 16;
constexpr int kHalf = kParts / 2;
constexpr ptrdiff_t kFew = 16;
constexpr ptrdiff_t kMany = 64;

struct Table {
  __m256i part[kParts];  // twice the same 16 bytes

  [[gnu::always_inline]] explicit Table(const uint8_t* entries) {
    __m128i before = _mm_setzero_si128();
    for (int i = 0; i < kParts; ++i) {
      if (i == kHalf) before = _mm_setzero_si128();
      const __m128i entry = _mm_loadu_si128(reinterpret_cast<const __m128i*>(entries) + i);
      part[i] = _mm256_broadcastsi128_si256(_mm_xor_si128(entry, before));
      before = entry;
    }
  }

  template <int kCount>
  [[gnu::always_inline]] void LookUp(__m256i (&x)[kCount]) const {
    const __m256i step = _mm256_set1_epi8(16);
    const __m256i flip = _mm256_set1_epi8(-128);
    __m256i found[kCount];
    __m256i low[kCount];
    __m256i high[kCount];
    Unroll<kCount>([&](auto v) {
      found[v] = _mm256_setzero_si256();
      low[v] = x[v];
      high[v] = _mm256_xor_si256(x[v], flip);
    });
    Unroll<kHalf>([&](auto i) {
      Unroll<kCount>([&](auto v) {
        const __m256i first = _mm256_shuffle_epi8(part[i], low[v]);
        const __m256i second = _mm256_shuffle_epi8(part[kHalf + i], high[v]);
        found[v] = _mm256_xor_si256(found[v], _mm256_xor_si256(first, second));
        low[v] = _mm256_subs_epi8(low[v], step);
        high[v] = _mm256_subs_epi8(high[v], step);
      });
    });
    Unroll<kCount>([&](auto v) { x[v] = found[v]; });
  }
};

// Where rows lie side by side, they are one.
ByteRows Joined(ByteRows rows) {
  if (rows.from_step != rows.length || rows.to_step != rows.length) return rows;
  rows.length *= rows.count;
  rows.count = 1;
  return rows;
}

}  // namespace

void LookUpRowsAvx2(const uint8_t* entries, const ByteRows& of) {
  const ByteRows rows = Joined(of);
  const auto length = static_cast<ptrdiff_t>(rows.length);
  const Table table(entries);
  for (int64_t row = 0; row < rows.count; ++row) {
    const uint8_t* from = rows.from + row * rows.from_step;
    uint8_t* to = rows.to + row * rows.to_step;
    ptrdiff_t i = 0;
    for (; i + kMany <= length; i += kMany) {
      __m256i x[2];
      Unroll<2>([&](auto v) { x[v] = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from + i) + v); });
      table.LookUp(x);
      Unroll<2>([&](auto v) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + i) + v, x[v]); });
    }
    for (; i + kFew <= length; i += kFew) {
      __m256i x[] = {_mm256_castsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from + i)))};
      table.LookUp(x);
      _mm_storeu_si128(reinterpret_cast<__m128i*>(to + i), _mm256_castsi256_si128(x[0]));
    }
    for (; i < length; ++i) to[i] = entries[from[i]];
  }
}

void ApplyTableAvx2(const uint8_t* table, const Stretches<uint8_t>& y) {
  LookUpRowsAvx2(table, {y.data, y.step, y.data, y.step, y.count, y.length});
}

void CopyRowsAvx2(const ByteRows& of) {
  const ByteRows rows = Joined(of);
  const auto length = static_cast<ptrdiff_t>(rows.length);
  for (int64_t row = 0; row < rows.count; ++row) {
    const uint8_t* from = rows.from + row * rows.from_step;
    uint8_t* to = rows.to + row * rows.to_step;
    ptrdiff_t i = 0;
    for (; i + 2 * kFew <= length; i += 2 * kFew) {
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + i),
                          _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from + i)));
    }
    for (; i < length; ++i) to[i] = from[i];
  }
}

}  // namespace lockstep::kernels
