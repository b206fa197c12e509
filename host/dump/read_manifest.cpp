// A manifest comes from outside: every field is checked here, and what is read later is what it says.
#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>
#include <type_traits>
#include <utility>

#include "dump/dump.h"
#include "dump/manifest_format.h"
#include "files/output_file.h"
#include "graph/error.h"
#include "graph/quoted.h"
#include "report/json_text.h"

namespace lockstep::dump {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

constexpr size_t kMostAxes = 16;
constexpr int64_t kMostElements = int64_t{1} << 40;

// The fields of one JSON object; messages begin with `where`.
class Fields {
 public:
  Fields(const ordered_json& json, std::string where) : json_(json), where_(std::move(where)) {
    if (!json.is_object()) Fail("is no JSON object");
  }

  [[noreturn]] void Fail(const std::string& what) const { throw BadInput(where_ + what + "; dump again"); }

  template <typename Value>
  Value Required(const char* key) const {
    if (!json_.contains(key)) Fail(std::string(key) + " is missing");
    return Convert<Value>(json_.at(key), key);
  }

  template <typename Value>
  Value Optional(const char* key, Value otherwise) const {
    return json_.contains(key) ? Convert<Value>(json_.at(key), key) : otherwise;
  }

  template <typename Element>
  std::vector<Element> List(const char* key) const {
    std::vector<Element> list;
    const ordered_json& json = json_.contains(key) ? json_.at(key) : ordered_json::array();
    if (!json.is_array()) Fail(std::string(key) + " is no list");
    for (const ordered_json& element : json) list.push_back(Convert<Element>(element, key));
    return list;
  }

 private:
  template <typename Value>
  Value Convert(const ordered_json& json, const char* key) const {
    if constexpr (std::is_same_v<Value, std::string>) {
      if (json.is_string()) return json.get<std::string>();
    } else if constexpr (std::is_same_v<Value, bool>) {
      if (json.is_boolean()) return json.get<bool>();
    } else if constexpr (std::is_same_v<Value, float>) {
      if (json.is_number()) return json.get<float>();
    } else {
      // Unsigned numbers above the signed ones' range would turn negative.
      if (json.is_number_unsigned() && json.get<uint64_t>() <= uint64_t{INT64_MAX}) return json.get<int64_t>();
      if (json.is_number_integer() && !json.is_number_unsigned()) return json.get<int64_t>();
    }
    Fail(std::string(key) + " is " + graph::Quoted(report::JsonText(json)));
  }

  const ordered_json& json_;
  std::string where_;
};

void CheckShape(const Fields& fields, const DumpLayer& layer) {
  if (layer.shape.size() > kMostAxes) fields.Fail("shape has " + std::to_string(layer.shape.size()) + " axes");
  int64_t product = 1;  // of the extents that are not 0: strides are made of them
  for (const int64_t extent : layer.shape) {
    const int64_t factor = std::max<int64_t>(1, extent);
    if (extent < 0 || factor > kMostElements / product) fields.Fail("shape is not valid");
    product *= factor;
  }
  if (static_cast<uint64_t>(layer.Elements()) * DTypeBytes(layer.dtype) != layer.bytes) {
    fields.Fail("bytes do not agree with shape and dtype");
  }
}

std::vector<int> ReadAxes(const Fields& fields, size_t rank) {
  const std::vector<int64_t> given = fields.List<int64_t>("axes");
  if (given.empty()) return {};
  if (given.size() != rank) fields.Fail("axes and shape have different lengths");
  std::vector<int64_t> onnx_order(rank);
  std::iota(onnx_order.begin(), onnx_order.end(), 0);
  if (!std::is_permutation(given.begin(), given.end(), onnx_order.begin())) fields.Fail("axes are no permutation");
  if (given == onnx_order) return {};
  return {given.begin(), given.end()};
}

void CheckFile(const Fields& fields, const std::string& file) {
  const bool plain = fs::path(file).filename() == fs::path(file) && file != "." && file != ".." &&
                     file.find('\0') == std::string::npos;
  if (!file.empty() && !plain) fields.Fail("file must lie in the dump's folder, " + graph::Quoted(file) + " does not");
}

void CheckMd5(const Fields& fields, const std::string& md5) {
  constexpr size_t kDigits = 32;
  if (md5.size() != kDigits || md5.find_first_not_of("0123456789abcdef") != std::string::npos) {
    fields.Fail("md5 is " + graph::Quoted(md5) + ", not 32 hexadecimal digits");
  }
}

// In float32, where it comes from: the runtime writes as many digits as that needs.
void ReadScale(const Fields& fields, const ordered_json& json, DumpLayer& layer) {
  const bool list = json.contains("scale") && json.at("scale").is_array();
  const std::vector<float> scales =
      list ? fields.List<float>("scale") : std::vector<float>{fields.Optional<float>("scale", 0.0F)};
  for (const float scale : scales) {
    if (!std::isfinite(scale) || scale < 0.0F) fields.Fail("scale is not a finite number of at least 0");
  }
  const bool fits = !list || (!scales.empty() && !layer.shape.empty() && layer.dtype != kFloat &&
                              static_cast<int64_t>(scales.size()) == layer.shape.back());
  if (!fits) fields.Fail("scale is a list, and not one number for each index of the last axis");
  if (layer.dtype == kFloat) return;
  layer.scale = scales[0];
  if (list) layer.channel_scales.assign(scales.begin(), scales.end());
}

std::vector<DumpedInput> ReadInputs(const ordered_json& json, const Fields& layer, const std::string& where) {
  std::vector<DumpedInput> inputs;
  if (!json.contains("inputs")) return inputs;
  if (!json.at("inputs").is_array()) layer.Fail("inputs is no list");
  for (const ordered_json& element : json.at("inputs")) {
    const Fields fields(element, where + ", input " + std::to_string(inputs.size()) + ": ");
    inputs.push_back({fields.Optional<std::string>("tensor", ""), fields.Required<std::string>("md5")});
    CheckMd5(fields, inputs.back().md5);
  }
  return inputs;
}

DumpLayer ReadLayer(const ordered_json& json, const std::string& path, size_t position) {
  const Fields unnamed(json, path + ", layer " + std::to_string(position) + " of the list: ");
  DumpLayer layer;
  layer.name = unnamed.Required<std::string>("name");
  const Fields fields(json, path + ", layer " + graph::Quoted(layer.name) + ": ");
  const auto index = fields.Required<int64_t>("index");
  if (index < 0 || index > INT32_MAX) fields.Fail("index is " + std::to_string(index));
  layer.index = static_cast<int>(index);
  layer.op = fields.Required<std::string>("op");
  layer.onnx_nodes = fields.List<std::string>("onnx_nodes");
  const auto output = fields.Optional<int64_t>("output", -1);
  if (output < -1 || output > INT32_MAX) fields.Fail("output is " + std::to_string(output));
  layer.output = static_cast<int>(output);
  layer.tensor = fields.Optional<std::string>("tensor", "");
  layer.dtype = fields.Required<std::string>("dtype");
  if (!IsDType(layer.dtype)) fields.Fail("dtype is " + graph::Quoted(layer.dtype) + ", which is unknown");
  layer.shape = fields.List<int64_t>("shape");
  const auto bytes = fields.Required<int64_t>("bytes");
  if (bytes < 0) fields.Fail("bytes is negative");
  layer.bytes = static_cast<uint64_t>(bytes);
  CheckShape(fields, layer);
  layer.axes = ReadAxes(fields, layer.shape.size());
  ReadScale(fields, json, layer);
  layer.zero_point = fields.Optional<int64_t>("zero_point", 0);
  layer.md5 = fields.Required<std::string>("md5");
  CheckMd5(fields, layer.md5);
  layer.file = fields.Optional<std::string>("file", "");
  CheckFile(fields, layer.file);
  layer.inputs = ReadInputs(json, fields, path + ", layer " + graph::Quoted(layer.name));
  return layer;
}

// A layer that is there twice would be counted twice, and hide one that is missing.
void RefuseRepeatedLayers(const std::string& path, const std::vector<DumpLayer>& layers) {
  std::set<std::pair<int, int>> seen;
  std::map<std::string, std::string> owners;  // of files
  for (const DumpLayer& layer : layers) {
    if (!seen.insert(layer.Place()).second) {
      throw BadInput(path + ": the layer " + std::to_string(layer.index) + " " + graph::Quoted(layer.name) +
                     " is listed twice; dump again");
    }
    if (layer.file.empty()) continue;
    const auto [owner, is_new] = owners.emplace(layer.file, layer.name);
    if (!is_new) {
      throw BadInput(path + ": the layers " + graph::Quoted(owner->second) + " and " + graph::Quoted(layer.name) +
                     " have one file, " + graph::Quoted(layer.file) + "; dump again");
    }
  }
}

ordered_json ParseManifest(const fs::path& path) {
  const std::vector<uint8_t> text = files::ReadFile(path);
  try {
    return report::ParseJson(text, path.string());
  } catch (const UsageError& error) {
    throw BadInput(error.what());
  }
}

}  // namespace

Manifest ReadManifest(const fs::path& folder) {
  const fs::path path = folder / kManifestName;
  if (fs::is_regular_file(folder)) {
    throw UsageError(folder.string() +
                     " is a file, here a dump's folder is needed; `lockstep run MODEL MODEL` compares two models");
  }
  if (!fs::exists(path))
    throw BadInput("no dump in " + folder.string() + ": it has no manifest.json; name a dump's folder");
  const ordered_json json = ParseManifest(path);
  const Fields fields(json, path.string() + ": ");
  if (const auto format = fields.Required<int64_t>("format"); format != kDumpFormat) {
    throw BadInput(path.string() + ": dump format " + std::to_string(format) + " is unknown, this program reads " +
                   std::to_string(kDumpFormat) + "; dump again with programs of one version");
  }
  Manifest manifest;
  manifest.producer = fields.Required<std::string>("producer");
  manifest.model = fields.Optional<std::string>("model", "");
  manifest.model_digest = fields.Optional<std::string>("model_digest", "");
  manifest.contract = fields.Optional<std::string>("contract", "");
  manifest.target = fields.Optional<std::string>("target", "");
  manifest.input_md5 = fields.List<std::string>("input_md5");
  for (const std::string& md5 : manifest.input_md5) CheckMd5(fields, md5);
  manifest.restricted = fields.Optional<bool>("restricted", false);
  if (!json.contains("layers") || !json.at("layers").is_array()) fields.Fail("layers is no list");
  for (const ordered_json& layer : json.at("layers")) {
    manifest.layers.push_back(ReadLayer(layer, path.string(), manifest.layers.size()));
  }
  RefuseRepeatedLayers(path.string(), manifest.layers);
  return manifest;
}

}  // namespace lockstep::dump
