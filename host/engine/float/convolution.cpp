// Conv: oneDNN chooses the layout, activation and a following Add ride along as post-operations.
#include <algorithm>

#include "engine/float/activation_algorithms.h"
#include "engine/float/operator_table.h"
#include "optimize/shape_rules.h"

namespace lockstep::engine {
namespace {

using dnnl::convolution_forward;
using dnnl::memory;

struct Convolution {
  graph::Shape source, weights, bias, destination;  // weights with a leading group axis if grouped
  std::vector<int64_t> strides, dilations, pads_begin, pads_end;

  convolution_forward::primitive_desc Describe(const dnnl::engine& engine, const memory::desc& source_desc,
                                               const memory::desc& destination_desc,
                                               const dnnl::post_ops& after) const {
    const memory::desc weights_desc(weights, memory::data_type::f32, memory::format_tag::any);
    const memory::desc bias_desc(bias, memory::data_type::f32, memory::format_tag::a);
    dnnl::primitive_attr attributes;
    attributes.set_post_ops(after);
    const auto inference = dnnl::prop_kind::forward_inference;
    const auto direct = dnnl::algorithm::convolution_direct;
    const auto what = bias.empty()
                          ? convolution_forward::desc(inference, direct, source_desc, weights_desc, destination_desc,
                                                      strides, dilations, pads_begin, pads_end)
                          : convolution_forward::desc(inference, direct, source_desc, weights_desc, bias_desc,
                                                      destination_desc, strides, dilations, pads_begin, pads_end);
    return {what, attributes, engine};
  }
};

Convolution ReadConvolution(const graph::Graph& graph, const graph::Node& node) {
  Convolution conv;
  conv.source = graph.tensor(node.inputs[0]).shape;
  conv.weights = graph.tensor(node.inputs[1]).shape;
  conv.destination = graph.tensor(node.outputs[0]).shape;
  if (HasInput(node, 2)) conv.bias = graph.tensor(node.inputs[2]).shape;
  const graph::Shape spatial(conv.source.begin() + 2, conv.source.end());
  const graph::Shape kernel(conv.weights.begin() + 2, conv.weights.end());
  const optimize::Window window = optimize::ResolveWindow(node, spatial, kernel);
  conv.strides = window.strides;
  conv.dilations = window.dilations;
  for (int64_t& dilation : conv.dilations) --dilation;  // oneDNN counts the gaps
  conv.pads_begin = window.pads_begin;
  conv.pads_end = window.pads_end;
  const int64_t group = node.Int("group", 1);
  if (group > 1) {
    conv.weights[0] /= group;
    conv.weights.insert(conv.weights.begin(), group);
  }
  return conv;
}

}  // namespace

std::vector<ValueId> BuildConv(NodeContext& context, const graph::Node& node) {
  Plan& plan = context.plan();
  const Convolution conv = ReadConvolution(context.graph(), node);
  const memory::desc any_source(conv.source, memory::data_type::f32, memory::format_tag::any);
  const memory::desc any_destination(conv.destination, memory::data_type::f32, memory::format_tag::any);

  dnnl::post_ops after;
  Append(after, context.TakeActivation());
  auto chosen = conv.Describe(plan.engine(), any_source, any_destination, after);
  if (BlockOf(chosen.src_desc()) == kOpaque || BlockOf(chosen.dst_desc()) == kOpaque) {
    chosen = conv.Describe(plan.engine(), Describe(conv.source, kPlain), Describe(conv.destination, kPlain), after);
  }

  std::vector<std::pair<int, ValueId>> inputs;
  if (const auto residual = context.TakeResidual(chosen.dst_desc())) {
    const int position = after.len();
    after.append_binary(dnnl::algorithm::binary_add, chosen.dst_desc());
    Append(after, residual->activation);
    chosen = conv.Describe(plan.engine(), chosen.src_desc(), chosen.dst_desc(), after);
    inputs.emplace_back(DNNL_ARG_ATTR_MULTIPLE_POST_OP(position) | DNNL_ARG_SRC_1, residual->other);
  }

  const ValueId source = plan.InLayout(context.Native(node.inputs[0]), BlockOf(chosen.src_desc()));
  const ValueId weights = plan.AddView(context.Plain(node.inputs[1]), conv.weights, kPlain);
  inputs.emplace_back(DNNL_ARG_SRC, source);
  inputs.emplace_back(DNNL_ARG_WEIGHTS, plan.InLayout(weights, chosen.weights_desc()));
  if (!conv.bias.empty()) inputs.emplace_back(DNNL_ARG_BIAS, context.Plain(node.inputs[2]));
  const ValueId output = plan.AddValue(conv.destination, BlockOf(chosen.dst_desc()));
  plan.AddPrimitive(convolution_forward(chosen), inputs, output);
  return {output};
}

}  // namespace lockstep::engine
