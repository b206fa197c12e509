// What is in a joint model.
#include <algorithm>
#include <cctype>
#include <map>
#include <numeric>

#include "check/views.h"
#include "graph/error.h"
#include "info/model_info.h"
#include "lockstep/md5.h"
#include "lower/lower.h"

namespace lockstep::info {
namespace {

using nlohmann::ordered_json;

const joint::Tensor& TensorAt(const joint::Model& model, int index) {
  return *model.tensors()->Get(static_cast<flatbuffers::uoffset_t>(index));
}

// As manifests of dumps and settings spell it: "u8", "letterbox".
std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

ordered_json AxesOf(const joint::Tensor& tensor) {
  std::vector<int> axes(tensor.shape()->size());
  std::iota(axes.begin(), axes.end(), 0);
  if (tensor.axes() != nullptr) axes.assign(tensor.axes()->begin(), tensor.axes()->end());
  return axes;
}

// The keys of a layer in a dump's manifest, and their values.
ordered_json DescribeTensor(const joint::Tensor& tensor) {
  ordered_json json = {{"name", tensor.name()->str()},
                       {"dtype", Lower(joint::EnumNameDType(tensor.dtype()))},
                       {"shape", std::vector<int>(tensor.shape()->begin(), tensor.shape()->end())},
                       {"axes", AxesOf(tensor)},
                       {"scale", 1.0},
                       {"zero_point", 0},
                       {"bytes", tensor.bytes()}};
  const joint::Quantization* quantization = tensor.quantization();
  if (quantization == nullptr || quantization->scale() == nullptr) return json;
  json["bits"] = quantization->bits();
  const auto& scales = *quantization->scale();
  if (scales.size() == 1) {
    json["scale"] = scales.Get(0);
  } else {
    json["scale"] = std::vector<float>(scales.begin(), scales.end());
  }
  const auto* zero_points = quantization->zero_point();
  // The channels of an activation have one; those of weights are 0.
  if (zero_points != nullptr && zero_points->size() != 0) json["zero_point"] = zero_points->Get(0);
  return json;
}

ordered_json DescribeInput(const joint::Model& model, const joint::InputSpec& spec) {
  ordered_json json = DescribeTensor(TensorAt(model, spec.tensor()));
  json["kind"] = Lower(joint::EnumNameInputKind(spec.kind()));
  if (spec.kind() != joint::InputKind::Picture) return json;
  json["color"] = joint::EnumNameColor(spec.color());
  json["resize"] = Lower(joint::EnumNameResizeMode(spec.resize()));
  return json;
}

struct Lifetime {
  int first = -1;  // the layer that makes it
  int last = -1;   // the last layer that reads it
};

// Inputs live from the first layer on, outputs up to the last one.
std::vector<Lifetime> LifetimesOf(const joint::Model& model) {
  std::vector<Lifetime> lifetimes(model.tensors()->size());
  const auto of = [&](int tensor) -> Lifetime& { return lifetimes[static_cast<size_t>(tensor)]; };
  for (const joint::InputSpec* input : *model.inputs()) of(input->tensor()) = {0, 0};
  int index = 0;
  for (const joint::Layer* layer : *model.layers()) {
    for (const int tensor : *layer->inputs()) of(tensor).last = index;
    for (const int tensor : *layer->outputs()) of(tensor) = {index, index};
    ++index;
  }
  for (const joint::OutputSpec* output : *model.outputs()) of(output->tensor()).last = index - 1;
  return lifetimes;
}

// By tensor the one whose memory it lies in: itself, unless it is a view.
std::vector<int> RootsOf(const joint::Model& model) {
  Array<int32_t> roots;
  const Status status = FindRoots(model, &roots);
  if (!status.ok()) throw BadInput(model.name()->str() + ": " + status.message());
  return {roots.begin(), roots.end()};
}

ordered_json DescribeTensors(const joint::Model& model, const std::vector<Lifetime>& lifetimes,
                             const std::vector<int>& roots) {
  ordered_json list = ordered_json::array();
  for (size_t i = 0; i < lifetimes.size(); ++i) {
    const joint::Tensor& tensor = TensorAt(model, static_cast<int>(i));
    ordered_json json = {{"index", i}};
    json.update(DescribeTensor(tensor));
    json["constant"] = tensor.constant() >= 0;
    if (tensor.arena_offset() >= 0) {
      json["arena_offset"] = tensor.arena_offset();
      json["first_layer"] = lifetimes[i].first;
      json["last_layer"] = lifetimes[i].last;
      if (tensor.strides() != nullptr) {
        json["strides"] = std::vector<int>(tensor.strides()->begin(), tensor.strides()->end());
      }
      if (roots[i] != static_cast<int>(i)) json["view_of"] = roots[i];
    }
    list.push_back(std::move(json));
  }
  return list;
}

// Memory that is needed from one layer to another: a tensor with all that lies in it, by the tensors' positions.
ordered_json DescribeBlocks(const joint::Model& model, const std::vector<Lifetime>& lifetimes,
                            const std::vector<int>& roots) {
  std::map<int, Lifetime> blocks;  // by root
  for (size_t i = 0; i < lifetimes.size(); ++i) {
    if (TensorAt(model, static_cast<int>(i)).arena_offset() < 0 || lifetimes[i].last < 0) continue;
    Lifetime& block = blocks.try_emplace(roots[i], lifetimes[i]).first->second;
    block.first = std::min(block.first, lifetimes[i].first);
    block.last = std::max(block.last, lifetimes[i].last);
  }
  ordered_json list = ordered_json::array();
  for (const auto& [root, block] : blocks) {
    const joint::Tensor& tensor = TensorAt(model, root);
    list.push_back({{"tensor", root},
                    {"name", tensor.name()->str()},
                    {"arena_offset", tensor.arena_offset()},
                    {"bytes", tensor.bytes()},
                    {"first_layer", block.first},
                    {"last_layer", block.last}});
  }
  return list;
}

// Who reads what a layer made, or what the network was given (`from` is null then), in the order of the readers.
ordered_json DescribeEdges(const joint::Model& model) {
  std::map<int, int> makers;  // by tensor
  ordered_json list = ordered_json::array();
  int index = 0;
  for (const joint::Layer* layer : *model.layers()) {
    for (const int tensor : *layer->inputs()) {
      if (TensorAt(model, tensor).constant() >= 0) continue;
      const auto maker = makers.find(tensor);
      list.push_back({{"from", maker == makers.end() ? ordered_json(nullptr) : ordered_json(maker->second)},
                      {"to", index},
                      {"tensor", tensor}});
    }
    for (const int tensor : *layer->outputs()) makers[tensor] = index;
    ++index;
  }
  return list;
}

ordered_json DescribeLayers(const joint::Model& model) {
  ordered_json list = ordered_json::array();
  for (const joint::Layer* layer : *model.layers()) {
    const joint::Tensor& output = TensorAt(model, layer->outputs()->Get(0));
    ordered_json onnx_nodes = ordered_json::array();
    if (layer->onnx_nodes() != nullptr) {
      for (const auto* node : *layer->onnx_nodes()) onnx_nodes.push_back(node->str());
    }
    list.push_back({{"index", list.size()},
                    {"name", layer->name()->str()},
                    {"op", joint::EnumNameOptions(layer->options_type())},
                    {"version", layer->version()},
                    {"inputs", std::vector<int>(layer->inputs()->begin(), layer->inputs()->end())},
                    {"outputs", std::vector<int>(layer->outputs()->begin(), layer->outputs()->end())},
                    {"dtype", Lower(joint::EnumNameDType(output.dtype()))},
                    {"shape", std::vector<int>(output.shape()->begin(), output.shape()->end())},
                    {"macs", layer->macs()},
                    {"tensor", output.name()->str()},
                    {"onnx_nodes", std::move(onnx_nodes)}});
  }
  return list;
}

}  // namespace

ordered_json DescribeJointModel(const joint::Model& model, size_t file_bytes, bool layers) {
  const lower::ModelSummary summary = lower::Summarize(model);
  ordered_json json = {
      {"kind", "joint model"},
      {"name", model.name()->str()},
      {"format_version", model.format_version()},
      {"contract", model.contract()->str()},
      {"compiler_version", model.compiler_version()->str()},
      {"digest", ToText(model.digest()->bytes()->data()).data()},
      {"source_digest", model.source_digest() != nullptr ? model.source_digest()->str() : ""},
      {"calibration_digest", model.calibration_digest() != nullptr ? model.calibration_digest()->str() : ""},
      {"file_bytes", file_bytes},
      {"macs", summary.macs},
      {"layer_count", summary.layers},
      {"weight_bytes", summary.weight_bytes},
      {"constant_bytes", summary.constant_bytes},
      {"arena_bytes", summary.arena_bytes},
      {"arena_lower_bound", summary.arena_lower_bound},
      {"arena_bytes_by_rows", model.row_plan() != nullptr ? model.row_plan()->arena_size() : summary.arena_bytes},
      {"test_vectors", model.test_vectors() != nullptr ? model.test_vectors()->size() : 0}};
  json["inputs"] = ordered_json::array();
  for (const joint::InputSpec* spec : *model.inputs()) json["inputs"].push_back(DescribeInput(model, *spec));
  json["outputs"] = ordered_json::array();
  for (const joint::OutputSpec* spec : *model.outputs()) {
    json["outputs"].push_back(DescribeTensor(TensorAt(model, spec->tensor())));
  }
  std::map<std::string, int> operators;
  for (const joint::Layer* layer : *model.layers()) ++operators[joint::EnumNameOptions(layer->options_type())];
  json["operators"] = operators;
  if (!layers) return json;
  json["layers"] = DescribeLayers(model);
  const std::vector<Lifetime> lifetimes = LifetimesOf(model);
  const std::vector<int> roots = RootsOf(model);
  json["tensors"] = DescribeTensors(model, lifetimes, roots);
  json["blocks"] = DescribeBlocks(model, lifetimes, roots);
  json["edges"] = DescribeEdges(model);
  return json;
}

}  // namespace lockstep::info
