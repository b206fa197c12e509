// Softmax, its divisions sixteen at a time. A part of the files softmax_rows_*.cpp that include it behind an
// instruction set's lanes.
#pragma once

#include "gemm/unroll.h"
#include "ops/softmax/softmax_rows.h"

namespace lockstep::kernels {
namespace {

constexpr uint32_t kLargestLaneSum = uint32_t{1} << 31;  // sums are below that

uint8_t LargestOfRow(const uint8_t* x, ptrdiff_t length) {
  uint8_t most = 0;
  ptrdiff_t i = 0;
  if (length >= lanes::kGroup) {
    lanes::Bytes all = lanes::LoadBytes(x + length - lanes::kGroup);
    for (; i + lanes::kGroup <= length; i += lanes::kGroup) all = lanes::Largest(all, lanes::LoadBytes(x + i));
    return lanes::LargestOf(all);
  }
  for (; i < length; ++i) most = x[i] > most ? x[i] : most;
  return most;
}

// floor((e * numerator + S / 2) / S) for e up to S, S below 2^31 and numerators up to 2^23. Everything is rounded down,
// so that the estimate is at most one too small: e / S with 29 bits behind the point is off by less than 2.25 of its
// last ones, times the numerator with `fraction` bits by less than 3.25, the half by less than two; and that is much
// less than 2^fraction, which is at least 32. What is left of the dividend is below 2 * S: 32 bits tell whether one is
// missing.
struct LanesDivider {
  int32_t to_left, fraction;
  lanes::Words reciprocal, scaled, half, numerator, half_sum, sum;

  LOCKSTEP_LANES LanesDivider(uint32_t numerator_, uint32_t sum_) {
    const int zeros = __builtin_clz(sum_);
    const int room = __builtin_clz(numerator_) - 1;
    to_left = zeros - 1;
    fraction = room - 2;
    const uint32_t exact_half = uint32_t{1} << (fraction - 1);
    uint32_t missing = 0;  // of a half
    if (sum_ % 2 != 0) missing = sum_ > exact_half ? 1 : exact_half / sum_ + 1;
    reciprocal = lanes::SplatWords(static_cast<int32_t>((uint64_t{1} << 61) / (sum_ << zeros)));
    scaled = lanes::SplatWords(static_cast<int32_t>(numerator_ << room));
    half = lanes::SplatWords(static_cast<int32_t>(exact_half - missing));
    numerator = lanes::SplatWords(static_cast<int32_t>(numerator_));
    half_sum = lanes::SplatWords(static_cast<int32_t>(sum_ / 2));
    sum = lanes::SplatWords(static_cast<int32_t>(sum_));
  }

  LOCKSTEP_LANES lanes::Words Of(lanes::Words e) const {
    const lanes::Words ratio = lanes::MultiplyHigh(lanes::WordShift::Left(to_left).ToLeft(e), reciprocal);
    const lanes::Words quotient =
        lanes::WordShift::Right(fraction).ToRight(lanes::Add(lanes::MultiplyHigh(ratio, scaled), half));
    const lanes::Words rest = lanes::MultiplySubtract(lanes::MultiplyAdd(half_sum, e, numerator), quotient, sum);
    return lanes::Subtract(quotient, lanes::AtLeast(rest, sum));
  }
};

// For sums that lanes do not hold.
void DivideRow(const SoftmaxRows& rows, uint32_t sum, uint8_t* y) {
  for (int64_t i = 0; i < rows.length; ++i) {
    const uint64_t quotient = (uint64_t{rows.scratch[i]} * rows.numerator + sum / 2) / sum;
    const uint64_t value = quotient < rows.high ? quotient : rows.high;
    if (rows.words) {
      reinterpret_cast<uint16_t*>(y)[i] = static_cast<uint16_t>(value);
    } else {
      y[i] = static_cast<uint8_t>(value);
    }
  }
}

void DivideRowByLanes(const SoftmaxRows& rows, uint32_t sum, uint8_t* y) {
  const LanesDivider divider(rows.numerator, sum);
  const lanes::Words high = lanes::SplatWords(static_cast<int32_t>(rows.high));
  const int size = rows.words ? 2 : 1;
  const auto* e = reinterpret_cast<const int32_t*>(rows.scratch);
  lanes::Elements part;
  for (auto left = static_cast<ptrdiff_t>(rows.length); left > 0; left -= lanes::kGroup) {
    lanes::Sixteen values;
    Unroll<4>([&](auto v) { values.value[v] = lanes::Least(divider.Of(lanes::LoadWords(e + 4 * v)), high); });
    lanes::StoreSixteen(values, part.Place(y, left), rows.words);
    part.Store(y, left, size);
    e += lanes::kGroup;
    y += lanes::kGroup * size;
  }
}

// The sum of the row's exponentials, which become the scratch.
uint32_t Exponentials(const SoftmaxRows& rows, const uint8_t* x) {
  const auto length = static_cast<ptrdiff_t>(rows.length);
  const uint32_t* top = rows.table + LargestOfRow(x, length);
  uint32_t sum = 0;
  for (ptrdiff_t i = 0; i < length; ++i) {
    const uint32_t e = *(top - x[i]);
    rows.scratch[i] = e;
    sum += e;
  }
  return sum;
}

uint32_t Exponentials(const SoftmaxRows& rows, const uint16_t* x) {
  const auto length = static_cast<ptrdiff_t>(rows.length);
  uint32_t top = 0;
  for (ptrdiff_t i = 0; i < length; ++i) top = x[i] > top ? x[i] : top;
  uint32_t sum = 0;
  for (ptrdiff_t i = 0; i < length; ++i) {
    const uint32_t difference = top - x[i];
    const uint32_t e = difference < rows.entries ? rows.table[difference] : 0;
    rows.scratch[i] = e;
    sum += e;
  }
  return sum;
}

void SoftmaxLanes(const SoftmaxRows& rows) {
  for (ptrdiff_t row = 0; row < rows.count; ++row) {
    const uint8_t* x = rows.x + row * rows.x_step;
    uint8_t* y = rows.y + row * rows.y_step;
    const uint32_t sum = rows.wide ? Exponentials(rows, reinterpret_cast<const uint16_t*>(x)) : Exponentials(rows, x);
    sum < kLargestLaneSum ? DivideRowByLanes(rows, sum, y) : DivideRow(rows, sum, y);
  }
}

}  // namespace
}  // namespace lockstep::kernels
