// Conv: in blocked layout where that is fast; activation and a following Add ride along as post-operations.
#include <algorithm>

#include "engine/float/activation_algorithms.h"
#include "engine/float/operator_table.h"
#include "ops/window.h"

namespace lockstep::engine {
namespace {

using dnnl::convolution_forward;
using dnnl::memory;

struct Convolution {
  graph::Shape source, weights, bias, destination;  // weights with a leading group axis if grouped
  std::vector<int64_t> strides, dilations, pads_begin, pads_end;

  convolution_forward::primitive_desc With(const dnnl::engine& engine, const memory::desc& source_desc,
                                           const memory::desc& destination_desc, const dnnl::post_ops& after) const {
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
  const ops::Window window = ops::ResolveWindow(node, spatial, kernel);
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

// The channel block that this processor's convolutions are written for.
int NativeBlock() {
  const auto isa = static_cast<unsigned>(dnnl::get_effective_cpu_isa());
  const auto avx512 = static_cast<unsigned>(dnnl::cpu_isa::avx512_core);
  return (isa & avx512) == avx512 ? 16 : 8;
}

// Blocked if oneDNN has a specialised kernel for that: then concatenations and splits cost nothing. An image of a few
// channels is read plain, and a pointwise convolution to a few channels is a plain matrix product.
convolution_forward::primitive_desc Choose(const Convolution& conv, const dnnl::engine& engine,
                                           const dnnl::post_ops& after) {
  const int block = NativeBlock();
  const bool few_inputs = conv.source[1] <= 3;
  const bool pointwise = std::all_of(conv.weights.end() - static_cast<std::ptrdiff_t>(conv.strides.size()),
                                     conv.weights.end(), [](int64_t extent) { return extent == 1; });
  const bool few_outputs = pointwise && conv.destination[1] < block / 2;
  if (CanBlock(conv.source, block) && !few_outputs) {
    const int source_block = few_inputs ? kPlain : block;
    auto blocked = conv.With(engine, Describe(conv.source, source_block), Describe(conv.destination, block), after);
    if (std::string(blocked.impl_info_str()).rfind("jit", 0) == 0) return blocked;
  }
  return conv.With(engine, Describe(conv.source, kPlain), Describe(conv.destination, kPlain), after);
}

}  // namespace

std::vector<ValueId> BuildConv(NodeContext& context, const graph::Node& node) {
  Plan& plan = context.plan();
  const Convolution conv = ReadConvolution(context.graph(), node);
  dnnl::post_ops after;
  Append(after, context.TakeActivation());
  auto chosen = Choose(conv, plan.engine(), after);

  std::vector<std::pair<int, ValueId>> inputs;
  if (const auto residual = context.TakeResidual(chosen.dst_desc())) {
    const int position = after.len();
    after.append_binary(dnnl::algorithm::binary_add, chosen.dst_desc());
    Append(after, residual->activation);
    chosen = conv.With(plan.engine(), chosen.src_desc(), chosen.dst_desc(), after);
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
