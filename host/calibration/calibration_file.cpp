#include "calibration/calibration_file.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "calibration/check_kinds.h"
#include "calibration/entry_keys.h"
#include "files/output_file.h"
#include "graph/error.h"
#include "graph/quoted.h"
#include "quantize/affine.h"
#include "quantize/decisions.h"
#include "quantize/operator_classes.h"
#include "report/json_text.h"

namespace lockstep::calibration {
namespace {

using quantize::QuantizedGraph;
using quantize::TensorDecision;

// To nine digits, which every float32 differs in.
double Rounded(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.9g", value);
  return std::strtod(text, nullptr);
}

Json RangeJson(const quantize::Range& range) { return Json::array({Rounded(range.low), Rounded(range.high)}); }

Json LevelsOf(const TensorDecision& tensor) {
  Json levels;
  const int bits = tensor.params ? tensor.params->bits : 0;
  levels[key::kType] = tensor.is_float ? key::kF32 : bits > quantize::kByteBits ? key::kU16 : key::kU8;
  if (!tensor.params) return levels;
  levels[key::kBits] = bits;
  levels[key::kRange] = RangeJson(quantize::RangeOf(*tensor.params));
  levels[key::kScale] = tensor.params->scale;
  if (!tensor.channel_scales.empty()) levels[key::kScale] = tensor.channel_scales;
  levels[key::kZeroPoint] = tensor.params->zero_point;
  return levels;
}

Json SettingsOf(const quantize::NodeDecision& node) {
  Json settings;
  settings[key::kFloat] = node.floats;
  if (!node.weight_bits) return settings;
  settings[key::kWeightBits] = *node.weight_bits;
  settings[key::kWeightRange] = quantize::ToText(*node.weight_range);
  settings[key::kWeightScales] = *node.weights_per_tensor ? key::kPerTensor : key::kPerChannel;
  return settings;
}

// By tensor, as far as what they follow from was observed.
std::map<graph::TensorId, quantize::Range> SeenRanges(const graph::Graph& graph, const quantize::Statistics& statistics,
                                                      int threads) {
  const quantize::Derivation derivation(graph);
  std::set<graph::TensorId> wanted;
  for (graph::TensorId id = 0; id < graph.tensor_count(); ++id) {
    if (graph.tensor(id).constant || graph.tensor(id).type != graph::ElementType::kFloat) continue;
    const std::set<graph::TensorId> sources = derivation.Sources({id});
    const bool known = !sources.empty() && std::all_of(sources.begin(), sources.end(), [&](graph::TensorId source) {
      return statistics.count(source) != 0;
    });
    if (known || statistics.count(id) != 0) wanted.insert(id);
  }
  std::map<graph::TensorId, quantize::Range> seen;
  derivation.Derive(wanted, statistics, threads,
                    [&](graph::TensorId id, const quantize::TensorStatistics& of) { seen[id] = of.extremes(); });
  return seen;
}

// What only moves elements of another tensor has its numbers: by the moved tensor, that tensor.
std::map<graph::TensorId, graph::TensorId> Moved(const QuantizedGraph& quantized) {
  std::map<graph::TensorId, graph::TensorId> moved;
  for (const graph::Node& node : quantized.graph.nodes) {
    if (!quantize::SharesScale(node)) continue;
    const graph::TensorId input = node.inputs[0];
    const auto format = [&](graph::TensorId id) {
      const auto found = quantized.formats.find(id);
      return found != quantized.formats.end() ? found->second : quantize::TensorFormat();
    };
    for (const graph::TensorId output : node.outputs) {
      if (output == graph::kNoTensor || !format(output).is_affine() || !(format(output) == format(input))) continue;
      const auto root = moved.find(input);
      moved[output] = root == moved.end() ? input : root->second;
    }
  }
  return moved;
}

Json OriginJson(const Origin& origin) { return {{key::kFile, origin.network}, {key::kDigest, origin.network_digest}}; }

}  // namespace

Json Describe(const Origin& origin, const QuantizedGraph& quantized, const quantize::Calibration& calibration,
              int threads) {
  const graph::Graph& graph = quantized.graph;
  const quantize::Decisions decisions = quantize::DecisionsOf(quantized, calibration);
  const auto seen = SeenRanges(graph, calibration.statistics, threads);
  const auto moved = Moved(quantized);
  const auto name = [&](graph::TensorId id) { return graph.tensor(id).name; };

  Json tensors = Json::object();
  for (const auto& [id, tensor] : decisions.tensors) {
    Json& entry = tensors[name(id)];
    const auto root = moved.find(id);
    if (root != moved.end()) {
      entry[key::kSameAs] = name(root->second);
      continue;
    }
    entry = LevelsOf(tensor);
    Json calibrated = entry;
    const auto range = seen.find(id);
    if (range != seen.end()) calibrated[key::kSeen] = RangeJson(range->second);
    const auto source = quantized.range_sources.find(id);
    if (source != quantized.range_sources.end() && tensor.params) calibrated[key::kObserver] = source->second;
    entry[key::kCalibrated] = std::move(calibrated);
  }
  Json nodes = Json::object();
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const graph::Node& node = graph.nodes[i];
    Json& entry = nodes[node.name];
    entry[key::kOp] = node.op;
    const Json settings = SettingsOf(decisions.nodes[i]);
    entry.update(settings);
    entry[key::kOutput] = name(node.outputs[0]);
    if (node.onnx_nodes != std::vector<std::string>{node.name}) entry[key::kOnnxNodes] = node.onnx_nodes;
    entry[key::kCalibrated] = settings;
    if (node.op != "Concat" || !tensors.contains(name(node.outputs[0]))) continue;
    Json& output = tensors[name(node.outputs[0])];
    for (const graph::TensorId part : node.inputs) {
      const auto range = seen.find(part);
      if (range != seen.end()) output[key::kCalibrated][key::kParts][name(part)] = RangeJson(range->second);
    }
  }
  Json means = Json::object();
  for (const auto& [id, values] : calibration.channel_means) means[name(id)] = values;
  return {{key::kVersionKey, key::kVersion},
          {key::kNetwork, OriginJson(origin)},
          {key::kCalibration, {{key::kPictures, calibration.inputs_seen}, {key::kDigest, calibration.digest}}},
          {key::kBuild, origin.build},
          {key::kTensors, tensors},
          {key::kNodes, nodes},
          {key::kChannelMeans, means}};
}

Json Updated(Json file, const Origin& origin, const QuantizedGraph& quantized) {
  file[key::kNetwork] = OriginJson(origin);
  file[key::kBuild] = origin.build;
  const graph::Graph& graph = quantized.graph;
  const quantize::Decisions decisions = quantize::DecisionsOf(quantized, {});
  std::set<graph::TensorId> inside;  // of nodes that compute in floats, which keep what they had in integers
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    if (decisions.nodes[i].floats) inside.insert(graph.nodes[i].pre_activation);
    file[key::kNodes][graph.nodes[i].name].update(SettingsOf(decisions.nodes[i]));
  }
  // So do inputs that only such nodes read.
  for (const graph::TensorId id : graph.inputs) {
    if (quantized.formats.at(id).is_float()) inside.insert(id);
  }
  for (const auto& [id, tensor] : decisions.tensors) {
    Json& entry = file[key::kTensors][graph.tensor(id).name];
    if (!entry.contains(key::kSameAs) && inside.count(id) == 0) entry.update(LevelsOf(tensor));
  }
  return file;
}

std::string TextOf(const Json& file) {
  std::string text = "{\n";
  for (auto section = file.begin(); section != file.end(); ++section) {
    const bool by_line = section.key() == key::kTensors || section.key() == key::kNodes ||
                         section.key() == key::kChannelMeans || section.key() == key::kBuild;
    text += "  " + report::JsonText(Json(section.key())) + ": ";
    if (by_line && !section->empty()) {
      text += "{\n";
      for (auto entry = section->begin(); entry != section->end(); ++entry) {
        text += "    " + report::JsonText(Json(entry.key())) + ": " + report::JsonText(*entry) +
                (std::next(entry) == section->end() ? "\n" : ",\n");
      }
      text += "  }";
    } else {
      text += report::JsonText(*section);
    }
    text += std::next(section) == file.end() ? "\n" : ",\n";
  }
  return text + "}\n";
}

Json ReadCalibrationFile(const std::string& path) {
  Json file = report::ParseJson(files::ReadFile(path), path);
  if (!file.is_object() || !file.contains(key::kVersionKey)) {
    throw UsageError(path + ": this is no calibration; build writes one as quant/calibration.json");
  }
  if (file.at(key::kVersionKey) != key::kVersion) {
    throw UsageError(path + ": version is " + report::JsonText(file.at(key::kVersionKey)) + ", this program reads " +
                     std::to_string(key::kVersion) + "; build the network again with pictures");
  }
  for (const char* section :
       {key::kNetwork, key::kCalibration, key::kBuild, key::kTensors, key::kNodes, key::kChannelMeans}) {
    if (file.contains(section) && file.at(section).is_object()) continue;
    throw UsageError(path + ": " + section + " must be an object; take it from the file that build wrote");
  }
  for (const char* section : {key::kTensors, key::kNodes}) {
    for (const auto& [name, entry] : file.at(section).items()) {
      if (entry.is_object()) continue;
      throw UsageError(path + ": " + section + ": the entry of " + graph::Quoted(name) + " must be an object");
    }
  }
  CheckKinds(file, path);
  return file;
}

void RequireNetwork(const Json& file, const std::string& path, const std::string& network, const std::string& digest) {
  const Json& made_of = file.at(key::kNetwork);
  if (made_of.value(key::kDigest, std::string()) == digest) return;
  throw UsageError(path + ": it was made of another network, " +
                   graph::Quoted(made_of.value(key::kFile, std::string())) + " with md5 " +
                   made_of.value(key::kDigest, std::string("?")) + ", and " + network + " has " + digest +
                   "; give that network with --input, or calibrate this one");
}

}  // namespace lockstep::calibration
