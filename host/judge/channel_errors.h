// How far the mean of each channel of a joint model's tensors is from that of the float network, on a few runs.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "graph/graph.h"
#include "input/data_list.h"

namespace lockstep::judge {

// By tensor, for each channel (the second axis of the ONNX order).
using ByChannel = std::map<graph::TensorId, std::vector<double>>;

class ChannelErrors {
 public:
  // `graph` is the network that the models are made from; `tensors` are of at least two axes.
  ChannelErrors(const graph::Graph& graph, std::vector<input::DataItem> items, std::set<graph::TensorId> tensors,
                int threads);

  // The joint model's mean less the float network's, of the tensors that its layers write. The same for any number of
  // threads. Runs the model with the runtime's own kernels.
  ByChannel Of(const std::vector<uint8_t>& model);

 private:
  const graph::Graph& graph_;
  std::vector<input::DataItem> items_;
  std::set<graph::TensorId> tensors_;
  int threads_;
  ByChannel truth_;  // summed over the runs, once they were computed
};

}  // namespace lockstep::judge
