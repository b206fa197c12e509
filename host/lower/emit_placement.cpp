// Operators that place elements: Concat, Reshape and its kin, Transpose, Slice, Split.
#include <algorithm>

#include "graph/error.h"
#include "lower/layer_emitter.h"

namespace lockstep::lower {
namespace {

int32_t PhysicalAxis(const Axes& axes, int64_t onnx_axis) {
  return static_cast<int32_t>(std::find(axes.begin(), axes.end(), onnx_axis) - axes.begin());
}

}  // namespace

void LayerEmitter::EmitConcat(const Node& node) {
  const Axes& axes = OutputAxes(node);
  const auto entry = quantized_.activations.find(node.outputs[0]);
  const bool is_float = entry == quantized_.activations.end();
  joint::ConcatT concat;
  concat.axis = PhysicalAxis(axes, NormalizedAxis(node, axes.size(), 0));
  std::vector<int32_t> inputs;
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    Value x = Operand(node, i);
    if (is_float) {
      inputs.push_back(x.tensor);
      continue;
    }
    const AffineParams& y = entry->second;
    // Only the limits of the type are kept behind a multiplier.
    if (!(x.params == y) && y.bits != 8 && y.bits != 16) x = Rescale(node, x, y);
    const FixedMultiplier fixed = x.params == y ? FixedMultiplier{} : ToFixed(x.params.scale / y.scale);
    concat.multiplier.push_back(fixed.m);
    concat.shift.push_back(static_cast<int8_t>(fixed.s));
    inputs.push_back(x.tensor);
  }
  const Value result = is_float ? draft_.AddFloat(OutputName(node), OutputShape(node), axes)
                                : draft_.AddActivation(OutputName(node), OutputShape(node), axes, entry->second);
  draft_.AddLayer(Stem(node), std::move(concat), inputs, result.tensor, Origin(node));
  values_[node.outputs[0]] = result;
}

// Reshape, Transpose and the like: the layout has seen to it that the bytes stay where they are.
void LayerEmitter::EmitView(const Node& node) {
  const Value x = Input(node, 0);
  const Value view = x.is_float ? draft_.AddFloat(OutputName(node), OutputShape(node), OutputAxes(node))
                                : draft_.AddActivation(OutputName(node), OutputShape(node), OutputAxes(node), x.params);
  draft_.AddLayer(Stem(node), joint::ReshapeT(), {x.tensor}, view.tensor, Origin(node));
  Define(node, 0, view);
}

Value LayerEmitter::AddSlice(const Node& node, size_t output, const Value& x, const std::vector<int64_t>& start,
                             const std::vector<int64_t>& step) {
  joint::SliceT slice;
  for (const uint8_t axis : x.axes) {
    slice.start.push_back(static_cast<int32_t>(start[axis]));
    slice.step.push_back(static_cast<int32_t>(step[axis]));
  }
  Value result = draft_.AddActivation(OutputName(node, output), OutputShape(node, output), x.axes, x.params);
  draft_.AddLayer(Stem(node), std::move(slice), {x.tensor}, result.tensor, Origin(node));
  return result;
}

void LayerEmitter::EmitSlice(const Node& node) {
  const Value x = IntegerInput(node, 0);
  const auto constant = [&](size_t index, const std::vector<int64_t>& fallback) {
    if (index >= node.inputs.size() || node.inputs[index] == graph::kNoTensor) return fallback;
    if (!IsConstant(node.inputs[index])) throw UnsupportedModel("its limits are not constant");
    return graph_.Ints(node.inputs[index]);
  };
  const size_t rank = x.shape.size();
  const std::vector<int64_t> starts = constant(1, {});
  std::vector<int64_t> all_axes;
  for (size_t i = 0; i < starts.size(); ++i) all_axes.push_back(static_cast<int64_t>(i));
  const std::vector<int64_t> axes = constant(3, all_axes);
  const std::vector<int64_t> steps = constant(4, std::vector<int64_t>(starts.size(), 1));
  std::vector<int64_t> start(rank, 0);
  std::vector<int64_t> step(rank, 1);
  for (size_t i = 0; i < starts.size(); ++i) {
    const auto axis = static_cast<size_t>(axes.at(i) < 0 ? axes[i] + static_cast<int64_t>(rank) : axes[i]);
    if (steps.at(i) < 1) throw UnsupportedModel("a backward slice is not supported");
    const int64_t extent = x.shape.at(axis);
    const int64_t from = starts[i] < 0 ? starts[i] + extent : starts[i];
    start[axis] = std::min(std::max<int64_t>(from, 0), extent);
    step[axis] = steps[i];
  }
  Define(node, 0, AddSlice(node, 0, x, start, step));
}

void LayerEmitter::EmitSplit(const Node& node) {
  const Value x = IntegerInput(node, 0);
  const auto axis = static_cast<size_t>(NormalizedAxis(node, x.shape.size(), 0));
  const graph::Uses uses(graph_);
  std::vector<int64_t> start(x.shape.size(), 0);
  const std::vector<int64_t> step(x.shape.size(), 1);
  for (size_t i = 0; i < node.outputs.size(); ++i) {
    const TensorId id = node.outputs[i];
    if (!uses.consumers[id].empty() || uses.is_output[id]) Define(node, i, AddSlice(node, i, x, start, step));
    start[axis] += OutputShape(node, i).at(axis);
  }
}

}  // namespace lockstep::lower
