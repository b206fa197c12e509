// The float engine beside a crosscheck: how far each layer is from the network in floats.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analyze/metrics.h"
#include "crosscheck/round.h"
#include "engine/float/float_engine.h"
#include "graph/graph.h"
#include "joint_generated.h"
#include "judge/cut_values.h"

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

  // What is in front of a function with flat ends is compared with floats that end where its levels end
  // (judge/cut_values.h). Fills in the accuracy of every layer: of the board's own bytes where they differ from the
  // reference engine's. Returns that of the reference engine, by layer; none where the float network has no such
  // tensor.
  std::vector<std::optional<analyze::Metrics>> Measure(const joint::Model& model, const Round& round,
                                                       std::vector<BoardRound>& boards);

 private:
  // The floats that a layer is measured by.
  std::vector<float> Truth(const dump::DumpLayer& layer, const graph::Shape& shape, const float* data) const;

  graph::Graph graph_;
  std::map<std::pair<int, int>, quantize::TensorFormat>
      cut_;  // by place: the levels of tensors that are cut on purpose
  std::unique_ptr<engine::FloatEngine> engine_;
};

}  // namespace lockstep::crosscheck
