#include "run_joint/inject_inputs.h"

#include <cstring>
#include <utility>

#include "base/dump_name.h"
#include "lockstep/md5.h"
#include "run_joint/run_inputs.h"

namespace lockstep {
namespace {

// Kernels take for granted what the bits of a tensor say of its elements: a larger one would be read beyond a table.
Status CheckBits(const TensorInfo& info, const List<uint8_t>& bytes, const String& path) {
  if (!info.quantized || info.bits == 16) return Status::Ok();
  const size_t element = info.bits > 8 ? 2 : 1;
  for (size_t i = 0; i < bytes.size(); i += element) {
    const uint32_t value = element == 1 ? bytes[i] : bytes[i] | static_cast<uint32_t>(bytes[i + 1]) << 8;
    if (value >> info.bits == 0) continue;
    return Status::Error(StatusCode::kUnreadable,
                         "%s: has %u, but the elements of '%s' have %d bits; dump the model again", path.c_str(), value,
                         info.name, info.bits);
  }
  return Status::Ok();
}

}  // namespace

InjectInputs::InjectInputs(const Model& model, String folder, DumpManifest manifest)
    : folder_(std::move(folder)), manifest_(std::move(manifest)), producer_(static_cast<size_t>(model.tensor_count())) {
  for (int32_t layer = 0; layer < model.layer_count(); ++layer) {
    for (int32_t i = 0; i < model.layer_output_count(layer); ++i) {
      producer_[static_cast<size_t>(model.layer_output_tensor(layer, i))] = {layer, i, -1};
    }
  }
  inputs_.resize(static_cast<size_t>(model.input_count()));
  for (int32_t i = 0; i < model.input_count(); ++i) {
    producer_[static_cast<size_t>(model.input_tensor(i))].input = i;
  }
  for (int32_t i = 0; i < model.output_count(); ++i) {
    outputs_.emplace_back().resize(static_cast<size_t>(model.tensor(model.output_tensor(i)).bytes));
  }
}

Result<InjectInputs> InjectInputs::Open(const Model& model, const String& folder) {
  const String path = folder + "/manifest.json";
  Result<DumpManifest> manifest = ReadManifest(path, model);
  LOCKSTEP_RETURN_IF_ERROR(manifest.status());
  const Md5Text digest = ToText(model.digest());
  const String& found = manifest.value().model_digest;
  if (found != digest.data()) {
    return Status::Error(StatusCode::kUnreadable,
                         "%s: the dump is of the model with digest '%.32s', this one has %s; dump this model again",
                         path.c_str(), found.c_str(), digest.data());
  }
  return InjectInputs(model, folder, std::move(manifest.value()));
}

Status InjectInputs::TakeInputs(Session& session) {
  for (size_t i = 0; i < inputs_.size(); ++i) {
    const auto index = static_cast<int32_t>(i);
    inputs_[i].resize(static_cast<size_t>(session.input_info(index).bytes));
    std::memcpy(inputs_[i].data(), session.input(index), inputs_[i].size());
  }
  for (size_t i = 0; i < manifest_.input_md5.size(); ++i) {
    const auto index = static_cast<int32_t>(i);
    const TensorInfo info = session.input_info(index);
    const Md5Text actual = ToText(Md5Of(session.input(index), static_cast<size_t>(info.bytes)));
    if (manifest_.input_md5[i] == actual.data()) continue;
    return Status::Error(
        StatusCode::kInvalidArgument,
        "--inject: the dump in %s was made with another input '%s': its md5 is %s, that of the data is "
        "%s; give --data what the dump was made with, or the dump's --seed",
        folder_.c_str(), info.name, manifest_.input_md5[i].c_str(), actual.data());
  }
  return Status::Ok();
}

Status InjectInputs::ReadTensor(const Model& model, int32_t tensor, String* path) {
  const Producer producer = producer_[static_cast<size_t>(tensor)];
  const TensorInfo info = model.tensor(tensor);
  const String what = String("layer '") + model.layer(producer.layer).name + "'";
  read_.resize(static_cast<size_t>(info.bytes));
  if (!manifest_.packed.empty()) {
    *path = folder_ + "/" + manifest_.packed;
    return ReadPart(*path, manifest_.tensors[static_cast<size_t>(tensor)].offset, read_.data(), info.bytes, what);
  }
  *path = folder_ + "/" + DumpOutputStem(model, producer.layer, producer.output) + DumpShape(info);
  return ReadExactly(*path, read_.data(), info.bytes, what);
}

Status InjectInputs::BeforeLayer(Session& session, int32_t layer) {
  const Model& model = session.model();
  for (int32_t i = 0; i < model.layer(layer).input_count; ++i) {
    const int32_t tensor = model.layer_input_tensor(layer, i);
    const Producer producer = producer_[static_cast<size_t>(tensor)];
    TensorRows rows = session.layer_input_rows(layer, i);
    if (producer.input >= 0) rows.CopyFrom(inputs_[static_cast<size_t>(producer.input)].data());
    const bool packed = !manifest_.packed.empty();
    if (producer.layer < 0 || (packed && !manifest_.tensors[static_cast<size_t>(tensor)].listed)) continue;
    String path;
    LOCKSTEP_RETURN_IF_ERROR(ReadTensor(model, tensor, &path));
    LOCKSTEP_RETURN_IF_ERROR(CheckBits(model.tensor(tensor), read_, path));
    // What is injected into a part is seen in the whole, and the other way round; both come from one run.
    rows.CopyFrom(read_.data());
    const String& expected = manifest_.tensors[static_cast<size_t>(tensor)].md5;
    if (expected.empty()) continue;
    const Md5Text actual = ToText(Md5Of(rows));
    if (expected == actual.data()) continue;
    return Status::Error(StatusCode::kUnreadable,
                         "%s: is damaged: its md5 is %s, but the manifest has %s; dump the model again", path.c_str(),
                         actual.data(), expected.c_str());
  }
  return Status::Ok();
}

Status InjectInputs::AfterLayer(Session& session, int32_t layer) {
  const Model& model = session.model();
  for (int32_t i = 0; i < model.output_count(); ++i) {
    List<uint8_t>& kept = outputs_[static_cast<size_t>(i)];
    const Producer producer = producer_[static_cast<size_t>(model.output_tensor(i))];
    if (producer.layer == layer) session.layer_output_rows(layer, producer.output).CopyTo(kept.data());
  }
  return Status::Ok();
}

}  // namespace lockstep
