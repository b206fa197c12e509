// Weights by output and by input channel, in double precision.
#pragma once

#include <cstddef>
#include <vector>

#include "graph/graph.h"

namespace lockstep::quantize {

// Whether the node's weights and bias are constants of a sum of products whose channels can be scaled.
bool HasChannelWeights(const graph::Graph& graph, const graph::Node& node);
// Whether it is a LayerNormalization over the last axis with a constant scale (and bias) of one number for each
// channel.
bool HasChannelGains(const graph::Graph& graph, const graph::Node& node);

class ChannelWeights {
 public:
  ChannelWeights() = default;  // of a node without weights
  // HasChannelWeights or HasChannelGains; of gains only makers' functions are asked for.
  ChannelWeights(const graph::Graph& graph, const graph::Node& node);

  size_t outputs() const { return by_output_.size(); }
  size_t inputs() const { return by_input_.size(); }

  // Of an output channel: its largest weight; of a normalisation how far its values reach, about.
  double LargestOfOutput(size_t channel) const;
  double LargestOfInput(size_t channel) const;
  void DivideOutput(size_t channel, double factor);
  void MultiplyInput(size_t channel, double factor);

  // Calls visit(output channel, weight) for all weights of an input channel.
  template <typename Visit>
  void ForInput(size_t channel, Visit visit) const {
    for (const size_t at : by_input_[channel]) visit(output_of_[at], weights_[at]);
  }

  // Gives the node constants of its own with these values.
  void Store(graph::Graph& graph, graph::Node& node) const;

 private:
  size_t operand_ = 0;
  size_t bias_operand_ = 0;
  bool gains_ = false;
  std::vector<double> weights_;  // in ONNX order
  std::vector<double> bias_;     // empty without
  std::vector<size_t> output_of_;
  std::vector<std::vector<size_t>> by_output_, by_input_;
};

}  // namespace lockstep::quantize
