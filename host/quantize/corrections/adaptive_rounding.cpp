#include "quantize/corrections/adaptive_rounding.h"

#include <algorithm>
#include <cmath>

#include "quantize/channel_order.h"
#include "quantize/weights.h"

namespace lockstep::quantize {
namespace {

constexpr double kDamping = 0.01;
constexpr int kMostSweeps = 30;

std::vector<float> RoundingObjective(const LayerMoments& moments, size_t group, bool centred) {
  const GroupMoments& of_group = moments.groups[group];
  const size_t size = of_group.size;
  std::vector<float> objective(size * size);
  double diagonal = 0.0;
  for (size_t i = 0; i < size; ++i) {
    const double mean = centred ? of_group.sums[i] / moments.samples : 0.0;
    for (size_t j = 0; j < size; ++j) {
      const double product = of_group.products[i * size + j] - mean * of_group.sums[j];
      objective[i * size + j] = static_cast<float>(product / moments.samples);
    }
    diagonal += objective[i * size + i];
  }
  for (size_t i = 0; i < size; ++i) {
    objective[i * size + i] += static_cast<float>(kDamping * diagonal / static_cast<double>(size));
  }
  return objective;
}

}  // namespace

RoundingError AdaptRounding(const float* weights, size_t count, double scale, int32_t highest,
                            const std::vector<float>& objective, int16_t* levels) {
  std::vector<double> gradient(count, 0.0);  // H e
  std::vector<double> errors(count);
  for (size_t i = 0; i < count; ++i) {
    errors[i] = weights[i] - scale * levels[i];
    const float* row = objective.data() + i * count;
    for (size_t j = 0; j < count; ++j) gradient[j] += errors[i] * row[j];
  }
  const auto error = [&] {
    double sum = 0.0;
    for (size_t i = 0; i < count; ++i) sum += errors[i] * gradient[i];
    return sum;
  };
  RoundingError result;
  result.nearest = error();
  bool changed = true;
  for (int sweep = 0; changed && sweep < kMostSweeps; ++sweep) {
    changed = false;
    for (size_t i = 0; i < count; ++i) {
      const double curvature = objective[i * count + i];
      if (!(curvature > 0.0)) continue;
      const double wanted = std::round(levels[i] + gradient[i] / (scale * curvature));
      const double level = std::clamp(wanted, -static_cast<double>(highest), static_cast<double>(highest));
      const double step = scale * (level - levels[i]);
      // A tie is no gain, and would be taken forth and back.
      if (step == 0.0 || !(step * (step * curvature - 2.0 * gradient[i]) < 0.0)) continue;
      levels[i] = static_cast<int16_t>(level);
      errors[i] -= step;
      const float* row = objective.data() + i * count;
      for (size_t j = 0; j < count; ++j) gradient[j] -= step * row[j];
      changed = true;
    }
  }
  result.adapted = error();
  return result;
}

std::vector<RoundedLayer> RoundAdaptively(QuantizedGraph& quantized, const InputMoments& moments,
                                          const std::map<graph::TensorId, std::vector<double>>& channel_means,
                                          int threads) {
  std::vector<RoundedLayer> layers;
  for (const graph::Node& node : quantized.graph.nodes) {
    const auto found = moments.find(node.name);
    if (found == moments.end()) continue;
    const LayerMoments& of_layer = found->second;
    const graph::Tensor& floats = quantized.graph.tensor(node.inputs[1]);
    QuantizedWeights& weights = quantized.weights.at({node.name, 1});
    const ChannelOrder order = OrderByChannel(node, floats.shape);
    const size_t size = order.per_channel();
    const auto means = channel_means.find(node.inputs[0]);
    const bool centred = means != channel_means.end();
    const TensorFormat& input = ReadFormat(quantized, node.inputs[0]);
    const std::vector<double> input_scales = InputScales(input, order.channels);
    const double limit = BiasLimit(weights.format.bits, input.bits);
    const int32_t highest = HighestWeight(weights.format.bits);
    std::vector<std::vector<float>> objectives;
    for (size_t group = 0; group < of_layer.groups.size(); ++group) {
      objectives.push_back(RoundingObjective(of_layer, group, centred));
    }
    std::vector<RoundingError> errors(order.channels);
    std::vector<size_t> changed(order.channels, 0);
#pragma omp parallel for num_threads(threads) schedule(dynamic)
    for (size_t channel = 0; channel < order.channels; ++channel) {
      std::vector<float> row(size);
      std::vector<int16_t> levels(size);
      for (size_t i = 0; i < size; ++i) {
        const size_t at = order.places[channel * size + i];
        row[i] = floats.constant->floats[at];
        levels[i] = weights.values[at];
      }
      const size_t group = channel / (order.channels / objectives.size());
      const double scale = weights.scales()[weights.scales().size() == 1 ? 0 : channel];
      errors[channel] = AdaptRounding(row.data(), size, scale, highest, objectives[group], levels.data());
      double correction = 0.0;  // in units of the weights
      for (size_t i = 0; i < size; ++i) {
        const size_t at = order.places[channel * size + i];
        if (levels[i] == weights.values[at]) continue;
        ++changed[channel];
        if (centred) {
          correction += (weights.values[at] - levels[i]) * means->second[order.input_places[channel * size + i]];
        }
        weights.values[at] = levels[i];
      }
      const double bias = static_cast<double>(weights.bias[channel]) + std::round(correction / input_scales[channel]);
      weights.bias[channel] = static_cast<int64_t>(std::clamp(bias, -limit, limit));
    }
    RoundedLayer layer{node.name, {}, 0};
    for (size_t channel = 0; channel < order.channels; ++channel) {
      layer.error.nearest += errors[channel].nearest;
      layer.error.adapted += errors[channel].adapted;
      layer.changed += changed[channel];
    }
    layers.push_back(std::move(layer));
  }
  return layers;
}

}  // namespace lockstep::quantize
