// A joint model's network computed in floats with the roundings of its integer layers.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/float/float_engine.h"
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

  // With its inputs rounded alone: the rest in floats.
  Tensors RunRoundedInputs(size_t node, const Tensors& values);

  // What the node reads beside constants.
  const std::vector<std::string>& Inputs(size_t node);

 private:
  // A node that can be computed from its inputs.
  struct Node {
    std::unique_ptr<sensitivity::NodeSimulation> simulation;
    std::vector<std::string> inputs;
    // Computes in floats what the simulation takes, where that is not the inputs.
    std::unique_ptr<engine::FloatEngine> in_front;

    Tensors Run(Tensors given) const;
  };
  Node Make(size_t node, sensitivity::Part part) const;
  Node& NodeAt(size_t node);
  Tensors Rounded(size_t node, const std::vector<std::string>& names, const Tensors& values) const;

  const quantize::QuantizedGraph& quantized_;
  int threads_;
  std::vector<std::optional<Node>> nodes_;  // made when they are needed
};

}  // namespace lockstep::layerwise
