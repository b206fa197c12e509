#include "layerwise/simulated_network.h"

#include <utility>

#include "sensitivity/node_alone.h"

namespace lockstep::layerwise {

using sensitivity::NodeSimulation;

SimulatedNetwork::SimulatedNetwork(const quantize::QuantizedGraph& quantized, int threads)
    : quantized_(quantized), threads_(threads), nodes_(quantized.graph.nodes.size()) {}

Tensors SimulatedNetwork::Node::Run(Tensors given) const {
  if (!in_front) return simulation->Run(std::move(given));
  Tensors computed = in_front->Run(given);
  if (simulation->needs() == NodeSimulation::Needs::kPreActivation) {
    computed = {{simulation->reads().at(0), std::move(computed.begin()->second)}};
  }
  return simulation->Run(std::move(computed));
}

SimulatedNetwork::Node SimulatedNetwork::Make(size_t node, sensitivity::Part part) const {
  const graph::Node& of = quantized_.graph.nodes[node];
  Node made;
  made.simulation = std::make_unique<NodeSimulation>(quantized_, of, part, threads_);
  made.inputs = made.simulation->reads();
  if (made.simulation->needs() == NodeSimulation::Needs::kInputs) return made;
  const bool whole = made.simulation->needs() == NodeSimulation::Needs::kOutputs;
  const graph::Graph alone = sensitivity::NodeAlone(quantized_.graph, of, whole);
  made.inputs.clear();
  for (const graph::TensorId id : alone.inputs) made.inputs.push_back(alone.tensor(id).name);
  engine::FloatEngineOptions options;
  options.threads = threads_;
  made.in_front = std::make_unique<engine::FloatEngine>(alone, options);
  return made;
}

SimulatedNetwork::Node& SimulatedNetwork::NodeAt(size_t node) {
  if (!nodes_[node]) nodes_[node] = Make(node, sensitivity::Part::kNode);
  return *nodes_[node];
}

Tensors SimulatedNetwork::RunPart(size_t node, sensitivity::Part part, const Tensors& values) const {
  const Node alone = Make(node, part);
  Tensors inputs;
  for (const std::string& name : alone.inputs) inputs[name] = values.at(name);
  return alone.Run(std::move(inputs));
}

const std::vector<std::string>& SimulatedNetwork::Inputs(size_t node) { return NodeAt(node).inputs; }

// To the levels in which the node's layer reads them.
Tensors SimulatedNetwork::Rounded(size_t node, const std::vector<std::string>& names, const Tensors& values) const {
  const auto output = quantized_.formats.find(quantized_.graph.nodes[node].outputs.at(0));
  const bool floats = output != quantized_.formats.end() && output->second.is_float();
  Tensors inputs;
  for (const std::string& name : names) {
    engine::FloatTensor& input = inputs[name] = values.at(name);
    const graph::TensorId id = quantized_.graph.Find(name);
    const auto read = quantized_.reads.find(id);
    const auto format = quantized_.formats.find(id);
    if (!floats && read != quantized_.reads.end()) {
      sensitivity::RoundToLevels(input, read->second);
    } else if (format != quantized_.formats.end() && format->second.has_levels()) {
      sensitivity::RoundToLevels(input, format->second);
    }
  }
  return inputs;
}

Tensors SimulatedNetwork::Run(size_t node, const Tensors& values) {
  const Node& alone = NodeAt(node);
  return alone.Run(Rounded(node, alone.inputs, values));
}

Tensors SimulatedNetwork::RunRoundedInputs(size_t node, const Tensors& values) {
  const graph::Graph alone = sensitivity::NodeAlone(quantized_.graph, quantized_.graph.nodes[node], true);
  engine::FloatEngineOptions options;
  options.threads = threads_;
  return engine::FloatEngine(alone, options).Run(Rounded(node, Inputs(node), values));
}

}  // namespace lockstep::layerwise
