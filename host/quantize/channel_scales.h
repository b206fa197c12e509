// Which tensors have a scale for each channel, and which scales.
//
// Where it costs nothing else: a convolution requantises every output channel with a multiplier of its own, and a
// depthwise convolution reads one channel for each output channel, whose multiplier and bias take the channel's scale
// in. A convolution that sums over channels would have to take the scales into its weights, at the price of their
// precision.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "graph/graph.h"
#include "quantize/activation_params.h"
#include "quantize/policy.h"
#include "quantize/quantized_graph.h"
#include "quantize/range_methods.h"

namespace lockstep::quantize {

using ChannelExtremes = std::map<graph::TensorId, std::vector<Range>>;  // by channel, the second axis
using ChannelScales = std::map<graph::TensorId, std::vector<double>>;   // likewise

// The outputs that may have a scale for each channel, with the node that makes each: a Conv or ConvTranspose in
// integers, behind which stands nothing, Relu, a Clip from 0 on or a function that is a table, and whose output only
// integer depthwise Convs read.
std::map<graph::TensorId, const graph::Node*> ChannelScaleTensors(const graph::Graph& graph, const FloatNodes& floats);

// Of what the channels' extremes must be seen for such an output: itself, or the value in front of its table.
graph::TensorId SeenFor(const graph::Node& node);

struct ChannelScaleChoice {
  std::map<graph::TensorId, const graph::Node*> tensors;  // that shall have them where it pays
  const RangeMethods& methods;
  const ChannelExtremes& seen;
};

// Scales within the range that `params` has of a tensor, whose zero point and scale (the largest) are changed. Where
// the node has a table, the value in front of it has scales per channel too, and each channel a table of its own: that
// is a layer and memory more, and pays where a level of one of both becomes half as large on the average over the
// channels. Without a table a tenth of a bit is enough, for nothing but the scales is added.
ChannelScales ChooseChannelScales(const ChannelScaleChoice& choice, ActivationParams& params);

// Whether each channel of the node's output has a table of its own, behind a tensor with what is in front of it.
bool HasChannelTables(const QuantizedGraph& quantized, const graph::Node& node);

}  // namespace lockstep::quantize
