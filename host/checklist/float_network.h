// The float network of a model with inputs of one's own making.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/float/float_engine.h"
#include "graph/graph.h"
#include "input/data_list.h"
#include "input/input_info.h"
#include "run/model_runner.h"

namespace lockstep::checklist {

// A joint model or a network, and what it is fed with.
struct ModelAndData {
  std::filesystem::path model;
  std::filesystem::path onnx;  // of a joint model; empty: frontend/optimized.onnx beside it, if it is there
  input::DataSources data;     // the first set of inputs counts
  run::RunnerOptions runner;   // of a network: settings; threads
};

// What a model takes, and which of its inputs gets a picture.
struct PictureInput {
  std::vector<input::InputInfo> inputs;
  input::DataItem item;
  size_t count = 1;  // of items; this is the first
  size_t index = 0;  // of the first input that gets a picture

  const input::InputInfo& info() const { return inputs[index]; }
  const std::string& path() const { return item.parts[index].pictures.front().path; }
};

// Throws UsageError if no input gets a picture file.
PictureInput FindPictureInput(const ModelAndData& given);

// Empty if neither a network is named nor lies beside the joint model.
std::filesystem::path NetworkOf(const ModelAndData& given);

using Tensors = std::map<std::string, engine::FloatTensor>;

class FloatNetwork {
 public:
  // `observed`: see FloatEngineOptions. Throws as run::LoadNetwork.
  FloatNetwork(const ModelAndData& given, const PictureInput& input, const std::set<std::string>& observed);

  const graph::Graph& graph() const { return graph_; }
  // What the data is, by the names of the network's inputs.
  const Tensors& inputs() const { return inputs_; }
  // The name of the input that gets the picture.
  const std::string& picture_name() const { return picture_name_; }
  // The outputs, where the picture's input has these values.
  Tensors Run(const std::vector<float>& picture, const engine::FloatObserver& observer = nullptr);

 private:
  graph::Graph graph_;
  Tensors inputs_;
  std::string picture_name_;
  std::unique_ptr<engine::FloatEngine> engine_;  // null for a network that runs node by node
};

}  // namespace lockstep::checklist
