// A joint model with its float network, from what the user names.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "input/data_list.h"
#include "input/input_info.h"
#include "joint_generated.h"

namespace lockstep::layerwise {

struct ModelAndNetwork {
  std::filesystem::path model_path;
  std::filesystem::path network_path;
  std::vector<uint8_t> file;  // of the model
  graph::Graph graph;         // behind the optimiser

  const joint::Model& model() const { return *joint::GetModel(file.data()); }
};

// `model` is a joint model, or a folder that has one. Without `onnx` the network is frontend/optimized.onnx beside it,
// which has no inputs left for `input_values`. Throws BadInput and UsageError, also for a network that the model was
// not made from.
ModelAndNetwork OpenModelAndNetwork(const std::filesystem::path& model, const std::filesystem::path& onnx,
                                    const std::map<std::string, double>& input_values = {});

// `count` of the sets of inputs that are named, evenly spread; 0: all.
std::vector<input::DataItem> ChooseItems(const ModelAndNetwork& both, const input::DataSources& images, int count);

// What the float network's pictures are if of `settings` those named in `given` ("color", "resize", "mean", "std",
// "pad_value") hold, and the model's own for the rest.
std::vector<input::InputInfo> TruthInputs(const ModelAndNetwork& both, const input::InputSettings& settings,
                                          const std::set<std::string>& given);

}  // namespace lockstep::layerwise
