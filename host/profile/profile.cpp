#include "profile/profile.h"

#include <algorithm>
#include <cmath>

#include "files/output_file.h"
#include "graph/error.h"
#include "joint_generated.h"
#include "report/json_text.h"

namespace lockstep::profile {
namespace {

using nlohmann::ordered_json;

constexpr size_t kMostLayers = 1 << 20;

[[noreturn]] void Wrong(const std::string& source, const std::string& key, const char* wanted) {
  throw BadInput(source + " is no profile: '" + key + "' " + wanted);
}

const ordered_json& Member(const ordered_json& json, const char* key, const std::string& source) {
  if (!json.is_object() || !json.contains(key)) Wrong(source, key, "is missing");
  return json.at(key);
}

std::string Text(const ordered_json& json, const char* key, const std::string& source) {
  const ordered_json& value = Member(json, key, source);
  if (!value.is_string()) Wrong(source, key, "must be text");
  auto text = value.get<std::string>();
  // A terminal would take these for commands.
  const auto is_control = [](unsigned char c) { return c < ' ' || c == 0x7f; };
  if (std::any_of(text.begin(), text.end(), is_control)) Wrong(source, key, "has control characters");
  return text;
}

uint64_t Whole(const ordered_json& json, const char* key, const std::string& source) {
  const ordered_json& value = Member(json, key, source);
  if (!value.is_number_unsigned()) Wrong(source, key, "must be a whole number");
  return value.get<uint64_t>();
}

double Number(const ordered_json& json, const char* key, const std::string& source) {
  const ordered_json& value = Member(json, key, source);
  if (!value.is_number() || !std::isfinite(value.get<double>()) || value.get<double>() < 0) {
    Wrong(source, key, "must be a number of 0 or more");
  }
  return value.get<double>();
}

LayerProfile ReadLayer(const ordered_json& json, size_t index, const std::string& source) {
  LayerProfile layer;
  if (Whole(json, "index", source) != index) Wrong(source, "index", "must count the layers");
  layer.index = static_cast<int>(index);
  layer.name = Text(json, "name", source);
  layer.op = Text(json, "op", source);
  layer.kernel = Text(json, "kernel", source);
  layer.min_ms = Number(json, "min_ms", source);
  layer.avg_ms = Number(json, "avg_ms", source);
  layer.max_ms = Number(json, "max_ms", source);
  layer.macs = Whole(json, "macs", source);
  layer.bytes = Whole(json, "bytes", source);
  if (json.contains("instructions") && !json.at("instructions").is_null()) {
    layer.instructions = Whole(json, "instructions", source);
  }
  if (!json.contains("onnx_nodes")) return layer;
  for (const ordered_json& node : json.at("onnx_nodes")) {
    layer.onnx_nodes.push_back(Text({{"onnx_nodes", node}}, "onnx_nodes", source));
  }
  return layer;
}

}  // namespace

Measure MeasureOf(const Profile& profile) {
  return profile.counted() ? Measure::kInstructions : Measure::kMilliseconds;
}

const char* MeasureName(Measure measure) { return measure == Measure::kInstructions ? "instructions" : "avg_ms"; }

double CostOf(const LayerProfile& layer, Measure measure) {
  return measure == Measure::kInstructions ? static_cast<double>(layer.instructions.value_or(0)) : layer.avg_ms;
}

double TotalCost(const Profile& profile, Measure measure) {
  double sum = 0;
  for (const LayerProfile& layer : profile.layers) sum += CostOf(layer, measure);
  return sum;
}

Profile ReadProfile(const ordered_json& json, const std::string& source) {
  constexpr uint64_t kFormat = 1;
  constexpr uint64_t kMostThreads = 1024;
  if (Whole(json, "format", source) != kFormat) Wrong(source, "format", "must be 1; use the lockstep that wrote it");
  Profile profile;
  profile.board = json.contains("board") ? Text(json, "board", source) : "";
  profile.model = Text(json, "model", source);
  profile.model_digest = Text(json, "model_digest", source);
  profile.target = Text(json, "target", source);
  profile.version = Text(json, "version", source);
  if (!Member(json, "emulator", source).is_null()) profile.emulator = Text(json, "emulator", source);
  const uint64_t threads = Whole(json, "threads", source);
  if (threads < 1 || threads > kMostThreads) Wrong(source, "threads", "must be 1 to 1024");
  profile.threads = static_cast<int>(threads);
  profile.runs = Whole(json, "runs", source);
  profile.profiling_percent = Number(json, "profiling_percent", source);
  const ordered_json& layers = Member(json, "layers", source);
  if (!layers.is_array() || layers.empty() || layers.size() > kMostLayers) {
    Wrong(source, "layers", "must be a list of layers");
  }
  for (const ordered_json& layer : layers) profile.layers.push_back(ReadLayer(layer, profile.layers.size(), source));
  for (const LayerProfile& layer : profile.layers) {
    if (layer.instructions.has_value() != profile.counted()) Wrong(source, "instructions", "has gaps");
  }
  return profile;
}

Profile ReadProfileFile(const std::string& path) {
  files::RequireFile(path);
  const std::vector<uint8_t> bytes = files::ReadFile(path);
  constexpr size_t kHead = 8;  // that has the identifier
  if (bytes.size() >= kHead && joint::ModelBufferHasIdentifier(bytes.data())) {
    throw UsageError(path +
                     " is a joint model; two files are taken for profiles, as `lockstep profile --json` writes " +
                     "them: profile the model alone, with --board NAME, or give its profile in its place");
  }
  const ordered_json json = report::ParseJson(bytes, path);
  try {
    return ReadProfile(json, path);
  } catch (const BadInput& error) {
    throw BadInput(std::string(error.what()) + "; give what `lockstep profile --json` or run_joint_profile wrote");
  }
}

}  // namespace lockstep::profile
