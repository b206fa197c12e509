#include "dump/dump.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <numeric>
#include <utility>

#include "dump/manifest_format.h"
#include "files/digest.h"
#include "files/output_file.h"
#include "graph/error.h"
#include "lockstep/md5.h"
#include "report/json_text.h"

namespace lockstep::dump {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

struct DTypeText {
  joint::DType dtype;
  const char* name;
  size_t bytes;
};
constexpr std::array<DTypeText, 8> kDTypes = {{{joint::DType::U8, "u8", 1},
                                               {joint::DType::U16, "u16", 2},
                                               {joint::DType::S8, "s8", 1},
                                               {joint::DType::S16, "s16", 2},
                                               {joint::DType::S32, "s32", 4},
                                               {joint::DType::S64, "s64", 8},
                                               {joint::DType::F32, "f32", 4},
                                               {joint::DType::BOOL, "bool", 1}}};

std::vector<int> OnnxOrder(const DumpLayer& layer) {
  std::vector<int> axes(layer.shape.size());
  std::iota(axes.begin(), axes.end(), 0);
  return axes;
}

// As the runtime writes it: every axis, and a scale of 1 for what has none.
ordered_json ToJson(const DumpLayer& layer) {
  ordered_json json = {
      {"index", layer.index}, {"name", layer.name}, {"op", layer.op}, {"onnx_nodes", layer.onnx_nodes}};
  if (layer.output >= 0) json["output"] = layer.output;
  json.update({{"tensor", layer.tensor},
               {"dtype", layer.dtype},
               {"shape", layer.shape},
               {"axes", layer.axes},
               {"scale", layer.scale},
               {"zero_point", layer.zero_point},
               {"bytes", layer.bytes},
               {"md5", layer.md5}});
  if (layer.axes.empty()) json["axes"] = OnnxOrder(layer);
  if (layer.dtype == kFloat) json["scale"] = 1.0;
  if (!layer.channel_scales.empty()) json["scale"] = layer.channel_scales;
  if (!layer.file.empty()) json["file"] = layer.file;
  return json;
}

}  // namespace

std::string PlainName(const std::string& name) {
  std::string plain;
  constexpr size_t kMostCharacters = 128;  // as in runtime/base/dump_name.cpp
  for (const char c : name.substr(0, kMostCharacters)) {
    plain += std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' ? c : '_';
  }
  return plain;
}

std::string DumpFileName(const DumpLayer& layer) {
  std::array<char, 16> number{};
  std::snprintf(number.data(), number.size(), "%04d", layer.index);
  std::string name = std::string(number.data()) + "_" + PlainName(layer.name);
  if (layer.output >= 0) name += "_output" + std::to_string(layer.output);
  name += "_shape";
  for (const int64_t extent : layer.shape) name += "_" + std::to_string(extent);
  return name + ".bin";
}

std::vector<uint8_t> ReadDumpLayer(const fs::path& folder, const DumpLayer& layer) {
  const fs::path path = folder / layer.file;
  std::vector<uint8_t> bytes = files::ReadFile(path);
  if (bytes.size() != layer.bytes) {
    throw BadInput(path.string() + " has " + std::to_string(bytes.size()) + " bytes, the manifest says " +
                   std::to_string(layer.bytes) + "; dump again");
  }
  if (files::Md5Hex(bytes.data(), bytes.size()) != layer.md5) {
    throw BadInput(path.string() + ": the md5 is not the one in the manifest; the file was changed, dump again");
  }
  return bytes;
}

DumpWriter::DumpWriter(fs::path folder, Manifest head, const DumpOptions& options)
    : folder_(std::move(folder)), manifest_(std::move(head)), options_(options) {
  try {
    filter_ = std::regex(options.layers);
  } catch (const std::regex_error& error) {
    throw UsageError("the layer expression \"" + options.layers + "\" is not valid: " + error.what());
  }
  made_.Make(folder_);
  std::error_code error;
  fs::remove(folder_ / kManifestName, error);
  for (const auto& entry : fs::directory_iterator(folder_)) {
    const std::string name = entry.path().filename().string();
    const bool ours = name.size() > 8 && name.find("_shape") != std::string::npos && entry.path().extension() == ".bin";
    if (ours) fs::remove(entry.path(), error);
  }
}

void DumpWriter::SetInputs(const std::vector<std::vector<uint8_t>>& inputs) {
  manifest_.input_md5.clear();
  for (const std::vector<uint8_t>& input : inputs)
    manifest_.input_md5.push_back(files::Md5Hex(input.data(), input.size()));
}

void DumpWriter::Add(DumpLayer layer, const void* data, size_t size) {
  if (!options_.layers.empty() && !std::regex_search(layer.name, filter_)) return;
  layer.bytes = size;
  layer.md5 = files::Md5Hex(data, size);
  if (!options_.digests_only) {
    layer.file = DumpFileName(layer);
    files::WriteFile(folder_ / layer.file, data, size);
  }
  manifest_.layers.push_back(std::move(layer));
}

void DumpWriter::Finish() {
  ordered_json layers = ordered_json::array();
  for (const DumpLayer& layer : manifest_.layers) layers.push_back(ToJson(layer));
  ordered_json json = {{"format", kDumpFormat},          {"producer", manifest_.producer},
                       {"model", manifest_.model},       {"model_digest", manifest_.model_digest},
                       {"contract", manifest_.contract}, {"target", manifest_.target}};
  if (!manifest_.input_md5.empty()) json["input_md5"] = manifest_.input_md5;
  if (!options_.layers.empty()) json["restricted"] = true;
  json["layers"] = std::move(layers);
  files::WriteFile(folder_ / kManifestName, report::JsonText(json, 1));
}

Manifest DescribeModel(const joint::Model& model, const std::string& producer, const std::string& target) {
  Manifest manifest;
  manifest.producer = producer;
  manifest.model = model.name()->str();
  manifest.model_digest = ToText(model.digest()->bytes()->data()).data();
  manifest.contract = model.contract()->str();
  manifest.target = target;
  return manifest;
}

DumpLayer DescribeTensor(const joint::Tensor& tensor) {
  DumpLayer description;
  description.tensor = tensor.name()->str();
  description.dtype = DTypeName(tensor.dtype());
  description.shape.assign(tensor.shape()->begin(), tensor.shape()->end());
  if (tensor.axes() != nullptr) description.axes.assign(tensor.axes()->begin(), tensor.axes()->end());
  if (const auto* quantization = tensor.quantization();
      quantization != nullptr && quantization->scale() != nullptr && quantization->scale()->size() != 0) {
    description.scale = quantization->scale()->Get(0);
    const bool activation = tensor.dtype() == joint::DType::U8 || tensor.dtype() == joint::DType::U16;
    if (activation && quantization->axis() >= 0) {
      description.channel_scales.assign(quantization->scale()->begin(), quantization->scale()->end());
    }
    if (quantization->zero_point() != nullptr && quantization->zero_point()->size() != 0) {
      description.zero_point = quantization->zero_point()->Get(0);
    }
  } else if (description.HoldsIntegers()) {
    description.scale = 1.0;
  }
  return description;
}

DumpLayer DescribeLayer(int index, int output_index, const joint::Layer& layer, const joint::Tensor& output) {
  DumpLayer description = DescribeTensor(output);
  description.index = index;
  if (layer.outputs()->size() > 1) description.output = output_index;
  description.name = layer.name()->str();
  description.op = joint::EnumNameOptions(layer.options_type());
  if (layer.onnx_nodes() != nullptr) {
    for (const auto* node : *layer.onnx_nodes()) description.onnx_nodes.push_back(node->str());
  }
  return description;
}

std::string DTypeName(joint::DType dtype) {
  for (const DTypeText& entry : kDTypes) {
    if (entry.dtype == dtype) return entry.name;
  }
  return "?";
}

bool IsDType(const std::string& dtype) {
  return std::any_of(kDTypes.begin(), kDTypes.end(), [&](const DTypeText& entry) { return dtype == entry.name; });
}

size_t DTypeBytes(const std::string& dtype) {
  for (const DTypeText& entry : kDTypes) {
    if (dtype == entry.name) return entry.bytes;
  }
  throw BadInput("the element type \"" + dtype +
                 "\" of a dump is unknown; it must be one of u8 u16 s8 s16 s32 s64 f32");
}

}  // namespace lockstep::dump
