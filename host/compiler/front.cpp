#include "compiler/front.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "graph/counted.h"
#include "graph/error.h"
#include "graph/nearest_name.h"
#include "graph/quoted.h"
#include "import/onnx_import.h"
#include "input/data_list.h"
#include "input/model_input.h"
#include "input/pictures/preprocess.h"
#include "optimize/take_quantization.h"
#include "quantize/policy.h"

namespace lockstep::compiler {
namespace {

bool IsFloatIn(const BuildConfig& config, const quantize::FloatNodes& floats, size_t node) {
  return config.only == quantize::QuantizeOnly::kWeights || quantize::IsFloat(floats, node);
}

// A raw output is one that would else be converted to floats.
void RequireQuantizedOutputs(const BuildConfig& config, const graph::Graph& graph) {
  const quantize::FloatNodes floats = quantize::ResolvePolicy(graph, config.policy).floats;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    for (const graph::TensorId id : graph.nodes[i].outputs) {
      if (id == graph::kNoTensor) continue;
      const graph::Tensor& tensor = graph.tensor(id);
      const auto form = config.outputs.find(tensor.name);
      const bool integers = tensor.type != graph::ElementType::kFloat;
      if (form == config.outputs.end() || !form->second.raw || !(integers || IsFloatIn(config, floats, i))) continue;
      throw UsageError("--output-format: output " + graph::Quoted(tensor.name) +
                       (integers ? " holds integers" : " is computed in floats") +
                       " and is delivered as it is; leave the setting out");
    }
  }
}

}  // namespace

ImportedNetwork ImportNetwork(const BuildConfig& config) {
  graph::Graph graph = importer::ImportOnnx(config.input, config.import);
  graph.name = config.name;
  graph::GivenQuantization given = optimize::TakeQuantization(graph);
  return {std::move(graph), std::move(given)};
}

Calibration ChooseCalibration(const BuildConfig& config, const graph::Graph& graph) {
  Calibration calibration;
  calibration.inputs = input::ChooseInputs(config.input, graph, config.inputs);
  calibration.infos = input::InputsOf(graph, calibration.inputs);
  calibration.notes = input::InputNotes(graph, config.inputs, calibration.inputs);
  if (config.calibration.empty()) return calibration;
  constexpr int kFramesPerVideo = 32;
  input::DataList data = input::ListData(config.calibration, calibration.infos, "calibration", kFramesPerVideo);
  calibration.chosen = input::SampleItems(data.items, config.count, config.seed);
  std::set<std::string> chosen;
  for (const input::DataItem& item : calibration.chosen) chosen.insert(item.stem);
  std::copy_if(data.items.begin(), data.items.end(), std::back_inserter(calibration.others),
               [&](const input::DataItem& item) { return chosen.count(item.stem) == 0; });
  calibration.notes.insert(calibration.notes.end(), data.notes.begin(), data.notes.end());
  for (const auto& [name, preprocess] : calibration.inputs) {
    if (preprocess.type != quantize::InputPreprocess::Type::kPicture) continue;
    if (graph.tensor(graph.Find(name)).onnx_type == graph::kOnnxUint8) continue;
    const std::string doubt = input::MeanAndStdDoubt(preprocess);
    if (doubt.empty()) continue;
    calibration.doubts.push_back(doubt);
    break;
  }
  return calibration;
}

void RequireOutputs(const BuildConfig& config, const graph::Graph& graph) {
  std::vector<std::string> names;
  for (const graph::TensorId output : graph.outputs) names.push_back(graph.tensor(output).name);
  for (const auto& [name, form] : config.outputs) {
    if (std::count(names.begin(), names.end(), name) != 0) continue;
    const std::string setting = form.raw ? "--output-format" : "--output-order";
    throw UsageError(setting + ": " + config.input + " has no output " + graph::Quoted(name) + " (it has " +
                     graph::Listed(names) + ")" + graph::DidYouMean(name, names));
  }
  RequireQuantizedOutputs(config, graph);
}

quantize::QuantizeOptions QuantizeOptionsOf(const BuildConfig& config, const Calibration& calibration) {
  quantize::QuantizeOptions options;
  options.observer = config.observer;
  options.weight_range = config.weight_range;
  options.weights_per_tensor = config.weights_per_tensor;
  options.activations_per_tensor = config.activations_per_tensor;
  // Elsewhere tensors are raised, and more bits in front of one table do more, and cost less, than tables per channel.
  options.channel_tables = config.merged.value("precision", std::string()) == "int8";
  options.bias_correction = quantize::CorrectsWeights(config.bias_correction);
  options.tail_bits = config.tail_bits;
  options.policy = config.policy;
  options.rescue = config.rescue;
  options.only = config.only;
  options.threads = config.threads;
  options.preprocess = calibration.inputs;
  options.outputs = config.outputs;
  return options;
}

void HoldGiven(const BuildConfig& config, const graph::GivenQuantization& given, quantize::QuantizeOptions& options) {
  options.given = given;
  if (given.tensors.empty()) return;
  const std::pair<const char*, bool> changing[] = {
      {"cross_layer_equalization", config.equalization},
      {"smooth_quant", config.smooth_quant},
      {"adaptive_rounding", config.adaptive_rounding},
      {"error_compensation", !config.compensation.empty()},
      {"weight_scales", config.weights_per_tensor},
      {"bias_correction", quantize::CorrectsFeatures(config.bias_correction)}};
  for (const auto& [key, is_given] : changing) {
    if (!is_given) continue;
    throw UsageError(std::string(key) + ": " + config.input +
                     " arrives quantised and keeps its scales; leave the setting out, or give the network in floats");
  }
  constexpr int kGivenBits = 8;
  options.tail_bits = kGivenBits;
  options.rescue = false;
  options.activations_per_tensor = true;
  options.bias_correction = false;
  options.weight_range = quantize::WeightRangeKind::kMax;  // of weights that passes made anew
}

std::vector<std::string> CalibrationNotes(const BuildConfig& config, const Calibration& calibration,
                                          const std::vector<std::string>& skipped) {
  const size_t chosen = calibration.chosen.size();
  std::vector<std::string> notes = calibration.notes;
  if (config.calibration.empty()) {
    notes.emplace_back("the model was not judged, for no pictures were given (--calibration)");
    return notes;
  }
  if (static_cast<size_t>(config.count) > chosen) {
    notes.push_back("count is " + std::to_string(config.count) + ", but " + config.calibration.front().path +
                    " has only " + graph::Counted(chosen, "picture") + ", video frames included; all were taken");
  }
  if (skipped.empty()) return notes;
  constexpr size_t kNamed = 3;
  std::string note = std::to_string(skipped.size()) + " of " + graph::Counted(chosen, "calibration picture") +
                     " could not be read and " + (skipped.size() == 1 ? "was" : "were") + " skipped: ";
  for (size_t i = 0; i < std::min(kNamed, skipped.size()); ++i) note += (i == 0 ? "" : ", ") + skipped[i];
  if (skipped.size() > kNamed) note += " and " + std::to_string(skipped.size() - kNamed) + " more";
  notes.push_back(note);
  return notes;
}

}  // namespace lockstep::compiler
