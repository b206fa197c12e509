#include "evaluate/side_info.h"

#include <utility>

#include "dump/output_names.h"
#include "graph/error.h"

namespace lockstep::evaluate {

SideInfo MakeSideInfo(const std::filesystem::path& model, const std::vector<input::InputInfo>& inputs,
                      std::vector<graph::Shape> output_shapes) {
  if (inputs.size() != 1 || !inputs.front().is_picture()) {
    std::string described;
    for (const input::InputInfo& info : inputs) {
      described += (described.empty() ? "" : ", ") + info.name + " (" + input::Describe(info) + ")";
    }
    throw UsageError(model.string() + ": evaluate feeds one picture, the network takes " + described +
                     "; give a network whose one input is a picture");
  }
  return {inputs.front(), std::move(output_shapes)};
}

std::vector<uint8_t> BatchOf(const std::vector<uint8_t>& picture, const input::InputInfo& input) {
  std::vector<uint8_t> batch;
  for (int64_t i = 0; i < input.batch(); ++i) batch.insert(batch.end(), picture.begin(), picture.end());
  return batch;
}

std::vector<run::OutputTensor> FirstOfBatch(std::vector<run::OutputTensor> outputs, int64_t batch) {
  for (run::OutputTensor& output : outputs) {
    if (batch <= 1 || output.shape.empty() || output.shape[0] != batch) continue;
    output.shape[0] = 1;
    output.values.resize(output.values.size() / static_cast<size_t>(batch));
  }
  return outputs;
}

std::vector<OutputFile> OutputFilesOf(const joint::Model& model, const std::string& stem) {
  std::vector<std::string> names;
  std::vector<OutputFile> files;
  for (const joint::OutputSpec* output : *model.outputs()) {
    const joint::Tensor* tensor = model.tensors()->Get(static_cast<flatbuffers::uoffset_t>(output->tensor()));
    names.push_back(tensor->name()->str());
    files.push_back({"", tensor->bytes()});
  }
  const std::vector<std::string> file_names = dump::OutputFileNames(stem, names);
  for (size_t i = 0; i < files.size(); ++i) files[i].name = file_names[i];
  return files;
}

}  // namespace lockstep::evaluate
