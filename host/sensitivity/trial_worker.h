// What one thread needs to compute trials: the whole network with all its values, and each node by itself.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "analyze/metrics.h"
#include "analyze/output_parts.h"
#include "engine/float/float_engine.h"
#include "quantize/calibration_source.h"
#include "quantize/quantized_graph.h"
#include "sensitivity/node_simulation.h"

namespace lockstep::sensitivity {

struct TrialOf {
  const graph::Node* node = nullptr;
  Part part = Part::kNode;
};

using OutputSums = std::map<std::string, analyze::MetricsSum>;  // by part of the outputs

// Adds one output's values, part by part.
void AddParts(const engine::FloatTensor& truth, const engine::FloatTensor& measured,
              const std::vector<analyze::OutputPart>& parts, OutputSums& sums);

class TrialWorker {
 public:
  // Both must outlive this.
  TrialWorker(const quantize::QuantizedGraph& quantized, const std::vector<TrialOf>& trials, int threads);

  // Computes the trials `chosen` (positions) of a picture; `result` gets each as soon as it is there. `number` tells
  // pictures apart: the network runs anew where it differs from the last call's.
  void Run(size_t number, const quantize::CalibrationInput& picture, const std::vector<size_t>& chosen,
           const std::function<void(size_t trial, OutputSums sums)>& result);

 private:
  engine::FloatEngine MakeNetwork() const;
  NodeSimulation& SimulationOf(size_t trial);
  OutputSums Judge(const Tensors& replaced);
  void RunInFrontOfTables(const quantize::CalibrationInput& picture, const std::vector<size_t>& trials,
                          const std::function<void(size_t trial, OutputSums sums)>& result);

  const quantize::QuantizedGraph& quantized_;
  const std::vector<TrialOf>& trials_;
  int threads_;
  engine::FloatEngine network_;
  // Shows the values in front of tables, which the other network computes together with what is behind them.
  std::unique_ptr<engine::FloatEngine> in_front_of_tables_;
  std::map<std::string, std::vector<analyze::OutputPart>> parts_;  // by output
  std::vector<std::unique_ptr<NodeSimulation>> simulations_;
  Tensors truth_;
  bool has_run_ = false;
  size_t number_ = 0;  // of the picture that it ran
};

}  // namespace lockstep::sensitivity
