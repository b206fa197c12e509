// Which channels of which tensors share a factor: a class of channels for each, and one of those that have none.
#pragma once

#include <cstddef>
#include <vector>

#include "graph/graph.h"

namespace lockstep::quantize {

// Behind convolutions, which functions pass factors on: those that do so for every value (PassesFactors), or any.
enum class FactorsThrough { kScalingFunctions, kAnyFunction };

class ChannelFactors {
 public:
  // Of a tensor: along which axis its channels lie, and the class of each; empty: its values cannot be scaled.
  struct Channels {
    size_t axis = 0;
    std::vector<size_t> classes;

    bool fixed() const { return classes.empty(); }
  };

  ChannelFactors(const graph::Graph& graph, FactorsThrough functions);

  static constexpr size_t kFixed = 0;  // the class of what cannot be scaled

  // The class that it is in by now.
  size_t Of(size_t channel_class) const;
  const Channels& ChannelsOf(graph::TensorId id) const { return channels_[static_cast<size_t>(id)]; }
  bool IsFixed(graph::TensorId id) const;

 private:
  void Visit(const graph::Node& node);
  void Begin(const graph::Node& node, size_t axis);
  void PassOn(const graph::Node& node);
  void Concat(const graph::Node& node);
  void Combine(const graph::Node& node);
  void Reshape(const graph::Node& node);
  void Transpose(const graph::Node& node);
  void Split(const graph::Node& node);
  void Slice(const graph::Node& node);
  void Fix(graph::TensorId id);
  void FixInputs(const graph::Node& node);
  void Join(size_t a, size_t b);
  bool IsComputed(graph::TensorId id) const;

  const graph::Graph& graph_;
  FactorsThrough functions_;
  std::vector<Channels> channels_;  // by tensor
  std::vector<size_t> parent_;      // of classes
};

// f(s x) = s f(x) for every s > 0.
bool PassesFactors(const graph::Activation& activation);

}  // namespace lockstep::quantize
