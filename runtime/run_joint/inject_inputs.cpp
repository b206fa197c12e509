#include "run_joint/inject_inputs.h"

#include <cstdio>
#include <cstring>
#include <utility>

#include "core/dump_name.h"
#include "lockstep/md5.h"
#include "run_joint/run_inputs.h"

namespace lockstep {
namespace {

constexpr size_t kMostOfHead = size_t{1} << 20;  // of a manifest's bytes before its layers

// The value of "model_digest" in the head of a manifest, or an empty string.
std::string ManifestDigest(std::FILE* file) {
  const std::string key = "\"model_digest\"";
  std::string text;
  char part[4096];
  for (size_t size = 1; size != 0 && text.size() < kMostOfHead; text.append(part, size)) {
    const size_t at = text.find(key);
    const size_t begin = at != std::string::npos ? text.find('"', at + key.size()) : at;
    const size_t end = begin != std::string::npos ? text.find('"', begin + 1) : begin;
    if (end != std::string::npos) return text.substr(begin + 1, end - begin - 1);
    size = std::fread(part, 1, sizeof(part), file);
  }
  return "";
}

}  // namespace

InjectInputs::InjectInputs(const Model& model, std::string folder)
    : folder_(std::move(folder)), producer_(static_cast<size_t>(model.tensor_count()), -1) {
  for (int32_t layer = 0; layer < model.layer_count(); ++layer) {
    producer_[static_cast<size_t>(model.layer_output_tensor(layer))] = layer;
  }
  for (int32_t i = 0; i < model.output_count(); ++i) {
    outputs_.emplace_back(static_cast<size_t>(model.tensor(model.output_tensor(i)).bytes));
  }
}

Result<InjectInputs> InjectInputs::Open(const Model& model, const std::string& folder) {
  const std::string path = folder + "/manifest.json";
  Result<InputFile> file = OpenFile(path, "--inject needs the folder of a dump");
  LOCKSTEP_RETURN_IF_ERROR(file.status());
  const Md5Text digest = ToText(model.digest());
  const std::string found = ManifestDigest(file.value().stream.get());
  if (found != digest.data()) {
    return Status::Error(StatusCode::kUnreadable,
                         "%s: the dump is of the model with digest '%.32s', this one has %s; dump this model again",
                         path.c_str(), found.c_str(), digest.data());
  }
  return InjectInputs(model, folder);
}

Status InjectInputs::BeforeLayer(Session& session, int32_t layer) {
  const Model& model = session.model();
  for (int32_t i = 0; i < model.layer(layer).input_count; ++i) {
    const int32_t tensor = model.layer_input_tensor(layer, i);
    const int32_t producer = producer_[static_cast<size_t>(tensor)];
    if (producer < 0) continue;
    const TensorInfo info = model.tensor(tensor);
    LOCKSTEP_RETURN_IF_ERROR(ReadExactly(folder_ + "/" + DumpStem(model, producer) + DumpShape(info),
                                         session.layer_input(layer, i), info.bytes,
                                         std::string("layer '") + model.layer(producer).name + "'"));
  }
  return Status::Ok();
}

Status InjectInputs::AfterLayer(Session& session, int32_t layer) {
  const Model& model = session.model();
  const int32_t tensor = model.layer_output_tensor(layer);
  for (int32_t i = 0; i < model.output_count(); ++i) {
    std::vector<uint8_t>& kept = outputs_[static_cast<size_t>(i)];
    if (model.output_tensor(i) == tensor) std::memcpy(kept.data(), session.layer_output(layer), kept.size());
  }
  return Status::Ok();
}

}  // namespace lockstep
