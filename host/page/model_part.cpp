#include "page/model_part.h"

#include "graph/graph.h"
#include "page/memory_part.h"
#include "report/table.h"

namespace lockstep::page {
namespace {

std::string ShapeText(const Json& shape) { return graph::ToString(shape.get<graph::Shape>()); }

std::string TensorsText(const Json& tensors) {
  std::string text;
  for (const Json& tensor : tensors) {
    text += (text.empty() ? "" : ", ") + tensor.at("name").get<std::string>() + " " +
            tensor.at("dtype").get<std::string>() + " " + ShapeText(tensor.at("shape"));
  }
  return text;
}

std::string LevelsText(const Json& tensor) {
  if (!tensor.contains("bits")) return "";
  const Json& scale = tensor.at("scale");
  std::string text = std::to_string(tensor.at("bits").get<int>()) + " bits, ";
  if (scale.is_array()) return text + std::to_string(scale.size()) + " scales";
  return text + "scale " + report::ShortNumber(scale.get<double>()) + ", zero point " +
         std::to_string(tensor.at("zero_point").get<int64_t>());
}

// Bits of a value that is not quantised.
int BitsOfType(const std::string& dtype) {
  if (dtype == "f32" || dtype == "s32") return 32;
  if (dtype == "s64") return 64;
  return dtype == "u16" || dtype == "s16" ? 16 : 8;
}

Layer LayerOf(const Json& json, const Json& tensors) {
  Layer layer;
  layer.name = json.at("name").get<std::string>();
  layer.op = json.at("op").get<std::string>();
  layer.dtype = json.at("dtype").get<std::string>();
  layer.shape = json.at("shape").get<std::vector<int64_t>>();
  layer.tensor = json.at("tensor").get<std::string>();
  layer.onnx_nodes = json.at("onnx_nodes").get<std::vector<std::string>>();
  const Json& output = tensors.at(json.at("outputs").at(0).get<size_t>());
  layer.bits = output.value("bits", BitsOfType(layer.dtype));
  if (const std::string levels = LevelsText(output); !levels.empty()) layer.facts.emplace_back("levels", levels);
  for (const Json& input : json.at("inputs")) {
    const Json& tensor = tensors.at(input.get<size_t>());
    if (!tensor.at("constant").get<bool>()) continue;
    std::string text = tensor.at("dtype").get<std::string>() + " " + ShapeText(tensor.at("shape"));
    if (const std::string levels = LevelsText(tensor); !levels.empty()) text += ", " + levels;
    layer.facts.emplace_back("constant", text);
  }
  return layer;
}

void AddSizes(const Json& info, PageData& page) {
  const Json& layers = info.at("layers");
  const Json& tensors = info.at("tensors");
  std::vector<double> bits, macs, output, weights;
  for (size_t i = 0; i < layers.size(); ++i) {
    bits.push_back(page.layers[i].bits);
    macs.push_back(layers[i].at("macs").get<double>() / 1e6);
    double written = 0.0;
    for (const Json& index : layers[i].at("outputs"))
      written += tensors.at(index.get<size_t>()).at("bytes").get<double>();
    output.push_back(written);
    double constant = 0.0;
    for (const Json& index : layers[i].at("inputs")) {
      const Json& tensor = tensors.at(index.get<size_t>());
      if (tensor.at("constant").get<bool>()) constant += tensor.at("bytes").get<double>();
    }
    weights.push_back(constant);
  }
  const auto add = [&](const char* id, const char* title, const char* family, const char* unit, const char* explain,
                       std::vector<double> values) {
    Measure measure{id, title, "model", family, unit, explain};
    measure.shown = std::string(id) != "model.weights";
    page.Add(measure).values = std::move(values);
  };
  add("model.bits", "bits", "bits", "", "of a value of the layer's output", std::move(bits));
  add("model.macs", "MACs", "size", "M", "multiplications of the layer, in millions", std::move(macs));
  add("model.output", "output", "size", "B", "what the layer writes", std::move(output));
  add("model.weights", "constants", "size", "B", "what the layer has of its own", std::move(weights));
}

}  // namespace

PageData FromModel(const Json& info) {
  PageData page;
  page.title = info.at("name").get<std::string>();
  page.digest = info.at("digest").get<std::string>();
  const auto bytes = [&](const char* key) { return report::ByteCount(info.at(key).get<double>()); };
  page.facts = {{"inputs", TensorsText(info.at("inputs"))},
                {"outputs", TensorsText(info.at("outputs"))},
                {"layers", std::to_string(info.at("layer_count").get<int64_t>())},
                {"MACs", report::FixedNumber(info.at("macs").get<double>() / 1e6, 1) + " million"},
                {"file", bytes("file_bytes")},
                {"weights", bytes("weight_bytes")},
                {"arena", bytes("arena_bytes") + " (no plan needs less than " + bytes("arena_lower_bound") + ")"},
                {"contract", info.at("contract").get<std::string>()},
                {"digest", page.digest}};
  std::string operators;
  for (const auto& [name, count] : info.at("operators").items()) {
    operators += (operators.empty() ? "" : ", ") + std::to_string(count.get<int64_t>()) + " " + name;
  }
  page.facts.emplace_back("operators", operators);
  const Json& tensors = info.at("tensors");
  for (const Json& layer : info.at("layers")) page.layers.push_back(LayerOf(layer, tensors));
  for (const Json& edge : info.at("edges")) {
    page.edges.push_back({edge.at("from").is_null() ? -1 : edge.at("from").get<int>(), edge.at("to").get<int>(),
                          tensors.at(edge.at("tensor").get<size_t>()).at("name").get<std::string>()});
  }
  AddSizes(info, page);
  page.memory = MemoryOf(info);
  return page;
}

}  // namespace lockstep::page
