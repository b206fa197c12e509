// How far a joint model's outputs are from the float network's, on a few runs.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "analyze/metrics.h"
#include "analyze/output_parts.h"
#include "engine/float/float_engine.h"
#include "graph/graph.h"
#include "input/data_list.h"
#include "joint_generated.h"

namespace lockstep::judge {

using OutputMetrics = std::map<std::string, analyze::Metrics>;  // by part of an output, over all runs

class OutputError {
 public:
  // `graph` is the network that the models are made from.
  OutputError(const graph::Graph& graph, std::vector<input::DataItem> items, int threads);

  // Runs the model with the runtime's own kernels.
  OutputMetrics Of(const std::vector<uint8_t>& model);

 private:
  void RunFloats(const joint::Model& model);

  const graph::Graph& graph_;
  std::vector<input::DataItem> items_;
  int threads_;
  std::map<std::string, std::vector<analyze::OutputPart>> parts_;
  std::vector<std::map<std::string, engine::FloatTensor>> truth_;  // by run and output, once they were computed
};

}  // namespace lockstep::judge
