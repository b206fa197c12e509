#include "probe/dump_writer.h"

#include <unistd.h>

#include "base/dump_name.h"
#include "base/json_text.h"
#include "lockstep/md5.h"
#include "probe/json_number.h"

namespace lockstep {
namespace {

constexpr int kOutputsOnly = 1;
constexpr int kWithInputs = 3;

String Axes(const TensorInfo& info) {
  String json = "[";
  for (int32_t i = 0; i < info.rank; ++i) {
    if (i != 0) json += ',';
    json += Decimal(info.axes != nullptr ? info.axes[i] : i);
  }
  return json + ']';
}

// A list where each channel has one.
String Scale(const TensorInfo& info) {
  if (info.channel_scales == nullptr) return JsonNumber(info.quantized ? info.scale : 1.0F);
  String json = "[";
  for (int32_t i = 0; i < info.shape[info.rank - 1]; ++i) {
    if (i != 0) json += ',';
    json += JsonNumber(info.channel_scales[i]);
  }
  return json + ']';
}

String InputDigests(Session& session) {
  String json = "[";
  for (int32_t i = 0; i < session.model().input_count(); ++i) {
    const Md5Digest digest = Md5Of(session.input(i), static_cast<size_t>(session.input_info(i).bytes));
    json += i == 0 ? "\"" : ",\"";
    json += ToText(digest).data();
    json += '"';
  }
  return json + ']';
}

String NodeNames(const Model& model, int32_t layer) {
  String json = "[";
  for (int32_t i = 0; i < model.layer(layer).onnx_node_count; ++i) {
    if (i != 0) json += ',';
    json += JsonString(model.onnx_node(layer, i));
  }
  return json + ']';
}

}  // namespace

DumpWriter::~DumpWriter() {
  if (has_filter_) regfree(&filter_);
}

Status DumpWriter::Prepare(const Model& model, const ProbeOptions& options) {
  if (options.dump_level < kOutputsOnly || options.dump_level > kWithInputs) {
    return Status::Error(StatusCode::kInvalidArgument, "dump level %d; give 1, 2 or 3", options.dump_level);
  }
  level_ = options.dump_level;
  md5_only_ = options.dump_md5_only;
  is_output_.assign(static_cast<size_t>(model.tensor_count()), false);
  for (int32_t i = 0; i < model.output_count(); ++i) is_output_[static_cast<size_t>(model.output_tensor(i))] = true;
  if (options.dump_layers == nullptr) return Status::Ok();
  const int error = regcomp(&filter_, options.dump_layers, REG_EXTENDED | REG_NOSUB);
  if (error != 0) {
    char text[128];
    regerror(error, &filter_, text, sizeof(text));
    return Status::Error(StatusCode::kInvalidArgument, "dump_layers: '%.64s' is no regular expression: %s",
                         options.dump_layers, text);
  }
  has_filter_ = true;
  for (int32_t layer = 0; layer < model.layer_count(); ++layer) {
    if (Selects(model, layer)) return Status::Ok();
  }
  return Status::Error(StatusCode::kInvalidArgument, "dump_layers: '%.64s' matches no layer of the model",
                       options.dump_layers);
}

bool DumpWriter::Selects(const Model& model, int32_t layer) const {
  if (has_filter_ && regexec(&filter_, model.layer(layer).name, 0, nullptr, 0) != 0) return false;
  for (int32_t i = 0; i < model.layer_output_count(layer); ++i) {
    if (SelectsOutput(model, layer, i)) return true;
  }
  return false;
}

bool DumpWriter::SelectsOutput(const Model& model, int32_t layer, int32_t i) const {
  return level_ != kOutputsOnly || is_output_[static_cast<size_t>(model.layer_output_tensor(layer, i))];
}

Status DumpWriter::Begin(Session& session, const String& folder) {
  const Model& model = session.model();
  LOCKSTEP_RETURN_IF_ERROR(MakeFolder(folder));
  folder_ = folder;
  first_ = true;
  const String path = folder + "/manifest.json";
  unlink(path.c_str());
  LOCKSTEP_RETURN_IF_ERROR(manifest_.Open(path));
  manifest_.Print(
      R"({"format":1,"producer":"runtime","model":%s,"model_digest":"%s","contract":%s,"target":%s,"input_md5":%s,%s"layers":[)",
      JsonString(model.name()).c_str(), ToText(model.digest()).data(), JsonString(model.contract()).c_str(),
      JsonString(TargetName()).c_str(), InputDigests(session).c_str(),
      has_filter_ || level_ == kOutputsOnly ? R"("restricted":true,)" : "");
  return Status::Ok();
}

Status DumpWriter::Tensor(const TensorInfo& info, const TensorRows& rows, const String& stem, String* json) {
  *json += R"("tensor":)" + JsonString(info.name) + R"(,"dtype":")" + DataTypeName(info.dtype) + R"(","shape":)" +
           JsonShape(info) + R"(,"axes":)" + Axes(info) + R"(,"scale":)" + Scale(info) + R"(,"zero_point":)" +
           Decimal(info.zero_point) + R"(,"bytes":)" + Decimal(info.bytes) + R"(,"md5":")" +
           ToText(Md5Of(rows)).data() + '"';
  if (md5_only_) return Status::Ok();
  const String file = stem + DumpShape(info);
  *json += R"(,"file":)" + JsonString(file.c_str());
  OutputFile output;
  LOCKSTEP_RETURN_IF_ERROR(output.Open(folder_ + "/" + file));
  rows.ForEach([&](const uint8_t* row, size_t bytes) { output.Write(row, bytes); });
  return output.Commit();
}

Status DumpWriter::Inputs(Session& session, int32_t layer) {
  const Model& model = session.model();
  inputs_.clear();
  if (level_ < kWithInputs || !Selects(model, layer)) return Status::Ok();
  for (int32_t i = 0; i < model.layer(layer).input_count; ++i) {
    if (model.is_constant(model.layer_input_tensor(layer, i))) continue;  // is in the model
    inputs_ += inputs_.empty() ? "{" : ",{";
    const String stem = DumpStem(model, layer) + "_input" + Decimal(i);
    LOCKSTEP_RETURN_IF_ERROR(
        Tensor(model.tensor(model.layer_input_tensor(layer, i)), session.layer_input_rows(layer, i), stem, &inputs_));
    inputs_ += '}';
  }
  return Status::Ok();
}

Status DumpWriter::Layer(Session& session, int32_t layer) {
  const Model& model = session.model();
  if (!Selects(model, layer)) return Status::Ok();
  for (int32_t i = 0; i < model.layer_output_count(layer); ++i) {
    if (SelectsOutput(model, layer, i)) LOCKSTEP_RETURN_IF_ERROR(Output(session, layer, i));
  }
  return Status::Ok();
}

Status DumpWriter::Output(Session& session, int32_t layer, int32_t i) {
  const Model& model = session.model();
  const LayerInfo info = model.layer(layer);
  String json = first_ ? "\n{" : ",\n{";
  first_ = false;
  json += R"("index":)" + Decimal(layer) + R"(,"name":)" + JsonString(info.name) + R"(,"op":")" + info.op +
          R"(","onnx_nodes":)" + NodeNames(model, layer) + ',';
  if (model.layer_output_count(layer) > 1) json += R"("output":)" + Decimal(i) + ',';
  LOCKSTEP_RETURN_IF_ERROR(Tensor(model.tensor(model.layer_output_tensor(layer, i)),
                                  session.layer_output_rows(layer, i), DumpOutputStem(model, layer, i), &json));
  if (level_ == kWithInputs) json += R"(,"inputs":[)" + inputs_ + ']';
  json += '}';
  manifest_.Write(json.data(), json.size());
  return Status::Ok();
}

Status DumpWriter::End() {
  manifest_.Print("\n]}\n");
  return manifest_.Commit();
}

}  // namespace lockstep
