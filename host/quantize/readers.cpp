#include "quantize/readers.h"

#include <algorithm>

#include "quantize/operator_classes.h"

namespace lockstep::quantize {
namespace {

size_t Index(graph::TensorId id) { return static_cast<size_t>(id); }

}  // namespace

bool PassesOn(const graph::Graph& graph, const Policy& policy, size_t node) {
  const graph::Node& of = graph.nodes[node];
  return SharesScale(of) || (of.op == "Concat" && !policy.SaidOf(node, &Choices::activation_bits));
}

Readers::Readers(const graph::Graph& graph, const Policy& policy, const Widths& widths)
    : graph_(graph), policy_(policy), widths_(widths), uses_(graph), known_(widths.size()) {}

const Readers::Found& Readers::Of(graph::TensorId id) {
  std::optional<Found>& known = known_[Index(id)];
  if (!known) known = Find(id);
  return *known;
}

graph::TensorId Readers::Root(graph::TensorId id) const {
  for (;;) {
    const int32_t producer = uses_.producer[Index(id)];
    if (producer < 0 || IsFloat(policy_.floats, static_cast<size_t>(producer))) return id;
    const graph::Node& node = graph_.nodes[static_cast<size_t>(producer)];
    if (!SharesScale(node) || widths_[Index(node.inputs[0])] == kFloatWidth) return id;
    id = node.inputs[0];
  }
}

std::optional<size_t> Readers::MakerOf(graph::TensorId id) const {
  const int32_t producer = uses_.producer[Index(Root(id))];
  if (producer < 0 || IsFloat(policy_.floats, static_cast<size_t>(producer))) return std::nullopt;
  return static_cast<size_t>(producer);
}

Readers::Found Readers::Find(graph::TensorId id) {
  Found found;
  found.delivered = uses_.is_output[Index(id)];
  for (const int32_t consumer : uses_.consumers[Index(id)]) {
    const auto reader = static_cast<size_t>(consumer);
    if (IsFloat(policy_.floats, reader)) continue;
    if (!PassesOn(graph_, policy_, reader)) {
      found.nodes.push_back(reader);
      continue;
    }
    for (const graph::TensorId output : graph_.nodes[reader].outputs) {
      if (output == graph::kNoTensor || widths_[Index(output)] == kFloatWidth) continue;
      const Found behind = Of(output);
      found.nodes.insert(found.nodes.end(), behind.nodes.begin(), behind.nodes.end());
      found.delivered = found.delivered || behind.delivered;
    }
  }
  std::sort(found.nodes.begin(), found.nodes.end());
  found.nodes.erase(std::unique(found.nodes.begin(), found.nodes.end()), found.nodes.end());
  return found;
}

}  // namespace lockstep::quantize
