#include "lower/lower_graph.h"

#include <algorithm>
#include <set>

#include "graph/counted.h"
#include "graph/error.h"
#include "lower/input_parts.h"
#include "lower/lower_context.h"
#include "lower/lower_interface.h"
#include "lower/ops/emitter_table.h"

namespace lockstep::lower {
namespace {

void LowerNode(LoweringState& state, const graph::Node& node, const NodeLayout& layout) {
  LowerContext context(state, node, layout);
  const Emitter emit = context.IsFloatNode() ? FindFloatEmitter(node.op) : FindEmitter(node.op);
  if (emit == nullptr) throw UnsupportedModel("there is no operator of the joint model for it");
  const auto parts = state.quantized.input_parts.find(node.name);
  if (parts == state.quantized.input_parts.end() || context.IsFloatNode()) {
    emit(context);
  } else {
    EmitInputParts(context, emit, parts->second);
  }
}

}  // namespace

void LowerGraph(const quantize::QuantizedGraph& quantized, const Layout& layout, ModelDraft& draft) {
  const graph::Graph& graph = quantized.graph;
  LoweringState state{quantized, draft, {}, {}, {}, {}};
  std::vector<std::string> blockers;
  std::set<graph::TensorId> missing;  // outputs of nodes that could not be lowered
  for (const graph::TensorId id : graph.inputs) LowerInput(state, layout.stored.at(id), id);
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const graph::Node& node = graph.nodes[i];
    const bool reachable = std::none_of(node.inputs.begin(), node.inputs.end(),
                                        [&](graph::TensorId id) { return missing.count(id) != 0; });
    bool lowered = false;
    try {
      if (reachable) LowerNode(state, node, layout.nodes[i]);
      lowered = reachable;
    } catch (const UnsupportedModel& error) {
      blockers.push_back("node '" + node.name + "' (" + node.op + "): " + error.what());
    }
    if (!lowered) missing.insert(node.outputs.begin(), node.outputs.end());
  }
  if (blockers.empty()) {
    for (const graph::TensorId id : graph.outputs) LowerOutput(state, id);
    return;
  }
  std::string text = graph::Counted(blockers.size(), "node") + " cannot be lowered to integers:";
  for (const std::string& blocker : blockers) text += "\n  " + blocker;
  throw UnsupportedModel(text);
}

}  // namespace lockstep::lower
