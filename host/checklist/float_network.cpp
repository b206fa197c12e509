#include "checklist/float_network.h"

#include <set>

#include "engine/float/node_by_node.h"
#include "engine/reference/joint_model.h"
#include "files/output_file.h"
#include "graph/error.h"
#include "input/model_input.h"
#include "run/runners.h"
#include "run/source_network.h"

namespace lockstep::checklist {

namespace fs = std::filesystem;

PictureInput FindPictureInput(const ModelAndData& given) {
  files::RequireFile(given.model);
  PictureInput found;
  if (run::IsOnnx(given.model)) {
    found.inputs = run::FloatRunner(given.model, given.runner).Inputs();
  } else {
    found.inputs = input::InputsOf(engine::JointModel(given.model.string()).model());
  }
  const input::DataList list = input::ListData(given.data, found.inputs, "data");
  found.item = list.items.front();
  found.count = list.items.size();
  for (; found.index < found.inputs.size(); ++found.index) {
    const std::vector<input::PictureRef>& pictures = found.item.parts[found.index].pictures;
    if (!pictures.empty() && pictures.front().frame < 0) return found;
  }
  throw UsageError("no input of " + given.model.string() +
                   " gets a picture file; name one with --data, arrays and videos cannot be checked for what was made "
                   "of them");
}

fs::path NetworkOf(const ModelAndData& given) {
  if (run::IsOnnx(given.model)) return given.model;
  if (!given.onnx.empty()) return given.onnx;
  const fs::path beside = run::OptimizedOnnxBeside(given.model);
  return fs::exists(beside) ? beside : fs::path();
}

FloatNetwork::FloatNetwork(const ModelAndData& given, const PictureInput& input,
                           const std::set<std::string>& observed) {
  const fs::path onnx = NetworkOf(given);
  if (run::IsOnnx(given.model)) {
    graph_ = run::LoadNetwork(onnx, given.runner.import);
    inputs_ = input::FloatInputs(input.inputs, input.item);
  } else {
    const engine::JointModel joint(given.model.string());
    run::RequireNetworkOf(onnx, given.model, joint.model());
    graph_ = run::LoadNetworkBeside(onnx, joint.model(), given.runner.import.input_values);
    inputs_ = input::FloatInputsOf(joint.model(), input::JointInputs(joint.model(), input.item), graph_);
  }
  picture_name_ = graph_.tensor(graph_.inputs.at(input.index)).name;
  if (!engine::FitsPlan(graph_)) return;
  engine::FloatEngineOptions options;
  options.threads = given.runner.threads;
  for (const std::string& name : observed) {
    if (graph_.Find(name) != graph::kNoTensor) options.observed.insert(name);
  }
  engine_ = std::make_unique<engine::FloatEngine>(graph_, options);
}

Tensors FloatNetwork::Run(const std::vector<float>& picture, const engine::FloatObserver& observer) {
  Tensors inputs = inputs_;
  engine::FloatTensor& tensor = inputs.at(picture_name_);
  // Every entry of a batch gets it.
  for (size_t i = 0; i < tensor.data.size(); ++i) tensor.data[i] = picture[i % picture.size()];
  return engine_ ? engine_->Run(inputs, observer) : engine::RunNodeByNode(graph_, inputs, observer);
}

}  // namespace lockstep::checklist
