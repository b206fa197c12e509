#include <algorithm>
#include <cstdlib>

#include "arithmetic/rq1.h"
#include "check/layer_check.h"
#include "ops/interpolate/interpolate.h"

namespace lockstep::check {
namespace {

constexpr int64_t kNarrowLimit = int64_t{1} << 31;
constexpr int kMaxLongShift = 55;

// Of rows or columns.
struct Axis {
  int physical;
  const char* name;
  const char* weights_name;
  const char* weights_length;
};

constexpr Axis kRows = {1, "rows", "row_weights", "length of row_weights"};
constexpr Axis kColumns = {2, "columns", "column_weights", "length of column_weights"};
constexpr Axis kFloatRows = {1, "rows", "float_row_weights", "length of float_row_weights"};
constexpr Axis kFloatColumns = {2, "columns", "float_column_weights", "length of float_column_weights"};

// Sets `taps`, the weights of one output index.
Verdict CheckIndices(LayerCheck& layer, const Axis& axis, const flatbuffers::Vector<int32_t>& first, int64_t weights,
                     int64_t* taps) {
  const int64_t count = Shape(layer.output())[axis.physical];
  const int64_t extent = Shape(layer.input(0))[axis.physical];
  LOCKSTEP_RETURN_IF_FAULT(layer.Length(axis.name, first.size(), count));
  *taps = weights / count;
  if (weights % count != 0) return layer.Wrong(axis.weights_name, "is not as many for every output index");
  LOCKSTEP_RETURN_IF_FAULT(layer.InRange(axis.weights_length, *taps, 1, extent));
  if (!Spend(layer.model(), first.size() + static_cast<uint64_t>(weights))) {
    return layer.Wrong(axis.name, "shared by too many layers");
  }
  for (uint32_t i = 0; i < first.size(); ++i) {
    LOCKSTEP_RETURN_IF_FAULT(layer.InRange(axis.name, i, first.Get(i), 0, extent - *taps));
  }
  return Verdict::kPassed;
}

// The largest sum of absolute weights of one output index, at least 1. A file has fewer than 2^31 weights.
int64_t LargestSum(const flatbuffers::Vector<int32_t>& weights, int64_t taps) {
  int64_t largest = 1;
  for (uint32_t i = 0; i < weights.size();) {
    int64_t sum = 0;
    for (int64_t tap = 0; tap < taps; ++tap) sum += std::llabs(int64_t{weights.Get(i++)});
    largest = std::max(largest, sum);
  }
  return largest;
}

// Every input column of every output row, and every output element.
Verdict CheckWork(LayerCheck& layer, int64_t row_taps, int64_t column_taps) {
  const int64_t columns = Elements(layer.output()) / Shape(layer.output())[2] * Shape(layer.input(0))[2];
  LOCKSTEP_RETURN_IF_FAULT(layer.Work(static_cast<uint64_t>(columns), static_cast<uint64_t>(row_taps)));
  return layer.Work(static_cast<uint64_t>(Elements(layer.output())), static_cast<uint64_t>(column_taps));
}

Verdict CheckFloats(LayerCheck& layer, const joint::Interpolate& o) {
  LOCKSTEP_RETURN_IF_FAULT(layer.IsFloat("input", layer.input(0)));
  LOCKSTEP_RETURN_IF_FAULT(layer.Length(kRows.weights_length, o.row_weights()->size(), 0));
  LOCKSTEP_RETURN_IF_FAULT(layer.Length(kColumns.weights_length, o.column_weights()->size(), 0));
  if (o.float_row_weights() == nullptr) return layer.Wrong(kFloatRows.weights_name, "missing");
  if (o.float_column_weights() == nullptr) return layer.Wrong(kFloatColumns.weights_name, "missing");
  int64_t row_taps = 0;
  int64_t column_taps = 0;
  LOCKSTEP_RETURN_IF_FAULT(CheckIndices(layer, kFloatRows, *o.rows(), o.float_row_weights()->size(), &row_taps));
  LOCKSTEP_RETURN_IF_FAULT(
      CheckIndices(layer, kFloatColumns, *o.columns(), o.float_column_weights()->size(), &column_taps));
  return CheckWork(layer, row_taps, column_taps);
}

// No partial sum in any order leaves 32 bits, or 55 for a U16 input.
Verdict CheckSums(LayerCheck& layer, const joint::Interpolate& o, int64_t row_taps, int64_t column_taps) {
  const bool wide = layer.input(0).dtype() == joint::DType::U16;
  const int64_t most = ((wide ? rq1::kWideLimit : kNarrowLimit) - 1) / TypeHigh(layer.input(0));
  const int64_t rows = LargestSum(*o.row_weights(), row_taps);
  if (rows > most) return layer.Wrong(kRows.weights_name, "a sum leaves its bits");
  const int64_t columns = LargestSum(*o.column_weights(), column_taps);
  if (columns > most / rows) return layer.Wrong(kColumns.weights_name, "a sum leaves its bits");
  LOCKSTEP_RETURN_IF_FAULT(layer.InRange("multiplier", o.multiplier(), rq1::kMinMultiplier, kNarrowLimit - 1));
  LOCKSTEP_RETURN_IF_FAULT(layer.InRange("shift", o.shift(), rq1::kMinShift, wide ? kMaxLongShift : rq1::kMaxShift));
  // What requantisation makes of a 64-bit sum must stay within 64 bits too.
  if (wide && o.shift() < 0 && rows * columns * TypeHigh(layer.input(0)) >= int64_t{1} << (61 + o.shift())) {
    return layer.Wrong("shift", "the scaled sum leaves 64 bits");
  }
  return Verdict::kPassed;
}

}  // namespace

Verdict CheckInterpolate(LayerCheck& layer) {
  const auto& o = layer.options<joint::Interpolate>();
  LOCKSTEP_RETURN_IF_FAULT(layer.InputCount(1, 1));
  const joint::Tensor& x = layer.input(0);
  const joint::Tensor& y = layer.output();
  if (Rank(x) != 4 || Rank(y) != 4) return layer.Wrong("shape", "input and output must have four axes");
  if (Shape(x)[0] != Shape(y)[0] || Shape(x)[3] != Shape(y)[3]) {
    return layer.Wrong("shape", "input and output must have the same batch and channels");
  }
  if (y.dtype() == joint::DType::F32) return CheckFloats(layer, o);
  LOCKSTEP_RETURN_IF_FAULT(layer.IsQuantized("input", x));
  LOCKSTEP_RETURN_IF_FAULT(layer.IsQuantized("output", y));
  if (o.float_row_weights() != nullptr) return layer.Wrong(kFloatRows.weights_name, "is for tensors of dtype f32");
  if (o.float_column_weights() != nullptr) {
    return layer.Wrong(kFloatColumns.weights_name, "is for tensors of dtype f32");
  }
  int64_t row_taps = 0;
  int64_t column_taps = 0;
  LOCKSTEP_RETURN_IF_FAULT(CheckIndices(layer, kRows, *o.rows(), o.row_weights()->size(), &row_taps));
  LOCKSTEP_RETURN_IF_FAULT(CheckIndices(layer, kColumns, *o.columns(), o.column_weights()->size(), &column_taps));
  LOCKSTEP_RETURN_IF_FAULT(CheckSums(layer, o, row_taps, column_taps));
  LOCKSTEP_RETURN_IF_FAULT(layer.Clamp(o.clamp_low(), o.clamp_high(), High(y)));
  return CheckWork(layer, row_taps, column_taps);
}

}  // namespace lockstep::check
