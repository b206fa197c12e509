// Reshape and its kin, Transpose, Slice, Pad and Resize: elements move, values stay.
#include <algorithm>

#include "engine/float/gather.h"
#include "engine/float/operator_table.h"
#include "graph/resize.h"
#include "ops/pad.h"
#include "ops/slice.h"

namespace lockstep::engine {

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
  const ops::SliceExtent extent = ops::ResolveSlice(context.graph(), node);
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
    for (int64_t& index : indices) index = ops::PaddedIndex(mode, index, shape[axis]);
    axes.push_back(std::move(indices));
  }
  return {AddGather(context.plan(), context.Native(node.inputs[0]), axes, fill)};
}

std::string CheckResize(const graph::Graph& graph, const graph::Node& node) {
  if (std::string reason = graph::UnsupportedResize(node); !reason.empty()) return reason;
  if (!graph::IsNearest(node)) return "mode '" + node.String("mode", "") + "' is more than a copy of elements";
  return CheckParameters(graph, node);
}

std::vector<ValueId> BuildResize(NodeContext& context, const graph::Node& node) {
  const std::vector<AxisIndices> axes = graph::NearestSources(context.graph(), node);
  return {AddGather(context.plan(), context.Native(node.inputs[0]), axes)};
}

}  // namespace lockstep::engine
