#include "quantize/calibrate.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "quantize/calibration_worker.h"
#include "quantize/observers/channel_reach.h"
#include "quantize/picture_work.h"

namespace lockstep::quantize {
namespace {

using Reaches = std::map<graph::TensorId, ChannelReach>;

void PutTogether(const PictureFindings& findings, Calibration& calibration, Reaches& reaches) {
  ++calibration.inputs_seen;
  for (const auto& [id, extremes] : findings.extremes) calibration.statistics[id].ObserveExtremes(extremes);
  for (const auto& [id, means] : findings.channel_means) {
    std::vector<double>& sums = calibration.channel_means[id];
    sums.resize(means.size(), 0.0);
    for (size_t i = 0; i < means.size(); ++i) sums[i] += means[i];
  }
  for (const auto& [id, extremes] : findings.channel_extremes) reaches[id].Observe(extremes);
}

}  // namespace

Calibration Calibrate(const Observation& observation, CalibrationSource& source, int threads,
                      const Progress& progress) {
  Calibration calibration;
  Reaches reaches;
  const int total = source.size();
  std::vector<HistogramCounters> counted(WorkersFor(source, threads));
  WorkOnPictures(source, counted.size(), [&](size_t worker) -> PictureWork {
    const auto state = std::make_shared<CalibrationWorker>(observation, counted[worker]);
    return [&, state](const CalibrationInput& picture) -> TakeFindings {
      return [&, findings = state->Run(picture)] {
        PutTogether(findings, calibration, reaches);
        if (progress) progress(calibration.inputs_seen, std::max(total, calibration.inputs_seen));
      };
    };
  });
  for (auto& [id, means] : calibration.channel_means) {
    for (double& mean : means) mean /= calibration.inputs_seen;
  }
  for (const auto& [id, reach] : reaches) calibration.channel_extremes[id] = reach.Ranges();
  for (const HistogramCounters& counters : counted) {
    for (const auto& [id, counter] : counters) calibration.statistics[id].Add(counter);
  }
  calibration.digest = source.Digest();
  return calibration;
}

}  // namespace lockstep::quantize
