// MaxPool, AveragePool and the global pools, in the layout of their input.
#include "engine/float/operator_table.h"
#include "ops/window.h"

namespace lockstep::engine {
namespace {

ops::Window PoolWindow(const graph::Graph& graph, const graph::Node& node) {
  const graph::Shape& shape = graph.tensor(node.inputs[0]).shape;
  return ops::ResolveWindow(node, {shape.begin() + 2, shape.end()}, node.Ints("kernel_shape", {}));
}

// The padding behind the last element that the last window needs; more than the node's own with ceil_mode.
std::vector<int64_t> PadsForOutput(const ops::Window& window, const graph::Shape& input, const graph::Shape& output) {
  std::vector<int64_t> pads = window.pads_end;
  for (size_t i = 0; i < pads.size(); ++i) {
    const int64_t extent = (window.kernel[i] - 1) * window.dilations[i] + 1;
    const int64_t needed = (output[i + 2] - 1) * window.strides[i] + extent - input[i + 2] - window.pads_begin[i];
    pads[i] = std::max(pads[i], needed);
  }
  return pads;
}

ValueId AddPooling(Plan& plan, dnnl::algorithm algorithm, ValueId input, const graph::Shape& output_shape,
                   const ops::Window& window, const std::vector<int64_t>& pads_end) {
  std::vector<int64_t> gaps = window.dilations;
  for (int64_t& gap : gaps) --gap;  // oneDNN counts the gaps
  const ValueId output = plan.AddValue(output_shape, plan.value(input).block);
  const dnnl::pooling_v2_forward::desc what(dnnl::prop_kind::forward_inference, algorithm, plan.value(input).desc,
                                            plan.value(output).desc, window.strides, window.kernel, gaps,
                                            window.pads_begin, pads_end);
  plan.AddPrimitive(dnnl::pooling_v2_forward({what, plan.engine()}), {{DNNL_ARG_SRC, input}}, output);
  return output;
}

dnnl::algorithm PoolAlgorithm(const graph::Node& node) {
  if (node.op == "MaxPool" || node.op == "GlobalMaxPool") return dnnl::algorithm::pooling_max;
  return node.Int("count_include_pad", 0) != 0 ? dnnl::algorithm::pooling_avg_include_padding
                                               : dnnl::algorithm::pooling_avg_exclude_padding;
}

}  // namespace

std::string CheckPool(const graph::Graph& graph, const graph::Node& node) {
  if (node.outputs.size() > 1) return "its second output (indices) is not supported";
  const graph::Shape& shape = graph.tensor(node.inputs[0]).shape;
  if (node.Int("count_include_pad", 0) != 0 && ops::ReachesBeyondPadding(node, {shape.begin() + 2, shape.end()})) {
    return "count_include_pad together with ceil_mode is not supported";
  }
  return {};
}

std::vector<ValueId> BuildPool(NodeContext& context, const graph::Node& node) {
  const graph::Shape& output = context.graph().tensor(node.outputs[0]).shape;
  const ops::Window window = PoolWindow(context.graph(), node);
  const auto pads_end = PadsForOutput(window, context.graph().tensor(node.inputs[0]).shape, output);
  return {AddPooling(context.plan(), PoolAlgorithm(node), context.Native(node.inputs[0]), output, window, pads_end)};
}

std::vector<ValueId> BuildGlobalPool(NodeContext& context, const graph::Node& node) {
  const graph::Shape& input = context.graph().tensor(node.inputs[0]).shape;
  const size_t axes = input.size() - 2;
  ops::Window window;
  window.kernel.assign(input.begin() + 2, input.end());
  window.strides.assign(axes, 1);
  window.dilations.assign(axes, 1);
  window.pads_begin.assign(axes, 0);
  return {AddPooling(context.plan(), PoolAlgorithm(node), context.Native(node.inputs[0]),
                     context.graph().tensor(node.outputs[0]).shape, window, window.pads_begin)};
}

}  // namespace lockstep::engine
