// The engines behind OpenModel, one class each.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/float/float_engine.h"
#include "engine/reference/joint_model.h"
#include "graph/graph.h"
#include "run/model_runner.h"

namespace lockstep::run {

// The ONNX network on the float engine.
class FloatRunner : public ModelRunner {
 public:
  FloatRunner(const std::filesystem::path& onnx, RunnerOptions options);
  ~FloatRunner() override;

  const graph::Graph& graph() const { return graph_; }
  EngineKind engine() const override { return EngineKind::kFloat; }
  double seconds() const override { return seconds_; }
  dump::Manifest Head() const override;
  std::vector<input::InputInfo> Inputs() const override { return inputs_; }
  std::vector<graph::Shape> OutputShapes() const override;
  std::vector<OutputTensor> Run(const input::DataItem& item, dump::DumpWriter* dump) override;

 private:
  void Prepare(bool observe);
  std::map<std::string, engine::FloatTensor> Compute(const std::map<std::string, engine::FloatTensor>& inputs,
                                                     const engine::FloatObserver& observer);
  dump::DumpLayer Describe(int index, const std::string& name, const graph::Shape& shape) const;

  std::string path_;
  RunnerOptions options_;
  graph::Graph graph_;
  std::vector<input::InputInfo> inputs_;
  std::unique_ptr<engine::FloatEngine> engine_;  // null for a network that runs node by node
  bool prepared_ = false;
  bool observing_ = false;
  double seconds_ = 0.0;
};

std::unique_ptr<ModelRunner> MakeReferenceRunner(const std::filesystem::path& model);
std::unique_ptr<ModelRunner> MakeNativeRunner(const std::filesystem::path& model, const RunnerOptions& options);

std::vector<graph::Shape> OutputShapesOf(const joint::Model& model);

// The bytes of a joint model's outputs, by position, as real values in ONNX order.
std::vector<OutputTensor> MakeOutputs(const joint::Model& model, const std::vector<std::vector<uint8_t>>& bytes);

}  // namespace lockstep::run
