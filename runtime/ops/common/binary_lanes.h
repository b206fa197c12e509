// Add and Mul of bytes and halves, sixteen at a time. A part of the files binary_runs_*.cpp that include it behind an
// instruction set's lanes.
#pragma once

#include "arithmetic/requantize.h"
#include "gemm/unroll.h"
#include "ops/common/binary_runs.h"

namespace lockstep::kernels {
namespace {

// combine(a, b) of four differences each gives values in front of the zero point. `kSignedB`: b is s8 or s16, without
// one.
template <bool kSignedB = false, typename Combine>
void CombineLanes(const BinaryRun& run, int32_t zero_a, int32_t zero_b, const lanes::Limits& limits, Combine combine) {
  const lanes::Words za = lanes::SplatWords(zero_a);
  const lanes::Words zb = lanes::SplatWords(zero_b);
  const int size_a = run.wide_a ? 2 : 1;
  const int size_b = run.wide_b ? 2 : 1;
  const int size_y = run.wide_y ? 2 : 1;
  lanes::Elements part_a;
  lanes::Elements part_b;
  lanes::Elements part_y;
  for (ptrdiff_t row = 0; row < run.rows; ++row) {
    const uint8_t* a = run.a + row * run.step_a;
    const uint8_t* b = run.b + row * run.step_b;
    uint8_t* y = run.y + row * run.step_y;
    if (run.same_a) a = part_a.Fill(a, size_a);
    if (run.same_b) b = part_b.Fill(b, size_b);
    for (auto left = static_cast<ptrdiff_t>(run.count); left > 0; left -= lanes::kGroup) {
      const uint8_t* from_a = run.same_a ? a : part_a.Load(a, left, size_a);
      const uint8_t* from_b = run.same_b ? b : part_b.Load(b, left, size_b);
      const lanes::Sixteen da = lanes::LoadSixteen(from_a, run.wide_a, za);
      const lanes::Sixteen db =
          kSignedB ? lanes::LoadSignedSixteen(from_b, run.wide_b) : lanes::LoadSixteen(from_b, run.wide_b, zb);
      lanes::Sixteen values;
      Unroll<4>([&](auto v) { values.value[v] = limits.Of(combine(da.value[v], db.value[v])); });
      lanes::StoreSixteen(values, part_y.Place(y, left), run.wide_y);
      part_y.Store(y, left, size_y);
      if (!run.same_a) a += lanes::kGroup * size_a;
      if (!run.same_b) b += lanes::kGroup * size_b;
      y += lanes::kGroup * size_y;
    }
  }
}

// For bytes the format bounds multipliers and shift so that 32 bits hold every step.
void AddLanes(const AddConstants& c, const BinaryRun& run) {
  const lanes::Limits limits(c.zero_point, c.low, c.high);
  if (run.wide_a || run.wide_b || run.wide_y) {
    const lanes::WeightedSum sum(c.multiplier_a, c.multiplier_b, c.shift);
    CombineLanes(
        run, c.zero_a, c.zero_b,
        limits, [&](lanes::Words a, lanes::Words b) __attribute__((always_inline)) { return sum.Of(a, b); });
    return;
  }
  const lanes::Words ma = lanes::SplatWords(c.multiplier_a);
  const lanes::Words mb = lanes::SplatWords(c.multiplier_b);
  const lanes::Scale by = lanes::ScaleOf(ma, lanes::SplatWords(c.shift));
  CombineLanes(
      run, c.zero_a, c.zero_b, limits, [&](lanes::Words a, lanes::Words b) __attribute__((always_inline)) {
        return lanes::ShiftRounded(lanes::MultiplyAdd(lanes::Multiply(a, ma), b, mb), by);
      });
}

// Two halves have products of 33 bits, whose shift must be kLongShift or more.
void MulLanes(const MulConstants& c, const BinaryRun& run) {
  const lanes::Limits limits(c.zero_point, c.low, c.high);
  const lanes::Words multiplier = lanes::SplatWords(c.multiplier);
  const lanes::Words shift = lanes::SplatWords(c.shift);
  if (run.wide_a && run.wide_b) {
    const lanes::LongScale by(multiplier, shift);
    CombineLanes(
        run, c.zero_a, c.zero_b, limits, [&](lanes::Words a, lanes::Words b) __attribute__((always_inline)) {
          return by.Of(lanes::ProductsLow(a, b), lanes::ProductsHigh(a, b));
        });
    return;
  }
  const lanes::Scale by = lanes::ScaleOf(multiplier, shift);
  if (c.shift >= 1) {
    CombineLanes(
        run, c.zero_a, c.zero_b, limits, [&](lanes::Words a, lanes::Words b) __attribute__((always_inline)) {
          return lanes::RequantizeShort(lanes::Multiply(a, b), by);
        });
  } else {
    CombineLanes(
        run, c.zero_a, c.zero_b, limits, [&](lanes::Words a, lanes::Words b) __attribute__((always_inline)) {
          return lanes::RequantizeAny(lanes::Multiply(a, b), by);
        });
  }
}

// A difference times its slope has 32 bits.
void PReluLanes(const PReluConstants& c, const BinaryRun& run) {
  const lanes::Limits limits(c.zero_point, c.low, c.high);
  const lanes::Words multiplier = lanes::SplatWords(c.multiplier);
  const lanes::Words shift = lanes::SplatWords(c.shift);
  const lanes::Words slope_multiplier = lanes::SplatWords(c.slope_multiplier);
  const lanes::Words slope_shift = lanes::SplatWords(c.slope_shift);
  const bool short_shifts = c.shift >= 1 && c.slope_shift >= 1;
  const auto rectify = [&](lanes::Words x, lanes::Words slope, auto requantize) __attribute__((always_inline)) {
    const lanes::Scale by = lanes::ScaleOf(lanes::WhereNegative(x, slope_multiplier, multiplier),
                                           lanes::WhereNegative(x, slope_shift, shift));
    return requantize(lanes::WhereNegative(x, lanes::Multiply(x, slope), x), by);
  };
  if (short_shifts) {
    CombineLanes<true>(
        run, c.zero_a, 0, limits, [&](lanes::Words x, lanes::Words slope) __attribute__((always_inline)) {
          return rectify(
              x, slope, [](lanes::Words acc, const lanes::Scale& by) __attribute__((always_inline)) {
                return lanes::RequantizeShort(acc, by);
              });
        });
  } else {
    CombineLanes<true>(
        run, c.zero_a, 0, limits, [&](lanes::Words x, lanes::Words slope) __attribute__((always_inline)) {
          return rectify(
              x, slope, [](lanes::Words acc, const lanes::Scale& by) __attribute__((always_inline)) {
                return lanes::RequantizeAny(acc, by);
              });
        });
  }
}

}  // namespace
}  // namespace lockstep::kernels
