#include "layerwise/simulated_network.h"

namespace lockstep::layerwise {

SimulatedNetwork::SimulatedNetwork(const quantize::QuantizedGraph& quantized, int threads)
    : quantized_(quantized), threads_(threads), nodes_(quantized.graph.nodes.size()) {}

sensitivity::NodeSimulation& SimulatedNetwork::SimulationOf(size_t node) {
  if (!nodes_[node]) {
    nodes_[node] = std::make_unique<sensitivity::NodeSimulation>(quantized_, quantized_.graph.nodes[node],
                                                                 sensitivity::Part::kNode, threads_);
  }
  return *nodes_[node];
}

Tensors SimulatedNetwork::RunPart(size_t node, sensitivity::Part part, const Tensors& values) const {
  sensitivity::NodeSimulation simulation(quantized_, quantized_.graph.nodes[node], part, threads_);
  Tensors inputs;
  for (const std::string& name : simulation.inputs()) inputs[name] = values.at(name);
  return simulation.Run(inputs);
}

const std::vector<std::string>& SimulatedNetwork::Inputs(size_t node) { return SimulationOf(node).inputs(); }

Tensors SimulatedNetwork::Run(size_t node, const Tensors& values) {
  sensitivity::NodeSimulation& simulation = SimulationOf(node);
  const auto output = quantized_.formats.find(quantized_.graph.nodes[node].outputs.at(0));
  const bool floats = output != quantized_.formats.end() && output->second.is_float();
  Tensors inputs;
  for (const std::string& name : simulation.inputs()) {
    engine::FloatTensor& input = inputs[name] = values.at(name);
    const graph::TensorId id = quantized_.graph.Find(name);
    const auto read = quantized_.reads.find(id);
    const auto format = quantized_.formats.find(id);
    if (!floats && read != quantized_.reads.end()) {
      sensitivity::RoundToLevels(input.data, read->second.affine());
    } else if (format != quantized_.formats.end() && format->second.is_affine()) {
      sensitivity::RoundToLevels(input.data, format->second.affine());
    }
  }
  return simulation.Run(inputs);
}

}  // namespace lockstep::layerwise
