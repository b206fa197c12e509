#include "lower/ops/gathering.h"

#include <algorithm>
#include <cstring>

#include "quantize/affine.h"

namespace lockstep::lower {
namespace {

// The bits of an element.
uint64_t BitsOf(double value, const TensorFormat& format) {
  if (format.is_affine()) return static_cast<uint64_t>(quantize::QuantizeValue(value, format.affine()));
  if (!format.is_float()) return static_cast<uint64_t>(static_cast<int64_t>(value));
  const auto real = static_cast<float>(value);
  uint32_t bits = 0;
  std::memcpy(&bits, &real, sizeof bits);
  return bits;
}

bool IsWhole(const std::vector<int64_t>& indices, int64_t extent) {
  if (static_cast<int64_t>(indices.size()) != extent) return false;
  for (size_t i = 0; i < indices.size(); ++i) {
    if (indices[i] != static_cast<int64_t>(i)) return false;
  }
  return true;
}

}  // namespace

void EmitGathers(LowerContext& context, const Value& x, const std::vector<std::vector<int64_t>>& indices, double fill) {
  std::vector<size_t> axes;
  for (size_t axis = 0; axis < indices.size(); ++axis) {
    if (!IsWhole(indices[axis], x.shape[axis])) axes.push_back(axis);
  }
  // What grows least comes first.
  std::stable_sort(axes.begin(), axes.end(), [&](size_t a, size_t b) {
    return static_cast<int64_t>(indices[a].size()) * x.shape[b] < static_cast<int64_t>(indices[b].size()) * x.shape[a];
  });
  if (axes.empty()) {
    const Value same = context.AddOutput(x.format);
    context.AddLayer(joint::ReshapeT(), {x.tensor}, same.tensor);
    return context.Define(same);
  }
  Value from = x;
  for (const size_t axis : axes) {
    joint::GatherT gather;
    gather.axis = static_cast<int32_t>(std::find(from.axes.begin(), from.axes.end(), axis) - from.axes.begin());
    for (const int64_t index : indices[axis]) gather.index.push_back(static_cast<int32_t>(index));
    const bool filled = std::count(indices[axis].begin(), indices[axis].end(), kFilled) != 0;
    gather.fill = filled ? BitsOf(fill, x.format) : 0;
    graph::Shape shape = from.shape;
    shape[axis] = static_cast<int64_t>(indices[axis].size());
    const bool last = axis == axes.back();
    const std::string suffix = "/axis" + std::to_string(axis);
    const std::string name = context.OutputName() + (last ? "" : suffix);
    const Value to = context.draft().AddActivation(name, shape, from.axes, from.format);
    context.AddLayer(std::move(gather), {from.tensor}, to.tensor, 0, last ? "" : suffix.c_str());
    from = to;
  }
  context.Define(from);
}

}  // namespace lockstep::lower
