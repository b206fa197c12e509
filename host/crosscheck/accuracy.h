// The float engine beside a crosscheck: how far each layer is from the network in floats.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analyze/metrics.h"
#include "crosscheck/round.h"
#include "engine/float/float_engine.h"
#include "graph/graph.h"
#include "joint_generated.h"

namespace lockstep::crosscheck {

// The float network of a joint model, with an engine that shows the tensors that layers write.
class FloatSide {
 public:
  FloatSide(const std::filesystem::path& onnx, const joint::Model& model,
            const std::map<std::string, double>& input_values, int threads);

  // Every tensor of a layer that the float network has too, while its floats pass by; `shape` and `data` in ONNX order.
  using Visitor = std::function<void(const dump::DumpLayer& layer, const graph::Shape& shape, const float* data)>;
  void Visit(const joint::Model& model, const Round& round, const Visitor& visit);

  // Whether the tensor stands for something that the network computes, and not for an input of it.
  bool Computes(const joint::Tensor& tensor) const;

  // The same of layers by themselves (single_pass.h).
  std::vector<std::optional<analyze::Metrics>> MeasureSingle(const joint::Model& model, const Round& round,
                                                             std::vector<BoardRound>& boards);

  // Fills in the accuracy of every layer: of the board's own bytes where they differ from the reference engine's.
  // Returns that of the reference engine, by layer; none where the float network has no such tensor.
  std::vector<std::optional<analyze::Metrics>> Measure(const joint::Model& model, const Round& round,
                                                       std::vector<BoardRound>& boards);

 private:
  graph::Graph graph_;
  std::unique_ptr<engine::FloatEngine> engine_;
};

}  // namespace lockstep::crosscheck
