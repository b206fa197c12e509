// Which tensors of a joint model are measured.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dump/dump.h"
#include "graph/graph.h"
#include "joint_generated.h"
#include "quantize/tensor_format.h"

namespace lockstep::layerwise {

// A tensor of the network that a layer writes. Of several joint tensors that stand for one the first, which is what the
// node gives; of an input of the network the last.
struct Row {
  dump::DumpLayer layer;  // as dumps describe it
  int32_t joint_tensor = -1;
  graph::TensorId id = graph::kNoTensor;
  int32_t node = -1;          // of the graph, whose output or pre-activation it is; -1: an input of the network
  size_t channel_axis = 0;    // of the ONNX order
  bool before_table = false;  // in front of the node's fused function
  bool output = false;        // of the network
  bool saturates = false;     // its range is cut on purpose: only functions with flat ends read it
  std::optional<quantize::TensorFormat> levels;  // none: floats
};

// In the order of execution.
std::vector<Row> ChooseRows(const graph::Graph& graph, const joint::Model& model);

}  // namespace lockstep::layerwise
