#include "compiler/said.h"

namespace lockstep::compiler {
namespace {

using sensitivity::Part;

std::optional<int> quantize::Choices::*ChoiceOf(Part part) {
  switch (part) {
    case Part::kTableInput:
      return &quantize::Choices::table_input_bits;
    case Part::kWeights:
      return &quantize::Choices::weight_bits;
    default:
      return &quantize::Choices::activation_bits;
  }
}

}  // namespace

Said::Said(const graph::Graph& graph, const quantize::QuantizeOptions& options)
    : graph_(graph), options_(options), policy_(quantize::ResolvePolicy(graph, options.policy)) {
  for (size_t i = 0; i < graph.nodes.size(); ++i) places_[graph.nodes[i].name] = i;
}

bool Said::operator()(const graph::Node& node, Part part) const {
  const auto choice = ChoiceOf(part);
  if (policy_.SaidOf(places_.at(node.name), choice)) return true;
  if (part == Part::kWeights) return false;
  const auto form = options_.outputs.find(graph_.tensor(node.outputs[0]).name);
  if (form != options_.outputs.end() && form->second.raw) return true;
  const auto tensor = policy_.tensors.find(node.outputs[0]);
  return tensor != policy_.tensors.end() && tensor->second.*choice;
}

}  // namespace lockstep::compiler
