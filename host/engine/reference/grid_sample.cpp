#include <cmath>
#include <utility>

#include "arithmetic/rq1.h"
#include "engine/reference/extents.h"
#include "engine/reference/fits.h"
#include "engine/reference/float_layers.h"
#include "engine/reference/float_values.h"
#include "engine/reference/layers.h"
#include "engine/reference/tensor_values.h"

namespace lockstep::engine {
namespace {

using joint::GridPadding;

constexpr int kMaxLongShift = 55;

// Element and weight, of an axis or of the image.
template <typename Number>
using Tap = std::pair<int64_t, Number>;

bool HasMultiplier(int32_t multiplier, int32_t shift) { return multiplier >= rq1::kMinMultiplier && IsShift(shift); }

// In units of 2^-fraction.
int64_t Padded(int64_t p, int64_t size, int fraction, const joint::GridSample& o) {
  const int64_t one = int64_t{1} << fraction;
  const int64_t last = (size - 1) * one;
  if (o.padding() == GridPadding::Zeros) return rq1::Clamp(p, -one, size * one);
  if (o.padding() == GridPadding::Reflection) {
    const int64_t low = o.align_corners() ? 0 : -one / 2;
    const int64_t length = o.align_corners() ? last : size * one;
    const int64_t d = std::abs(p - low);
    if (length == 0) {
      p = 0;
    } else if (d / length % 2 == 0) {
      p = low + d % length;
    } else {
      p = low + length - d % length;
    }
  }
  return rq1::Clamp(p, 0, last);
}

std::vector<Tap<int64_t>> TapsOf(int64_t p, int fraction, bool nearest) {
  const int64_t one = int64_t{1} << fraction;
  const int64_t i = p >> fraction;
  const int64_t w = p - i * one;
  if (!nearest) return {{i, one - w}, {i + 1, w}};
  if (2 * w == one) return {{i % 2 == 0 ? i : i + 1, 1}};
  return {{2 * w < one ? i : i + 1, 1}};
}

float Limited(float v, float low, float high) { return v > low ? (v < high ? v : high) : low; }

float FloatPlace(float g, float size, const joint::GridSample& o) {
  float p = 0.0F;
  if (o.align_corners()) {
    p = (g + 1.0F) * 0.5F;
    p = p * (size - 1.0F);
  } else {
    p = (g + 1.0F) * size;
    p = (p - 1.0F) * 0.5F;
  }
  if (o.padding() == GridPadding::Zeros) return Limited(p, -1.0F, size);
  if (o.padding() == GridPadding::Reflection) {
    const float low = o.align_corners() ? 0.0F : -0.5F;
    const float length = o.align_corners() ? size - 1.0F : size;
    if (length == 0.0F) return 0.0F;
    const float d = std::fabs(p - low);
    const float t = std::floor(d / length);
    const float whole = t * length;
    const float r = d - whole;
    const float pairs = 2.0F * std::floor(t * 0.5F);
    p = t - pairs == 0.0F ? low + r : (low + length) - r;
  }
  return Limited(p, 0.0F, size - 1.0F);
}

std::vector<Tap<float>> FloatTapsOf(float p, bool nearest) {
  if (nearest) return {{static_cast<int64_t>(std::nearbyint(p)), 1.0F}};
  const float i = std::floor(p);
  const float w = p - i;
  return {{static_cast<int64_t>(i), 1.0F - w}, {static_cast<int64_t>(i) + 1, w}};
}

// Those within the image, rows ascending, columns fastest: their place in channel 0.
template <typename Number>
std::vector<Tap<Number>> Within(const LayerRun& run, size_t image, const std::vector<Tap<Number>>& rows,
                                const std::vector<Tap<Number>>& columns) {
  const Extents in(run.x());
  std::vector<Tap<Number>> taps;
  for (const auto& [row, row_weight] : rows) {
    for (const auto& [column, column_weight] : columns) {
      if (row < 0 || row >= run.x().shape()->Get(1) || column < 0 || column >= run.x().shape()->Get(2)) continue;
      const size_t at = in.IndexOf({image, static_cast<size_t>(row), static_cast<size_t>(column), 0});
      taps.emplace_back(static_cast<int64_t>(at), row_weight * column_weight);
    }
  }
  return taps;
}

void RunFloats(const LayerRun& run) {
  const joint::GridSample& o = *run.layer->options_as_GridSample();
  const std::vector<float> x = ReadFloats(run.inputs[0]);
  const std::vector<float> grid = ReadFloats(run.inputs[1]);
  const Extents places(*run.inputs[1].tensor);
  std::vector<float> y(static_cast<size_t>(ElementCount(run.y())));
  ForEachRow(Extents(run.y()), [&](size_t first, const Coordinates& at) {
    const size_t place = places.IndexOf({at[0], at[1], at[2], 0});
    const auto size = [&](uint32_t axis) { return static_cast<float>(run.x().shape()->Get(axis)); };
    const auto taps = Within(run, at[0], FloatTapsOf(FloatPlace(grid[place + 1], size(1), o), o.nearest()),
                             FloatTapsOf(FloatPlace(grid[place], size(2), o), o.nearest()));
    for (size_t c = 0; c < static_cast<size_t>(run.y().shape()->Get(3)); ++c) {
      float sum = 0.0F;
      for (const auto& [element, weight] : taps) {
        const float term = weight * x[static_cast<size_t>(element) + c];
        sum = sum + term;
      }
      y[first + c] = sum;
    }
  });
  WriteFloats(y, run.outputs[0]);
}

}  // namespace

bool FitsGridSample(const LayerRun& run) {
  if (!HasTensors(run, 2)) return false;
  const joint::GridSample& o = *run.layer->options_as_GridSample();
  const joint::Tensor& grid = *run.inputs[1].tensor;
  const auto& x = *run.x().shape();
  const auto& y = *run.y().shape();
  const auto& g = *grid.shape();
  if (x.size() != 4 || y.size() != 4 || g.size() != 4 || x[0] != y[0] || x[3] != y[3]) return false;
  if (g[0] != y[0] || g[1] != y[1] || g[2] != y[2] || g[3] != 2) return false;
  if (o.padding() > GridPadding::MAX) return false;
  if (HasFloatOutput(run)) return IsFloat(run.x()) && IsFloat(grid);
  const bool wide = !o.nearest() && run.x().dtype() == joint::DType::U16;
  const bool shifted = wide ? o.shift() >= 0 && o.shift() <= kMaxLongShift : IsShift(o.shift());
  return IsQuantized(run.x()) && IsQuantized(grid) && IsQuantized(run.y()) && shifted &&
         HasMultiplier(o.column_multiplier(), o.column_shift()) && HasMultiplier(o.row_multiplier(), o.row_shift()) &&
         o.clamp_low() >= 0 && o.clamp_high() <= TypeHigh(run.y().dtype());
}

void RunGridSample(const LayerRun& run) {
  if (HasFloatOutput(run)) return RunFloats(run);
  const joint::GridSample& o = *run.layer->options_as_GridSample();
  const std::vector<int32_t> x = ReadElements(run.inputs[0]);
  const std::vector<int32_t> grid = ReadElements(run.inputs[1]);
  const int32_t zero = ZeroPoint(*run.inputs[1].tensor);
  const int fraction = !o.nearest() && run.x().dtype() == joint::DType::U8 ? 11 : 19;
  const auto taps_of = [&](int32_t g, int64_t size, int32_t multiplier, int32_t shift) {
    const int64_t middle = (size - 1) << (fraction - 1);
    return TapsOf(Padded(middle + rq1::RequantizeWide(g - zero, multiplier, shift), size, fraction, o), fraction,
                  o.nearest());
  };
  const Extents places(*run.inputs[1].tensor);
  std::vector<int32_t> y(static_cast<size_t>(ElementCount(run.y())));
  ForEachRow(Extents(run.y()), [&](size_t first, const Coordinates& at) {
    const size_t place = places.IndexOf({at[0], at[1], at[2], 0});
    const auto rows = taps_of(grid[place + 1], run.x().shape()->Get(1), o.row_multiplier(), o.row_shift());
    const auto columns = taps_of(grid[place], run.x().shape()->Get(2), o.column_multiplier(), o.column_shift());
    const auto taps = Within(run, at[0], rows, columns);
    for (size_t c = 0; c < static_cast<size_t>(run.y().shape()->Get(3)); ++c) {
      int64_t sum = 0;
      for (const auto& [element, weight] : taps) {
        sum += weight * (x[static_cast<size_t>(element) + c] - ZeroPoint(run.x()));
      }
      const int64_t scaled = rq1::RequantizeWide(sum, o.multiplier(), o.shift());
      y[first + c] = static_cast<int32_t>(rq1::Clamp(ZeroPoint(run.y()) + scaled, o.clamp_low(), o.clamp_high()));
    }
  });
  WriteElements(y, run.outputs[0]);
}

}  // namespace lockstep::engine
