#include "lower/ops/transposed_weights.h"

#include <algorithm>

namespace lockstep::lower {
namespace {

// Taps phase, phase + stride, .. below `kernel`, the last one first.
std::vector<int64_t> TapsOf(int64_t kernel, int64_t stride, int64_t phase) {
  std::vector<int64_t> taps;
  for (int64_t tap = phase; tap < kernel; tap += stride) taps.insert(taps.begin(), tap);
  return taps;
}

}  // namespace

template <typename Weight>
std::vector<Weight> AsConvolution(const std::vector<Weight>& weights, const WeightShape& shape) {
  std::vector<Weight> result(weights.size());
  const int64_t taps = shape.kh * shape.kw;
  const int64_t group_out = shape.oc / shape.groups;
  const Weight* weight = weights.data();
  for (int64_t in = 0; in < shape.ic * shape.groups; ++in) {
    for (int64_t out = 0; out < group_out; ++out) {
      const int64_t oc = in / shape.ic * group_out + out;
      std::copy_n(weight, taps, result.begin() + (oc * shape.ic + in % shape.ic) * taps);
      weight += taps;
    }
  }
  return result;
}

template std::vector<int16_t> AsConvolution(const std::vector<int16_t>&, const WeightShape&);
template std::vector<float> AsConvolution(const std::vector<float>&, const WeightShape&);

std::pair<std::vector<int16_t>, WeightShape> PhaseOf(const std::vector<int16_t>& weights, const WeightShape& shape,
                                                     const int32_t (&stride)[2], int32_t row, int32_t column) {
  const std::vector<int64_t> rows = TapsOf(shape.kh, stride[0], row);
  const std::vector<int64_t> columns = TapsOf(shape.kw, stride[1], column);
  WeightShape phase = shape;
  phase.kh = std::max<int64_t>(1, static_cast<int64_t>(rows.size()));
  phase.kw = std::max<int64_t>(1, static_cast<int64_t>(columns.size()));
  std::vector<int16_t> taken;
  for (int64_t plane = 0; plane < shape.oc * shape.ic; ++plane) {
    for (const int64_t ky : rows) {
      for (const int64_t kx : columns) {
        taken.push_back(weights[static_cast<size_t>((plane * shape.kh + ky) * shape.kw + kx)]);
      }
    }
  }
  if (taken.empty()) taken.assign(static_cast<size_t>(phase.oc * phase.ic * phase.kh * phase.kw), 0);
  return {taken, phase};
}

}  // namespace lockstep::lower
