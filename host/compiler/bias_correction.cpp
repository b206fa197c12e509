#include "compiler/bias_correction.h"

#include <utility>

#include "analyze/metrics.h"
#include "compiler/judging_runs.h"
#include "graph/error.h"
#include "judge/channel_errors.h"
#include "quantize/weight_operands.h"

namespace lockstep::compiler {
namespace {

constexpr int kRounds = 3;
constexpr int kCorrectionRuns = 16;
constexpr int kValidationRuns = 8;

}  // namespace

BiasCorrectionResult CorrectBiases(const graph::Graph& graph, const Calibration& calibration, const BuildConfig& config,
                                   const std::function<std::vector<uint8_t>(const quantize::QuantizedGraph&)>& lower,
                                   quantize::QuantizedGraph& quantized, std::vector<uint8_t>& model) {
  const std::set<graph::TensorId> inputs = quantize::CorrectableInputs(quantized.graph, quantized.floats);
  if (inputs.empty()) {
    throw UsageError(
        "bias_correction has no effect: no Conv, Gemm or MatMul has integer weights whose bias can be corrected (that "
        "of a ConvTranspose is left as it is); leave it out");
  }
  const CorrectionRuns runs = ChooseCorrectionRuns(calibration, config.skip_bad_images, kValidationRuns);
  const std::vector<input::DataItem> fitted = ReadableItems(calibration, runs.fitted, kCorrectionRuns);
  BiasCorrectionResult result;
  result.held_back = runs.judging.held_back;
  result.correction_runs = fitted.size();
  result.validation_runs = runs.judging.items.size();

  judge::ChannelErrors errors(graph, fitted, inputs, config.threads);
  judge::OutputError judged(graph, runs.judging.items, config.threads);
  result.before = result.after = judged.Of(model);
  const quantize::QuantizedGraph uncorrected = quantized;
  double least = analyze::ErrorShare(result.before);
  std::vector<uint8_t> last = model;
  for (int round = 1; round <= kRounds; ++round) {
    quantize::QuantizedGraph corrected = uncorrected;
    std::vector<quantize::BiasShift> shifts = quantize::ShiftBiases(corrected, errors.Of(last));
    if (shifts.empty()) break;
    last = lower(corrected);
    const judge::OutputMetrics after = judged.Of(last);
    if (!(analyze::ErrorShare(after) < least)) continue;
    least = analyze::ErrorShare(after);
    result.kept = true;
    result.rounds = round;
    result.shifts = std::move(shifts);
    result.after = after;
    quantized = std::move(corrected);
    model = last;
  }
  return result;
}

}  // namespace lockstep::compiler
