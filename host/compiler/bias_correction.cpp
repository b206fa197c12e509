#include "compiler/bias_correction.h"

#include <utility>

#include "analyze/metrics.h"
#include "graph/error.h"
#include "judge/channel_errors.h"

namespace lockstep::compiler {
namespace {

constexpr int kRounds = 3;
constexpr int kCorrectionRuns = 16;
constexpr int kValidationRuns = 8;

struct Runs {
  std::vector<input::DataItem> correction;
  std::vector<input::DataItem> validation;
};

Runs ChooseRuns(const Calibration& calibration) {
  Calibration correction = calibration;
  Calibration validation = calibration;
  correction.others.clear();
  if (calibration.others.empty() && calibration.chosen.size() > 1) {
    correction.chosen.clear();
    for (size_t i = 0; i < calibration.chosen.size(); ++i) {
      if (i % 2 == 0) correction.chosen.push_back(calibration.chosen[i]);
      if (i % 2 == 1) validation.others.push_back(calibration.chosen[i]);
    }
  }
  return {JudgeItems(correction, kCorrectionRuns), JudgeItems(validation, kValidationRuns)};
}

}  // namespace

BiasCorrectionResult CorrectBiases(const graph::Graph& graph, const Calibration& calibration, int threads,
                                   const std::function<std::vector<uint8_t>(const quantize::QuantizedGraph&)>& lower,
                                   quantize::QuantizedGraph& quantized, std::vector<uint8_t>& model) {
  const std::set<graph::TensorId> inputs = quantize::InputsOfCorrectable(quantized);
  if (inputs.empty()) {
    throw UsageError(
        "bias_correction has no effect: no convolution or matrix product has integer weights; leave it out");
  }
  const Runs runs = ChooseRuns(calibration);
  BiasCorrectionResult result;
  result.held_back = !calibration.others.empty() || calibration.chosen.size() > 1;
  result.correction_runs = runs.correction.size();
  result.validation_runs = runs.validation.size();
  if (runs.correction.empty() || runs.validation.empty()) return result;

  judge::ChannelErrors errors(graph, runs.correction, inputs, threads);
  judge::OutputError judged(graph, runs.validation, threads);
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
