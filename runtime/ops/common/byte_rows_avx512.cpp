// Compiled for AVX-512: it must not use inline functions with external linkage.
#include <immintrin.h>

#include <cstring>

#include "ops/common/byte_rows.h"
#include "ops/common/byte_table_avx512.h"

namespace lockstep::kernels {
namespace {

constexpr int64_t kLanes = 64;

// map(64 bytes) for all bytes of the rows.
template <typename Map>
[[gnu::always_inline]] inline void MapRows(ByteRows rows, Map map) {
  if (rows.from_step == rows.length && rows.to_step == rows.length) {
    rows.length *= rows.count;
    rows.count = 1;
  }
  const int64_t whole = rows.length / kLanes * kLanes;
  const int64_t rest = rows.length - whole;
  const __mmask64 valid = (__mmask64{1} << rest) - 1;
  for (int64_t row = 0; row < rows.count; ++row) {
    const uint8_t* from = rows.from + row * rows.from_step;
    uint8_t* to = rows.to + row * rows.to_step;
    for (int64_t i = 0; i < whole; i += kLanes) _mm512_storeu_si512(to + i, map(_mm512_loadu_si512(from + i)));
    if (rest == 0) continue;
    const __m512i bytes = map(_mm512_maskz_loadu_epi8(valid, from + whole));
    uint8_t* last = to + whole;
    if (rest == 32) {  // masked stores are slow
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(last), _mm512_castsi512_si256(bytes));
    } else if (rest == 16) {
      _mm_storeu_si128(reinterpret_cast<__m128i*>(last), _mm512_castsi512_si128(bytes));
    } else {
      _mm512_mask_storeu_epi8(last, valid, bytes);
    }
  }
}

}  // namespace

namespace {

// Rows of one word.
template <typename Word>
void CopyWords(const ByteRows& rows) {
  for (int64_t row = 0; row < rows.count; ++row) {
    std::memcpy(rows.to + row * rows.to_step, rows.from + row * rows.from_step, sizeof(Word));
  }
}

}  // namespace

void CopyRows512(const ByteRows& rows) {
  switch (rows.length) {
    case 1:
      return CopyWords<uint8_t>(rows);
    case 2:
      return CopyWords<uint16_t>(rows);
    case 4:
      return CopyWords<uint32_t>(rows);
    case 8:
      return CopyWords<uint64_t>(rows);
    default:
      break;
  }
  MapRows(
      rows, [](__m512i bytes) __attribute__((always_inline)) { return bytes; });
}

void LookUpRows512(const uint8_t* entries, const ByteRows& rows) {
  const ByteTable512 table = LoadTable512(entries);
  MapRows(
      rows, [&](__m512i bytes) __attribute__((always_inline)) { return LookUp512(table, bytes); });
}

}  // namespace lockstep::kernels
