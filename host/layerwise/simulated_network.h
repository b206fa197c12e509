// A joint model's network computed in floats with the roundings of its integer layers.
#pragma once

#include <memory>
#include <vector>

#include "quantize/quantized_graph.h"
#include "sensitivity/node_simulation.h"

namespace lockstep::layerwise {

using sensitivity::Tensors;

class SimulatedNetwork {
 public:
  // `threads` of each node's float engine. The graph must outlive this.
  SimulatedNetwork(const quantize::QuantizedGraph& quantized, int threads);

  // The outputs of a node of the graph, by name; its inputs, of which there must be all that are no constants, are
  // rounded to the levels in which its layer reads them.
  Tensors Run(size_t node, const Tensors& values);

  // The same with one kind of its roundings alone, from inputs that are not rounded.
  Tensors RunPart(size_t node, sensitivity::Part part, const Tensors& values) const;

  // What the node reads beside constants.
  const std::vector<std::string>& Inputs(size_t node);

 private:
  sensitivity::NodeSimulation& SimulationOf(size_t node);

  const quantize::QuantizedGraph& quantized_;
  int threads_;
  std::vector<std::unique_ptr<sensitivity::NodeSimulation>> nodes_;  // made when they are needed
};

}  // namespace lockstep::layerwise
