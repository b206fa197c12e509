#include "compiler/network_corrections.h"

#include "graph/error.h"
#include "input/input_source.h"

namespace lockstep::compiler {
namespace {

constexpr char kNoChannels[] = "no channels between two convolutions can be scaled";
constexpr char kEqualChannels[] = "all channels between two convolutions that can be scaled have one range already";

[[noreturn]] void ThrowNoEffect(const std::string& setting, const std::string& why, const std::string& obstacles) {
  throw UsageError(setting + " has no effect: " + why +
                   (obstacles.empty() ? std::string() : " (" + obstacles + ", through which no factor passes)") +
                   "; leave it out");
}

// A calibration file without factors says that they follow from the network.
quantize::EqualizationResult Equalize(graph::Graph& graph, const BuildConfig& config, const Calibration& calibration,
                                      bool calibrates) {
  if (!calibrates) return quantize::Equalize(graph);
  input::InputSource source(calibration.infos, calibration.chosen, config.skip_bad_images);
  return quantize::Equalize(graph, source, quantize::ThreadsOf(config.threads));
}

}  // namespace

NetworkCorrections CorrectNetwork(graph::Graph& graph, const BuildConfig& config, const Calibration& calibration,
                                  const calibration::HeldCorrections* held) {
  NetworkCorrections corrections;
  if (config.equalization && held != nullptr && !held->equalization_factors.empty()) {
    quantize::EqualizeBy(graph, held->equalization_factors, config.from_calibration);
  } else if (config.equalization) {
    corrections.equalization = Equalize(graph, config, calibration, held == nullptr);
    const quantize::EqualizationResult& equalization = *corrections.equalization;
    if (equalization.pairs.empty()) {
      ThrowNoEffect("cross_layer_equalization", equalization.channels == 0 ? kNoChannels : kEqualChannels,
                    equalization.obstacles);
    }
  }
  if (config.smooth_quant && held != nullptr) {
    quantize::SmoothBy(graph, held->smooth_factors, config.from_calibration);
  } else if (config.smooth_quant) {
    input::InputSource source(calibration.infos, calibration.chosen, config.skip_bad_images);
    corrections.smoothing = quantize::Smooth(graph, quantize::ResolvePolicy(graph, config.policy), config.smooth_alpha,
                                             source, quantize::ThreadsOf(config.threads));
    const quantize::SmoothingResult& smoothing = *corrections.smoothing;
    if (smoothing.parts.empty() && smoothing.left == 0) ThrowNoEffect("smooth_quant", kNoChannels, smoothing.obstacles);
  }
  if (!config.compensation.empty()) {
    corrections.compensation =
        quantize::CompensateErrors(graph, config.compensation, QuantizeOptionsOf(config, calibration));
  }
  return corrections;
}

void NetworkCorrections::Apply(quantize::QuantizeOptions& options) const {
  if (!compensation) return;
  options.policy.insert(options.policy.end(), compensation->rules.begin(), compensation->rules.end());
  options.input_parts = compensation->input_parts;
}

}  // namespace lockstep::compiler
