#include "crosscheck/round.h"

#include "files/digest.h"
#include "files/output_file.h"

namespace lockstep::crosscheck {
namespace {

namespace fs = std::filesystem;

template <typename Specs>
std::vector<std::string> NamesOf(const Specs& specs, const joint::Model& model) {
  std::vector<std::string> names;
  for (const auto* spec : specs) {
    names.push_back(model.tensors()->Get(static_cast<flatbuffers::uoffset_t>(spec->tensor()))->name()->str());
  }
  return names;
}

}  // namespace

Round RunReference(engine::JointModel& joint, const input::DataItem& item, const fs::path& work) {
  Round round;
  round.item = &item;
  round.work = work;
  round.inputs = input::JointInputs(joint.model(), item);
  const std::vector<std::string> input_names =
      dump::InputFileNames(item.stem, NamesOf(*joint.model().inputs(), joint.model()));
  for (size_t i = 0; i < round.inputs.size(); ++i) {
    round.input_files.push_back(work / input_names[i]);
    files::WriteFile(round.input_files.back(), round.inputs[i].data(), round.inputs[i].size());
  }
  round.reference = work / "reference";
  dump::DumpWriter dump(round.reference, dump::DescribeModel(joint.model(), "reference", "host"), {});
  dump.SetInputs(round.inputs);
  const auto outputs = joint.engine().Run(round.inputs, [&](int index, int output_index, const joint::Layer& layer,
                                                            const joint::Tensor& output, const uint8_t* data) {
    dump.Add(dump::DescribeLayer(index, output_index, layer, output), data, output.bytes());
  });
  dump.Finish();
  const std::vector<std::string> names =
      dump::OutputFileNames(item.stem, NamesOf(*joint.model().outputs(), joint.model()));
  for (size_t i = 0; i < outputs.size(); ++i) {
    round.outputs.push_back({names[i], files::Md5Hex(outputs[i].data(), outputs[i].size()), outputs[i].size()});
  }
  round.manifest = dump::ReadManifest(round.reference);
  return round;
}

}  // namespace lockstep::crosscheck
