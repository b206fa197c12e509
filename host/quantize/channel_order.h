// Which weights of an operand belong to which output channel.
#pragma once

#include <cstddef>
#include <vector>

#include "graph/graph.h"
#include "quantize/tensor_format.h"

namespace lockstep::quantize {

// Where the weights of each output channel lie. Transposed weights (channels behind axis 0) of a group are those of its
// input channels, which axis 0 counts.
struct ChannelOrder {
  size_t channels = 1;
  std::vector<size_t> places;  // index in the operand, channel after channel
  // Along the axis of input channels, counted through all groups; zeros for an operator without such an axis.
  std::vector<size_t> input_places;

  size_t per_channel() const { return places.size() / channels; }
};

// The scale in which each of `outputs` output channels reads its input. An input with a scale for each channel is read
// by depthwise convolutions alone, whose output channels lie in the order of the input channels that they read.
std::vector<double> InputScales(const TensorFormat& input, size_t outputs);

// `shape` is that of the node's operand with weights.
ChannelOrder OrderByChannel(const graph::Node& node, const graph::Shape& shape);

}  // namespace lockstep::quantize
