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

void SaveInputs(const RunOptions& options, const input::DataItem& item) {
  const auto joint = std::find_if_not(options.models.begin(), options.models.end(), IsOnnx);
  if (joint == options.models.end()) {
    throw UsageError("--save-inputs needs a joint model, which says what its input bytes are");
  }
  const engine::JointModel model(*joint, options.runner.check_digest);
  const auto inputs = input::JointInputs(model.model(), item);
  const std::vector<std::string> names = dump::InputFileNames(item.stem, NamesOf(input::InputsOf(model.model())));
  for (size_t i = 0; i < inputs.size(); ++i) {
    files::WriteFile(options.input_folder / names[i], inputs[i].data(), inputs[i].size());
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
