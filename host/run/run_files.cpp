#include "run/run_files.h"

#include <algorithm>
#include <map>
#include <string>

#include "dump/output_names.h"
#include "dump/values.h"
#include "engine/reference/joint_model.h"
#include "files/output_file.h"
#include "graph/error.h"
#include "input/npy.h"

namespace lockstep::run {

namespace fs = std::filesystem;

namespace {

template <typename Named>
std::vector<std::string> NamesOf(const std::vector<Named>& all) {
  std::vector<std::string> names;
  names.reserve(all.size());
  for (const Named& one : all) names.push_back(one.name);
  return names;
}

void SaveFloatInputs(const fs::path& folder, const std::vector<input::InputInfo>& inputs, const input::DataItem& item) {
  const std::map<std::string, engine::FloatTensor> tensors = input::FloatInputs(inputs, item);
  const std::vector<std::string> names = dump::InputFileNames(item.stem, NamesOf(inputs));
  for (size_t i = 0; i < inputs.size(); ++i) {
    const engine::FloatTensor& tensor = tensors.at(inputs[i].name);
    const std::vector<uint8_t> npy =
        input::MakeNpy("f32", tensor.shape, tensor.data.data(), tensor.data.size() * sizeof(float));
    files::WriteFile((folder / names[i]).replace_extension(".npy"), npy.data(), npy.size());
  }
}

}  // namespace

fs::path FolderOf(const fs::path& folder, const RunOptions& options, size_t model) {
  if (options.models.size() == 1) return folder;
  return folder / (std::to_string(model) + "_" + dump::PlainName(fs::path(options.models[model]).filename().string()));
}

void SaveOutputs(const RunOptions& options, size_t model, const input::DataItem& item,
                 const std::vector<OutputTensor>& outputs) {
  const std::vector<std::string> names = dump::OutputFileNames(item.stem, NamesOf(outputs));
  for (size_t i = 0; i < outputs.size(); ++i) {
    fs::path path = FolderOf(options.output_folder, options, model) / names[i];
    files::WriteFile(path, outputs[i].bytes.data(), outputs[i].bytes.size());
    if (!options.npy) continue;
    const std::vector<uint8_t> ordered = dump::ToOnnxOrder(outputs[i].layout, outputs[i].bytes);
    const std::vector<uint8_t> npy =
        input::MakeNpy(outputs[i].layout.dtype, outputs[i].shape, ordered.data(), ordered.size());
    files::WriteFile(path.replace_extension(".npy"), npy.data(), npy.size());
  }
}

void SaveInputs(const RunOptions& options, const std::vector<input::InputInfo>& inputs, const input::DataItem& item) {
  const auto joint = std::find_if_not(options.models.begin(), options.models.end(), IsOnnx);
  if (joint == options.models.end()) {
    SaveFloatInputs(options.input_folder, inputs, item);
    return;
  }
  const engine::JointModel model(*joint, options.runner.check_digest);
  const auto bytes = input::JointInputs(model.model(), item);
  const std::vector<std::string> names = dump::InputFileNames(item.stem, NamesOf(input::InputsOf(model.model())));
  for (size_t i = 0; i < bytes.size(); ++i) {
    files::WriteFile(options.input_folder / names[i], bytes[i].data(), bytes[i].size());
  }
}

void RequireDistinctInputFiles(const std::vector<input::DataItem>& items, const std::vector<input::InputInfo>& inputs) {
  std::map<std::string, std::string> owners;
  for (const input::DataItem& item : items) {
    for (const std::string& name : dump::InputFileNames(item.stem, NamesOf(inputs))) {
      const auto [other, distinct] = owners.emplace(name, item.label);
      if (distinct) continue;
      throw UsageError("the inputs of " + other->second + " and " + item.label + " would both be saved as " + name +
                       "; rename one of them");
    }
  }
}

}  // namespace lockstep::run
