#include <algorithm>

#include "arithmetic/rq1.h"
#include "engine/reference/extents.h"
#include "engine/reference/fits.h"
#include "engine/reference/float_layers.h"
#include "engine/reference/float_values.h"
#include "engine/reference/layers.h"
#include "engine/reference/tensor_values.h"

namespace lockstep::engine {
namespace {

constexpr int kMaxLongShift = 55;

// The input rows or columns and the weights of one output index.
template <typename Weight>
struct Neighbours {
  Neighbours(const flatbuffers::Vector<int32_t>& firsts, const flatbuffers::Vector<Weight>& all, size_t index)
      : count(all.size() / firsts.size()),
        first(static_cast<size_t>(firsts[static_cast<uint32_t>(index)])),
        weights(all.data() + index * count) {}

  size_t count, first;
  const Weight* weights;
};

template <typename Weight>
bool FitsAxis(const LayerRun& run, uint32_t axis, const flatbuffers::Vector<int32_t>& first,
              const flatbuffers::Vector<Weight>* weights) {
  const auto count = static_cast<uint32_t>(run.y().shape()->Get(axis));
  if (weights == nullptr || first.size() != count || weights->size() == 0 || weights->size() % count != 0) return false;
  const int64_t last = int64_t{run.x().shape()->Get(axis)} - weights->size() / count;
  return std::all_of(first.begin(), first.end(), [last](int32_t i) { return i >= 0 && i <= last; });
}

void RunFloats(const LayerRun& run) {
  const joint::Interpolate& o = *run.layer->options_as_Interpolate();
  const std::vector<float> x = ReadFloats(run.inputs[0]);
  const Extents in(run.x());
  std::vector<float> y(static_cast<size_t>(ElementCount(run.y())));
  ForEachElement(Extents(run.y()), [&](size_t i, const Coordinates& at) {
    const Neighbours<float> rows(*o.rows(), *o.float_row_weights(), at[1]);
    const Neighbours<float> columns(*o.columns(), *o.float_column_weights(), at[2]);
    for (size_t column = 0; column < columns.count; ++column) {
      float t = 0.0F;
      for (size_t row = 0; row < rows.count; ++row) {
        const float term = rows.weights[row] * x[in.IndexOf({at[0], rows.first + row, columns.first + column, at[3]})];
        t = row == 0 ? term : t + term;
      }
      const float term = columns.weights[column] * t;
      y[i] = column == 0 ? term : y[i] + term;
    }
  });
  WriteFloats(y, run.outputs[0]);
}

}  // namespace

bool FitsInterpolate(const LayerRun& run) {
  if (!HasTensors(run, 1)) return false;
  const joint::Interpolate& o = *run.layer->options_as_Interpolate();
  const auto& x = *run.x().shape();
  const auto& y = *run.y().shape();
  if (x.size() != 4 || y.size() != 4 || x[0] != y[0] || x[3] != y[3]) return false;
  if (HasFloatOutput(run)) {
    return IsFloat(run.x()) && FitsAxis(run, 1, *o.rows(), o.float_row_weights()) &&
           FitsAxis(run, 2, *o.columns(), o.float_column_weights());
  }
  const bool wide = run.x().dtype() == joint::DType::U16;
  return IsQuantized(run.x()) && IsQuantized(run.y()) && FitsAxis(run, 1, *o.rows(), o.row_weights()) &&
         FitsAxis(run, 2, *o.columns(), o.column_weights()) && o.shift() >= rq1::kMinShift &&
         o.shift() <= (wide ? kMaxLongShift : rq1::kMaxShift) && o.clamp_low() >= 0 &&
         o.clamp_high() <= TypeHigh(run.y().dtype());
}

void RunInterpolate(const LayerRun& run) {
  if (HasFloatOutput(run)) return RunFloats(run);
  const joint::Interpolate& o = *run.layer->options_as_Interpolate();
  const std::vector<int32_t> x = ReadElements(run.inputs[0]);
  const Extents in(run.x());
  std::vector<int32_t> y(static_cast<size_t>(ElementCount(run.y())));
  ForEachElement(Extents(run.y()), [&](size_t i, const Coordinates& at) {
    const Neighbours<int32_t> rows(*o.rows(), *o.row_weights(), at[1]);
    const Neighbours<int32_t> columns(*o.columns(), *o.column_weights(), at[2]);
    int64_t sum = 0;
    for (size_t row = 0; row < rows.count; ++row) {
      for (size_t column = 0; column < columns.count; ++column) {
        const int32_t element = x[in.IndexOf({at[0], rows.first + row, columns.first + column, at[3]})];
        sum += int64_t{rows.weights[row]} * columns.weights[column] * (element - ZeroPoint(run.x()));
      }
    }
    const int64_t scaled = rq1::RequantizeWide(sum, o.multiplier(), o.shift());
    y[i] = static_cast<int32_t>(rq1::Clamp(ZeroPoint(run.y()) + scaled, o.clamp_low(), o.clamp_high()));
  });
  WriteElements(y, run.outputs[0]);
}

}  // namespace lockstep::engine
