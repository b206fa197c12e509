// vshf.b picks bytes of a pair of vectors, and gives 0 for an index whose two highest bits are not both 0: the table is
// four parts of 64 bytes, two pairs each, of which bit 5 selects.
#include <msa.h>

#include "gemm/unroll.h"
#include "ops/common/byte_rows.h"

namespace lockstep::kernels {
namespace {

constexpr int kVectorBytes = 16;
constexpr int kVectors = 16;  // of a table
constexpr int kParts = 4;

v16i8 Load(const uint8_t* from) { return __msa_ld_b(const_cast<uint8_t*>(from), 0); }

class TableMsa {
 public:
  [[gnu::always_inline]] explicit TableMsa(const uint8_t* table) : table_(table) {
    Unroll<kVectors>([&](auto i) { vectors_[i] = Load(table + i * kVectorBytes); });
  }

  [[gnu::always_inline]] void Run(const uint8_t* x, uint8_t* y, ptrdiff_t count) const {
    for (; count >= kVectorBytes; count -= kVectorBytes, x += kVectorBytes, y += kVectorBytes) {
      __msa_st_b(Of(Load(x)), y, 0);
    }
    for (ptrdiff_t i = 0; i < count; ++i) y[i] = table_[x[i]];
  }

 private:
  [[gnu::always_inline]] v16i8 Of(v16i8 x) const {
    v16i8 low = __msa_vshf_b(x, vectors_[1], vectors_[0]);
    v16i8 high = __msa_vshf_b(x, vectors_[3], vectors_[2]);
    Unroll<kParts - 1>([&](auto i) {
      constexpr int kPart = i + 1;
      const auto index = reinterpret_cast<v16i8>(__msa_xori_b(reinterpret_cast<v16u8>(x), 64 * kPart));
      low |= __msa_vshf_b(index, vectors_[4 * kPart + 1], vectors_[4 * kPart]);
      high |= __msa_vshf_b(index, vectors_[4 * kPart + 3], vectors_[4 * kPart + 2]);
    });
    const v16i8 select = __msa_clti_s_b(__msa_slli_b(x, 2), 0);
    return reinterpret_cast<v16i8>(
        __msa_bsel_v(reinterpret_cast<v16u8>(select), reinterpret_cast<v16u8>(low), reinterpret_cast<v16u8>(high)));
  }

  const uint8_t* table_;
  v16i8 vectors_[kVectors];
};

}  // namespace

void LookUpRowsMsa(const uint8_t* table, const ByteRows& rows) {
  const TableMsa vectors(table);
  const auto length = static_cast<ptrdiff_t>(rows.length);
  const uint8_t* from = rows.from;
  uint8_t* to = rows.to;
  for (auto left = static_cast<ptrdiff_t>(rows.count); left > 0; --left) {
    vectors.Run(from, to, length);
    from += rows.from_step;
    to += rows.to_step;
  }
}

void CopyRowsMsa(const ByteRows& rows) {
  const auto length = static_cast<ptrdiff_t>(rows.length);
  const uint8_t* from = rows.from;
  uint8_t* to = rows.to;
  for (auto left = static_cast<ptrdiff_t>(rows.count); left > 0; --left) {
    ptrdiff_t i = 0;
    for (; i + kVectorBytes <= length; i += kVectorBytes) __msa_st_b(Load(from + i), to + i, 0);
    for (; i < length; ++i) to[i] = from[i];
    from += rows.from_step;
    to += rows.to_step;
  }
}

}  // namespace lockstep::kernels
