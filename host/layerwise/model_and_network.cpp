#include "layerwise/model_and_network.h"

#include <algorithm>

#include "engine/reference/joint_file.h"
#include "files/output_file.h"
#include "graph/error.h"
#include "graph/quoted.h"
#include "input/input_info.h"
#include "run/source_network.h"

namespace lockstep::layerwise {
namespace {

namespace fs = std::filesystem;

fs::path ModelIn(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".joint") names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  if (names.empty()) throw UsageError(folder.string() + " has no joint model; name the .joint file, or build one");
  if (names.size() > 1) {
    throw UsageError(folder.string() + " has several joint models (" + graph::Listed(names) + "); name one of them");
  }
  return folder / names.front();
}

}  // namespace

ModelAndNetwork OpenModelAndNetwork(const fs::path& model, const fs::path& onnx,
                                    const std::map<std::string, double>& input_values) {
  run::RefuseIdleValues(onnx, input_values);
  ModelAndNetwork both;
  both.model_path = fs::is_directory(model) ? ModelIn(model) : model;
  files::RequireFile(both.model_path);
  both.network_path = onnx.empty() ? run::OptimizedOnnxBeside(both.model_path) : onnx;
  both.file = engine::ReadJointFile(both.model_path.string());
  const joint::Model& joint = engine::CheckJointFile(both.file.data(), both.file.size());
  if (onnx.empty() && !fs::exists(both.network_path)) {
    throw UsageError("the network of " + both.model_path.string() + " is needed, and " + both.network_path.string() +
                     " does not exist; name it with --onnx");
  }
  files::RequireFile(both.network_path);
  run::RequireNetworkOf(both.network_path, both.model_path, joint);
  both.graph = run::LoadNetworkBeside(both.network_path, joint, input_values);
  run::RequireSameInterface(both.graph, both.network_path, both.model_path, joint);
  return both;
}

std::vector<input::DataItem> ChooseItems(const ModelAndNetwork& both, const input::DataSources& images, int count) {
  constexpr uint64_t kSeed = 0;
  const input::DataList data = input::ListData(images, input::InputsOf(both.model()), "images");
  return input::SampleItems(data.items, count, kSeed);
}

std::vector<input::InputInfo> TruthInputs(const ModelAndNetwork& both, const input::InputSettings& settings,
                                          const std::set<std::string>& given) {
  std::map<std::string, quantize::InputPreprocess> inputs;
  for (const input::InputInfo& info : input::InputsOf(both.model())) {
    quantize::InputPreprocess& preprocess = inputs[info.name] = info.preprocess;
    if (!info.is_picture()) continue;
    if (given.count("color") != 0) preprocess.color = settings.picture.color;
    if (given.count("resize") != 0) preprocess.resize = settings.picture.resize;
    if (given.count("mean") != 0) preprocess.mean = settings.picture.mean;
    if (given.count("std") != 0) preprocess.std = settings.picture.std;
    if (given.count("pad_value") != 0) preprocess.pad_value = settings.picture.pad_value;
  }
  return input::InputsOf(both.graph, inputs);
}

}  // namespace lockstep::layerwise
