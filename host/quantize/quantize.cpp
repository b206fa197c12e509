#include "quantize/quantize.h"

#include <algorithm>
#include <thread>

#include "graph/error.h"
#include "graph/nearest_name.h"
#include "graph/quoted.h"
#include "quantize/activation_params.h"
#include "quantize/fixed_params.h"
#include "quantize/operator_classes.h"
#include "quantize/scale_groups.h"
#include "quantize/widths.h"

namespace lockstep::quantize {
namespace {

void CheckOptions(const graph::Graph& graph, const QuantizeOptions& options) {
  if (options.tail_bits != 8 && options.tail_bits != 16) {
    throw UsageError("tail_bits is " + std::to_string(options.tail_bits) + "; choose 8 or 16");
  }
  if (!(options.observer.percentile > 50.0 && options.observer.percentile <= 100.0)) {
    throw UsageError("percentile is " + std::to_string(options.observer.percentile) +
                     "; choose more than 50 and at most 100");
  }
  std::vector<std::string> inputs;
  for (const graph::TensorId input : graph.inputs) inputs.push_back(graph.tensor(input).name);
  for (const auto& [name, preprocess] : options.preprocess) {
    if (std::count(inputs.begin(), inputs.end(), name) != 0) continue;
    throw UsageError("the model has no input " + graph::Quoted(name) + graph::DidYouMean(name, inputs));
  }
}

// For each weight of each output channel the mean of the input channel that it meets.
std::vector<double> MeansOfWeights(const graph::Shape& weights, size_t groups, const std::vector<double>& means) {
  const auto channels = static_cast<size_t>(weights[0]);
  const auto per_group = static_cast<size_t>(weights[1]);
  const size_t window = static_cast<size_t>(graph::ElementCount(weights)) / (channels * per_group);
  std::vector<double> result;
  result.reserve(channels * per_group * window);
  for (size_t channel = 0; channel < channels; ++channel) {
    const size_t group = channel / (channels / groups);
    for (size_t i = 0; i < per_group; ++i) result.insert(result.end(), window, means[group * per_group + i]);
  }
  return result;
}

void QuantizeConvolutions(const Calibration& calibration, const QuantizeOptions& options, int threads,
                          QuantizedGraph& result) {
  const graph::Graph& graph = result.graph;
  for (const graph::Node& node : graph.nodes) {
    if (node.op != "Conv") continue;
    const graph::Tensor& weights = graph.tensor(node.inputs[1]);
    const bool has_bias = node.inputs.size() > 2 && node.inputs[2] != graph::kNoTensor;
    if (!weights.constant || (has_bias && !graph.tensor(node.inputs[2]).constant)) {
      throw UnsupportedModel("node " + node.name + " (Conv): weights and bias must be constant");
    }
    const graph::TensorId target = NeedsTable(node.activation) ? node.pre_activation : node.outputs[0];
    ConvWeights conv;
    conv.node = node.name;
    conv.values = weights.constant->floats.data();
    conv.channels = static_cast<size_t>(weights.shape[0]);
    conv.per_channel = weights.constant->floats.size() / conv.channels;
    conv.bias = has_bias ? graph.tensor(node.inputs[2]).constant->floats.data() : nullptr;
    conv.input_scale = result.activations.at(node.inputs[0]).scale;
    conv.output_scale = result.activations.at(target).scale;
    const auto means = calibration.channel_means.find(node.inputs[0]);
    if (means != calibration.channel_means.end()) {
      conv.input_means = MeansOfWeights(weights.shape, static_cast<size_t>(node.Int("group", 1)), means->second);
    }
    result.weights[node.name] = QuantizeWeights(conv, options.weight_range, threads, result.notes);
  }
}

}  // namespace

QuantizedGraph Quantize(const graph::Graph& graph, const QuantizeOptions& options, CalibrationSource& source,
                        const Progress& progress) {
  CheckOptions(graph, options);
  const int threads =
      options.threads > 0 ? options.threads : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  QuantizedGraph result;
  result.graph = graph;
  result.preprocess = {};
  result.float_nodes = ResolveFloatNodes(result.graph, options.floats);
  for (const auto& [name, preprocess] : options.preprocess) result.preprocess[graph.Find(name)] = preprocess;

  const Widths widths = ChooseWidths(result.graph, options.tail_bits);
  const ActivationParams fixed = FixedParams(result.graph, widths, options.preprocess);
  const ScaleGroups groups(result.graph, widths, fixed);
  const std::set<graph::TensorId> observed =
      Derivation(result.graph).Sources(WantedStatistics(result.graph, widths, groups, fixed));
  std::set<graph::TensorId> conv_inputs;
  for (const graph::Node& node : result.graph.nodes) {
    if (options.bias_correction && node.op == "Conv") conv_inputs.insert(node.inputs[0]);
  }
  const Calibration calibration = Calibrate(result.graph, observed, conv_inputs, source, threads, progress);
  result.calibration_digest = source.Digest();
  result.activations =
      ChooseActivationParams(result.graph, widths, groups, fixed, calibration.statistics, options.observer, threads);
  QuantizeConvolutions(calibration, options, threads, result);
  return result;
}

}  // namespace lockstep::quantize
