// Sums and elements of a row, sixteen at a time. A part of the files normalise_row_*.cpp that include it behind an
// instruction set's lanes.
#pragma once

#include "gemm/unroll.h"
#include "ops/layer_normalization/normalise_row.h"

namespace lockstep::kernels {
namespace {

RowSums SumLanes(const uint8_t* x, bool wide, int64_t n) {
  const int size = wide ? 2 : 1;
  lanes::Words values[4];
  lanes::Longs squares[2];
  Unroll<4>([&](auto v) { values[v] = lanes::SplatWords(0); });
  Unroll<2>([&](auto v) { squares[v] = lanes::SplatLongs(0); });
  lanes::Elements part;
  for (auto left = static_cast<ptrdiff_t>(n); left > 0; left -= lanes::kGroup, x += lanes::kGroup * size) {
    if (left < lanes::kGroup) part = {};
    const lanes::Sixteen elements = lanes::LoadSixteen(part.Load(x, left, size), wide);
    Unroll<4>([&](auto v) {
      values[v] = lanes::Add(values[v], elements.value[v]);
      squares[0] = lanes::Add(squares[0], lanes::ProductsLow(elements.value[v], elements.value[v]));
      squares[1] = lanes::Add(squares[1], lanes::ProductsHigh(elements.value[v], elements.value[v]));
    });
  }
  int32_t all_values[16];
  int64_t all_squares[4];
  Unroll<4>([&](auto v) { lanes::StoreWords(values[v], all_values + 4 * v); });
  Unroll<2>([&](auto v) { lanes::StoreLongs(squares[v], all_squares + 2 * v); });
  RowSums sums;
  for (const int32_t value : all_values) sums.values += value;
  for (const int64_t square : all_squares) sums.squares += square;
  return sums;
}

// Parameters of four elements.
struct NormaliseBy {
  lanes::Words times, minus;
  lanes::Words factor;  // minus 2^32
  lanes::LongShift shift;
  lanes::LongScale scale;

  LOCKSTEP_LANES explicit NormaliseBy(const NormalisedRow& row)
      : times(lanes::SplatWords(static_cast<int32_t>(row.n << row.variance_shift))),
        minus(lanes::SplatWords(static_cast<int32_t>(row.sum << row.variance_shift))),
        factor(lanes::SplatWords(
            row.inverse.factor == 0 ? 0 : static_cast<int32_t>(row.inverse.factor - (int64_t{1} << 32)))),
        shift(row.inverse.half_shift + 1),
        scale(lanes::SplatWords(row.multiplier), lanes::SplatWords(row.shift)) {}

  LOCKSTEP_LANES lanes::Words Of(lanes::Words x, lanes::Words gamma, const int64_t* beta) const {
    const lanes::Words d = lanes::Subtract(lanes::Multiply(x, times), minus);
    const lanes::Longs low = lanes::Add(lanes::ShiftedLow(d), lanes::ProductsLow(d, factor));
    const lanes::Longs high = lanes::Add(lanes::ShiftedHigh(d), lanes::ProductsHigh(d, factor));
    const lanes::Words h = lanes::Saturate(shift.Of(low), shift.Of(high));
    return scale.Of(lanes::Add(lanes::LoadLongs(beta), lanes::ProductsLow(h, gamma)),
                    lanes::Add(lanes::LoadLongs(beta + 2), lanes::ProductsHigh(h, gamma)));
  }
};

void NormaliseLanes(const NormalisedRow& row) {
  const NormaliseBy by(row);
  const lanes::Limits limits(row.zero_point, row.low, row.high);
  const int size_x = row.wide_x ? 2 : 1;
  const int size_y = row.wide_y ? 2 : 1;
  const auto last = static_cast<ptrdiff_t>(row.n - lanes::kGroup);
  for (ptrdiff_t group = 0; group < row.n; group += lanes::kGroup) {
    // The last group does some elements once more instead of fewer.
    const ptrdiff_t at = group < last ? group : last;
    const lanes::Sixteen x = lanes::LoadSixteen(row.x + at * size_x, row.wide_x);
    const lanes::Sixteen gamma = lanes::LoadSignedSixteen(reinterpret_cast<const uint8_t*>(row.gamma + at), true);
    lanes::Sixteen y;
    Unroll<4>([&](auto v) { y.value[v] = limits.Of(by.Of(x.value[v], gamma.value[v], row.beta + at + 4 * v)); });
    lanes::StoreSixteen(y, row.y + at * size_y, row.wide_y);
  }
}

}  // namespace
}  // namespace lockstep::kernels
