#include "compiler/adaptive_rounding.h"

#include <utility>

#include "analyze/metrics.h"
#include "compiler/judging_runs.h"
#include "graph/error.h"
#include "input/input_source.h"

namespace lockstep::compiler {
namespace {

constexpr int kJudgingRuns = 8;

}  // namespace

AdaptiveRoundingResult RoundWeights(const graph::Graph& graph, const quantize::Calibration& observed,
                                    const Calibration& calibration, const BuildConfig& config,
                                    const std::function<std::vector<uint8_t>(const quantize::QuantizedGraph&)>& lower,
                                    quantize::QuantizedGraph& quantized, std::vector<uint8_t>& model) {
  const int threads = quantize::ThreadsOf(config.threads);
  const CorrectionRuns runs = ChooseCorrectionRuns(calibration, config.skip_bad_images, kJudgingRuns);
  input::InputSource source(calibration.infos, runs.fitted);
  quantize::MomentsResult seen = quantize::ObserveMoments(quantized, source, threads);
  if (seen.moments.empty() && seen.left_out.empty()) {
    throw UsageError(
        "adaptive_rounding has no effect: no Conv, Gemm or MatMul has integer weights (those of a ConvTranspose are "
        "left as they are); leave it out");
  }
  AdaptiveRoundingResult result;
  result.held_back = runs.judging.held_back;
  result.left_out = std::move(seen.left_out);
  quantize::QuantizedGraph rounded = quantized;
  result.layers = quantize::RoundAdaptively(rounded, seen.moments, observed.channel_means, threads);
  std::vector<uint8_t> rounded_model = lower(rounded);
  judge::OutputError error(graph, runs.judging.items, config.threads);
  result.before = error.Of(model);
  result.after = error.Of(rounded_model);
  result.kept = analyze::ErrorShare(result.after) < analyze::ErrorShare(result.before);
  if (!result.kept) return result;
  quantized = std::move(rounded);
  model = std::move(rounded_model);
  return result;
}

}  // namespace lockstep::compiler
