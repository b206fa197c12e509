#include "run_joint/inject_inputs.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "core/dump_name.h"
#include "lockstep/md5.h"
#include "run_joint/run_inputs.h"

namespace lockstep {
namespace {

// The value of "model_digest" in the head of a manifest, or an empty string.
std::string ManifestDigest(const char* text) {
  const char* key = std::strstr(text, "\"model_digest\"");
  if (key == nullptr) return "";
  const char* colon = std::strchr(key, ':');
  const char* quote = colon != nullptr ? std::strchr(colon, '"') : nullptr;
  return quote != nullptr ? std::string(quote + 1, strnlen(quote + 1, 32)) : "";
}

}  // namespace

InjectInputs::InjectInputs(const Model& model, std::string folder)
    : folder_(std::move(folder)), producer_(static_cast<size_t>(model.tensor_count()), -1) {
  for (int32_t layer = 0; layer < model.layer_count(); ++layer) {
    producer_[static_cast<size_t>(model.layer_output_tensor(layer))] = layer;
  }
}

Result<InjectInputs> InjectInputs::Open(const Model& model, const std::string& folder) {
  const std::string path = folder + "/manifest.json";
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) {
    return Status::Error(StatusCode::kUnreadable, "%s: %s; --inject needs the folder of a dump", path.c_str(),
                         std::strerror(errno));
  }
  char head[4096];
  head[std::fread(head, 1, sizeof(head) - 1, file)] = 0;
  std::fclose(file);
  const Md5Text digest = ToText(model.digest());
  const std::string found = ManifestDigest(head);
  if (found != digest.data()) {
    return Status::Error(StatusCode::kUnreadable,
                         "%s: the dump is of the model with digest '%s', this one has %s; dump this model again",
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

}  // namespace lockstep
