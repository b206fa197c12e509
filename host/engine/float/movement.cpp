// Reshape and its kin, Transpose, Slice, Pad and Resize: elements move, values stay.
#include <algorithm>

#include "engine/float/gather.h"
#include "engine/float/operator_table.h"
#include "graph/resize.h"
#include "optimize/shape_rules.h"

namespace lockstep::engine {
namespace {

optimize::SliceExtent SliceOf(const graph::Graph& graph, const graph::Node& node) {
  const graph::Shape& shape = graph.tensor(node.inputs[0]).shape;
  const std::vector<int64_t>& starts = graph.Ints(node.inputs[1]);
  std::vector<int64_t> axes =
      HasInput(node, 3) ? graph.Ints(node.inputs[3]) : Range(0, 1, static_cast<int64_t>(starts.size()));
  for (int64_t& axis : axes) axis = NormalAxis(axis, shape.size());
  const std::vector<int64_t> steps =
      HasInput(node, 4) ? graph.Ints(node.inputs[4]) : std::vector<int64_t>(starts.size(), 1);
  return optimize::ResolveSlice(shape, starts, graph.Ints(node.inputs[2]), axes, steps);
}

// The index that a padded axis shows at `index` (which may lie outside of 0..extent-1).
int64_t PaddedIndex(const std::string& mode, int64_t index, int64_t extent) {
  if (index >= 0 && index < extent) return index;
  if (mode == "edge") return std::clamp<int64_t>(index, 0, extent - 1);
  if (mode != "reflect") return kFill;
  if (extent == 1) return 0;
  const int64_t period = 2 * (extent - 1);
  const int64_t phase = ((index % period) + period) % period;
  return phase < extent ? phase : period - phase;
}

}  // namespace

std::vector<ValueId> BuildReshape(NodeContext& context, const graph::Node& node) {
  Plan& plan = context.plan();
  const graph::Shape& shape = context.graph().tensor(node.outputs[0]).shape;
  const ValueId native = context.Native(node.inputs[0]);
  const Value& value = plan.value(native);
  const bool same_channels =
      value.block != kPlain && CanBlock(shape, value.block) && shape[0] == value.shape[0] && shape[1] == value.shape[1];
  return {plan.AddView(same_channels ? native : context.Plain(node.inputs[0]), shape,
                       same_channels ? value.block : kPlain)};
}

std::vector<ValueId> BuildTranspose(NodeContext& context, const graph::Node& node) {
  Plan& plan = context.plan();
  const graph::Shape& from = context.graph().tensor(node.inputs[0]).shape;
  const graph::Shape& to = context.graph().tensor(node.outputs[0]).shape;
  std::vector<int64_t> reversed(from.size());
  for (size_t i = 0; i < from.size(); ++i) reversed[i] = static_cast<int64_t>(from.size() - 1 - i);
  const std::vector<int64_t> order = node.Ints("perm", reversed);
  const std::vector<int64_t> strides = Strides(from);
  std::vector<int64_t> permuted;
  permuted.reserve(order.size());
  for (const int64_t axis : order) permuted.push_back(strides[static_cast<size_t>(axis)]);
  const ValueId plain = context.Plain(node.inputs[0]);
  if (from.empty()) return {plain};
  const ValueId view = plan.AddView(plain, dnnl::memory::desc(to, dnnl::memory::data_type::f32, permuted));
  return {plan.InLayout(view, kPlain)};
}

std::vector<ValueId> BuildSlice(NodeContext& context, const graph::Node& node) {
  const optimize::SliceExtent extent = SliceOf(context.graph(), node);
  std::vector<AxisIndices> axes;
  for (size_t i = 0; i < extent.start.size(); ++i) {
    axes.push_back(Range(extent.start[i], extent.step[i], extent.count[i]));
  }
  return {AddGather(context.plan(), context.Native(node.inputs[0]), axes)};
}

std::string CheckPad(const graph::Graph& graph, const graph::Node& node) {
  const std::string mode = node.String("mode", "constant");
  if (mode != "constant" && mode != "edge" && mode != "reflect") return "mode '" + mode + "' is not supported";
  if (std::string reason = CheckParameters(graph, node); !reason.empty()) return reason;
  return {};
}

std::vector<ValueId> BuildPad(NodeContext& context, const graph::Node& node) {
  const graph::Graph& graph = context.graph();
  const graph::Shape& shape = graph.tensor(node.inputs[0]).shape;
  const std::string mode = node.String("mode", "constant");
  const std::vector<int64_t> pads = graph.Ints(node.inputs[1]);
  float fill = 0.0F;
  if (HasInput(node, 2)) fill = graph.tensor(node.inputs[2]).constant->floats.at(0);
  std::vector<AxisIndices> axes;
  for (size_t axis = 0; axis < shape.size(); ++axis) {
    AxisIndices indices = Range(-pads[axis], 1, shape[axis] + pads[axis] + pads[axis + shape.size()]);
    for (int64_t& index : indices) index = PaddedIndex(mode, index, shape[axis]);
    axes.push_back(std::move(indices));
  }
  return {AddGather(context.plan(), context.Native(node.inputs[0]), axes, fill)};
}

std::string CheckResize(const graph::Graph& graph, const graph::Node& node) {
  if (std::string reason = graph::UnsupportedResize(node); !reason.empty()) return reason;
  return CheckParameters(graph, node);
}

std::vector<ValueId> BuildResize(NodeContext& context, const graph::Node& node) {
  const std::vector<AxisIndices> axes = graph::NearestSources(context.graph(), node);
  return {AddGather(context.plan(), context.Native(node.inputs[0]), axes)};
}

}  // namespace lockstep::engine
