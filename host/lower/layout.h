// Chooses the order in which the axes of every tensor lie in memory.
//
// Images are stored channels last, as the kernels want them. The other operators follow what they are given: a Reshape
// or an ONNX Transpose only renames axes as long as the bytes may stay where they are, a Softmax or a final output asks
// for one order. Where the order at hand is not the wanted one, a copy is made (a Transpose layer); where they differ
// in the place of axes of extent 1 alone, the copy is a mere view (a Reshape layer).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "graph/graph.h"

namespace lockstep::lower {

// axes[i] is the ONNX axis stored at physical position i.
using Axes = std::vector<uint8_t>;

struct NodeLayout {
  // The order in which the node reads each data input; empty for other inputs. An input of lower rank than the node's
  // output (broadcasting) counts as padded with leading axes of extent 1.
  std::vector<Axes> inputs;
  Axes output;  // the order in which it writes its outputs
};

struct Layout {
  std::map<graph::TensorId, Axes> stored;  // as the producer writes it
  std::vector<NodeLayout> nodes;           // by node index
};

// `floats`: the tensors that are not quantised. Copies of those are the dearest, so a Concat that makes one writes it
// in the order that becomes the ONNX order at the graph's output.
Layout ChooseLayout(const graph::Graph& graph, const std::set<graph::TensorId>& floats);

Axes OnnxOrder(size_t rank);
Axes ChannelsLast(size_t rank);  // N, spatial axes, C

// Whether two orders give the same bytes: they differ in the place of axes of extent 1 alone.
bool SameBytes(const graph::Shape& shape, const Axes& a, const Axes& b);

graph::Shape Permuted(const graph::Shape& shape, const Axes& axes);

// The order of the reshaped tensor if the bytes may stay as they are, nullopt if they may not.
std::optional<Axes> ViewAxes(const graph::Shape& from, const Axes& axes, const graph::Shape& to);

}  // namespace lockstep::lower
