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

// Whether every axis in front of the matrices has the output's extent or 1.
bool FitsBatch(const joint::Tensor& tensor, const joint::Tensor& output) {
  const auto& x = *tensor.shape();
  const auto& y = *output.shape();
  if (x.size() < 2 || x.size() > y.size()) return false;
  for (uint32_t i = 0; i + 2 < x.size(); ++i) {
    if (x[i] != 1 && x[i] != y[y.size() - x.size() + i]) return false;
  }
  return true;
}

// The first element of the matrix that stands for matrix `batch` of the output.
size_t MatrixStart(const joint::Tensor& tensor, const joint::Tensor& output, size_t batch) {
  const auto& x = *tensor.shape();
  const auto& y = *output.shape();
  size_t start = 0;
  size_t stride = static_cast<size_t>(x[x.size() - 1]) * static_cast<size_t>(x[x.size() - 2]);
  for (uint32_t back = 3; back <= x.size(); ++back) {
    const auto extent = static_cast<size_t>(y[y.size() - back]);
    if (x[x.size() - back] != 1) start += batch % extent * stride;
    batch /= extent;
    stride *= static_cast<size_t>(x[x.size() - back]);
  }
  return start;
}

bool FitsShapes(const LayerRun& run) {
  for (const Operand& operand : run.inputs) {
    if (!FitsBatch(*operand.tensor, run.y())) return false;
  }
  const auto& a = *run.inputs[0].tensor->shape();
  const auto& b = *run.inputs[1].tensor->shape();
  const auto& y = *run.y().shape();
  return a[a.size() - 1] == b[b.size() - 2] && a[a.size() - 2] == y[y.size() - 2] && b[b.size() - 1] == y[y.size() - 1];
}

// Calls product(i, first of a row of a, first of a column of b, elements between two of that column, length of both)
// for every element i of the output.
template <typename Product>
void ForEachProduct(const LayerRun& run, const Product& product) {
  const joint::Tensor& left = *run.inputs[0].tensor;
  const auto depth = static_cast<size_t>(left.shape()->Get(left.shape()->size() - 1));
  const auto rows = static_cast<size_t>(run.y().shape()->Get(run.y().shape()->size() - 2));
  const auto columns = static_cast<size_t>(run.y().shape()->Get(run.y().shape()->size() - 1));
  const auto count = static_cast<size_t>(ElementCount(run.y()));
#pragma omp parallel for if (count * depth > kSerialElements)
  for (size_t i = 0; i < count; ++i) {
    const size_t batch = i / columns / rows;
    const size_t row = MatrixStart(left, run.y(), batch) + i / columns % rows * depth;
    const size_t column = MatrixStart(*run.inputs[1].tensor, run.y(), batch) + i % columns;
    product(i, row, column, columns, depth);
  }
}

void RunFloatMatMul(const LayerRun& run) {
  const std::vector<float> a = ReadFloats(run.inputs[0]);
  const std::vector<float> b = ReadFloats(run.inputs[1]);
  std::vector<float> y(static_cast<size_t>(ElementCount(run.y())));
  ForEachProduct(run, [&](size_t i, size_t row, size_t column, size_t step, size_t depth) {
    float acc = 0.0F;
    for (size_t k = 0; k < depth; ++k) acc = acc + a[row + k] * b[column + k * step];
    y[i] = acc;
  });
  WriteFloats(y, run.outputs[0]);
}

}  // namespace

bool FitsMatMul(const LayerRun& run) {
  if (!HasTensors(run, 2) || !FitsShapes(run)) return false;
  const joint::Tensor& a = *run.inputs[0].tensor;
  const joint::Tensor& b = *run.inputs[1].tensor;
  if (HasFloatOutput(run)) return IsFloat(a) && IsFloat(b);
  const joint::MatMul& o = *run.layer->options_as_MatMul();
  return IsQuantized(a) && IsQuantized(b) && IsQuantized(run.y()) && IsShift(o.shift()) && o.clamp_low() >= 0 &&
         o.clamp_high() <= TypeHigh(run.y().dtype());
}

void RunMatMul(const LayerRun& run) {
  if (HasFloatOutput(run)) return RunFloatMatMul(run);
  const joint::MatMul& o = *run.layer->options_as_MatMul();
  const std::vector<int32_t> a = ReadElements(run.inputs[0]);
  const std::vector<int32_t> b = ReadElements(run.inputs[1]);
  const int32_t zero_a = ZeroPoint(*run.inputs[0].tensor);
  const int32_t zero_b = ZeroPoint(*run.inputs[1].tensor);
  std::vector<int32_t> y(static_cast<size_t>(ElementCount(run.y())));
  ForEachProduct(run, [&](size_t i, size_t row, size_t column, size_t step, size_t depth) {
    int64_t acc = 0;
    for (size_t k = 0; k < depth; ++k) acc += int64_t{a[row + k] - zero_a} * (b[column + k * step] - zero_b);
    const int64_t scaled = rq1::RequantizeWide(acc, o.multiplier(), o.shift());
    y[i] = static_cast<int32_t>(rq1::Clamp(ZeroPoint(run.y()) + scaled, o.clamp_low(), o.clamp_high()));
  });
  WriteElements(y, run.outputs[0]);
}

}  // namespace lockstep::engine
