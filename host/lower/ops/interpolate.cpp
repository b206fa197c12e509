// Resize, linear and cubic: what ONNX gives as places between elements becomes weights of neighbours.
#include "lower/ops/interpolate.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "arithmetic/rq1.h"
#include "lower/ops/window.h"
#include "ops/resize_taps.h"

namespace lockstep::lower {
namespace {

constexpr int kMaxWeightBits = 19;
constexpr int kMaxLongShift = 55;

// Of rows or columns: per output index the first input index and `taps` weights.
struct Axis {
  size_t taps = 1;
  std::vector<int32_t> first;
  std::vector<double> weights;

  double LargestSum() const {
    double largest = 1.0;
    for (size_t i = 0; i < weights.size(); i += taps) {
      double sum = 0.0;
      for (size_t tap = 0; tap < taps; ++tap) sum += std::abs(weights[i + tap]);
      largest = std::max(largest, sum);
    }
    return largest;
  }

  // The least bits with which all weights are integers, `most` if that would be more.
  int ExactBits(int most) const {
    for (int bits = 0; bits < most; ++bits) {
      const auto exact = [bits](double weight) {
        return std::ldexp(weight, bits) == std::round(std::ldexp(weight, bits));
      };
      if (std::all_of(weights.begin(), weights.end(), exact)) return bits;
    }
    return most;
  }
};

// Elements without weight take no part, and all output indices have as many neighbours.
Axis Dense(const std::vector<ops::Taps>& all, int64_t extent) {
  Axis axis;
  std::vector<std::pair<int64_t, int64_t>> ends;
  for (const ops::Taps& taps : all) {
    std::pair<int64_t, int64_t> end{extent, -1};
    for (size_t i = 0; i < taps.elements.size(); ++i) {
      if (taps.weights[i] == 0.0) continue;
      end = {std::min(end.first, taps.elements[i]), std::max(end.second, taps.elements[i])};
    }
    ends.push_back(end);
    axis.taps = std::max(axis.taps, static_cast<size_t>(end.second - end.first + 1));
  }
  axis.weights.resize(all.size() * axis.taps, 0.0);
  for (size_t i = 0; i < all.size(); ++i) {
    const int64_t first = std::min(ends[i].first, extent - static_cast<int64_t>(axis.taps));
    axis.first.push_back(static_cast<int32_t>(first));
    for (size_t tap = 0; tap < all[i].elements.size(); ++tap) {
      if (all[i].weights[tap] == 0.0) continue;
      axis.weights[i * axis.taps + static_cast<size_t>(all[i].elements[tap] - first)] = all[i].weights[tap];
    }
  }
  return axis;
}

struct BothAxes {
  Axis rows, columns;
};

BothAxes AxesOf(const LowerContext& context, const Value& x) {
  const auto taps = ops::ResizeTaps(context.graph(), context.node());
  const graph::Shape& from = context.graph().tensor(context.node().inputs[0]).shape;
  BothAxes axes{Dense(taps[2], from[2]), Dense(taps[3], from[3])};
  if (IsSwapped(x.axes)) std::swap(axes.rows, axes.columns);
  return axes;
}

// The weights of each output index in units of 2^-bits: rounded down, and what is missing to the whole added where most
// was lost.
std::vector<int32_t> Integers(const Axis& axis, int bits) {
  std::vector<int32_t> integers(axis.weights.size());
  for (size_t begin = 0; begin < integers.size(); begin += axis.taps) {
    std::vector<size_t> order(axis.taps);
    std::iota(order.begin(), order.end(), begin);
    int32_t missing = 1 << bits;
    const auto scaled = [&](size_t i) { return std::ldexp(axis.weights[i], bits); };
    for (const size_t i : order) {
      integers[i] = static_cast<int32_t>(std::floor(scaled(i)));
      missing -= integers[i];
    }
    std::stable_sort(order.begin(), order.end(),
                     [&](size_t a, size_t b) { return scaled(a) - integers[a] > scaled(b) - integers[b]; });
    for (size_t i = 0; missing > 0; ++i, --missing) ++integers[order.at(i)];
  }
  return integers;
}

struct Bits {
  int rows, columns;
};

// As many as make weights exact, or as the sums leave.
Bits ChooseBits(const BothAxes& axes, bool wide) {
  const double limit = wide ? static_cast<double>(rq1::kWideLimit) / 65535.0 : 0x1p31 / 255.0;
  // Rounded weights of an output index are larger than the real ones by less than one unit each.
  const double slack = 1.0 + std::ldexp(static_cast<double>(axes.rows.taps + axes.columns.taps), -8);
  const int room =
      static_cast<int>(std::floor(std::log2(limit / (axes.rows.LargestSum() * axes.columns.LargestSum() * slack))));
  const int rows = axes.rows.ExactBits(kMaxWeightBits);
  const int columns = axes.columns.ExactBits(kMaxWeightBits);
  if (rows + columns <= room) return {rows, columns};
  if (rows <= room / 2) return {rows, room - rows};
  if (columns <= room / 2) return {room - columns, columns};
  return {room / 2, room - room / 2};
}

}  // namespace

void EmitInterpolate(LowerContext& context) {
  const Value x = context.IntegerInput(0);
  const AffineParams y = context.OutputParams();
  const bool wide = x.params().bits > 8;
  const BothAxes axes = AxesOf(context, x);
  const Bits bits = ChooseBits(axes, wide);
  FixedMultiplier fixed = ToFixed(x.params().scale / y.scale);
  fixed.s += bits.rows + bits.columns;
  const int most = wide ? kMaxLongShift : rq1::kMaxShift;
  if (fixed.s > most) fixed = {rq1::kMinMultiplier, most};  // everything is rounded to 0
  joint::InterpolateT options;
  options.rows = axes.rows.first;
  options.columns = axes.columns.first;
  options.row_weights = Integers(axes.rows, bits.rows);
  options.column_weights = Integers(axes.columns, bits.columns);
  options.multiplier = fixed.m;
  options.shift = fixed.s;
  options.clamp_high = y.high();
  const Value result = context.AddOutput(y);
  context.AddLayer(std::move(options), {x.tensor}, result.tensor);
  context.Define(result);
}

void EmitFloatInterpolate(LowerContext& context) {
  const Value x = context.FloatInput(0);
  const BothAxes axes = AxesOf(context, x);
  joint::InterpolateT options;
  options.rows = axes.rows.first;
  options.columns = axes.columns.first;
  options.float_row_weights.assign(axes.rows.weights.begin(), axes.rows.weights.end());
  options.float_column_weights.assign(axes.columns.weights.begin(), axes.columns.weights.end());
  const Value result = context.AddOutput(TensorFormat());
  context.AddLayer(std::move(options), {x.tensor}, result.tensor);
  context.Define(result);
}

}  // namespace lockstep::lower
