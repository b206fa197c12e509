#include "quantize/calibrate.h"

#include <algorithm>
#include <exception>
#include <functional>
#include <limits>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "graph/error.h"
#include "quantize/calibration_worker.h"
#include "quantize/observers/channel_reach.h"

namespace lockstep::quantize {
namespace {

constexpr int kMostWorkers = 8;  // each has the network's weights and activations in memory

// What the workers share: where the pictures come from, and what was found, put together in the order of the pictures.
class SharedState {
 public:
  SharedState(CalibrationSource& source, const Progress& progress, Calibration& calibration)
      : source_(source), progress_(progress), total_(source.size()), calibration_(calibration) {}

  struct Picture {
    int number = 0;  // from 1
    CalibrationInput input;
  };

  // Nothing at the end, or after a failure.
  std::optional<Picture> Take() {
    const std::lock_guard<std::mutex> lock(taking_);
    if (Failed()) return std::nullopt;
    ++taken_;
    try {
      if (auto input = source_.Next()) return Picture{taken_, std::move(*input)};
    } catch (...) {
      Fail(taken_);
    }
    return std::nullopt;
  }

  void Deliver(int number, PictureFindings findings) {
    const std::lock_guard<std::mutex> lock(finding_);
    waiting_[number] = std::move(findings);
    while (!waiting_.empty() && waiting_.begin()->first == calibration_.inputs_seen + 1) {
      PutTogether(waiting_.begin()->second);
      waiting_.erase(waiting_.begin());
      if (progress_) progress_(calibration_.inputs_seen, std::max(total_, calibration_.inputs_seen));
    }
  }

  // The exception in flight; of several the one of the first picture stays, so that the message is always the same.
  void Fail(int number) {
    const std::lock_guard<std::mutex> lock(finding_);
    if (number >= failed_number_) return;
    failed_number_ = number;
    failure_ = std::current_exception();
  }

  void Finish() {
    if (failure_) std::rethrow_exception(failure_);
    if (calibration_.inputs_seen == 0) throw BadInput("calibration got no inputs; give a folder with pictures");
    for (auto& [id, means] : calibration_.channel_means) {
      for (double& mean : means) mean /= calibration_.inputs_seen;
    }
    for (const auto& [id, reach] : reaches_) calibration_.channel_extremes[id] = reach.Ranges();
  }

 private:
  bool Failed() {
    const std::lock_guard<std::mutex> lock(finding_);
    return failure_ != nullptr;
  }

  void PutTogether(const PictureFindings& findings) {
    ++calibration_.inputs_seen;
    for (const auto& [id, extremes] : findings.extremes) calibration_.statistics[id].ObserveExtremes(extremes);
    for (const auto& [id, means] : findings.channel_means) {
      std::vector<double>& sums = calibration_.channel_means[id];
      sums.resize(means.size(), 0.0);
      for (size_t i = 0; i < means.size(); ++i) sums[i] += means[i];
    }
    for (const auto& [id, extremes] : findings.channel_extremes) {
      reaches_[id].Observe(extremes);
    }
  }

  std::mutex taking_;
  CalibrationSource& source_;
  int taken_ = 0;

  std::mutex finding_;
  const Progress& progress_;
  const int total_;
  Calibration& calibration_;
  std::map<graph::TensorId, ChannelReach> reaches_;
  std::map<int, PictureFindings> waiting_;  // for an earlier picture
  int failed_number_ = std::numeric_limits<int>::max();
  std::exception_ptr failure_;
};

}  // namespace

Calibration Calibrate(const Observation& observation, CalibrationSource& source, int threads,
                      const Progress& progress) {
  if (threads <= 0) threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  Calibration calibration;
  SharedState shared(source, progress, calibration);
  std::vector<HistogramCounters> counted(
      static_cast<size_t>(std::clamp(source.size(), 1, std::min(threads, kMostWorkers))));
  const auto work = [&](HistogramCounters& counters) {
    int number = 0;
    try {
      // Ends in the thread that made it: oneDNN gives a thread's scratchpad back with that thread's last primitive.
      CalibrationWorker worker(observation);
      while (const auto picture = shared.Take()) {
        number = picture->number;
        shared.Deliver(number, worker.Run(picture->input));
      }
      counters = worker.TakeCounters();
    } catch (...) {
      shared.Fail(number);
    }
  };
  std::vector<std::thread> others;
  for (size_t i = 1; i < counted.size(); ++i) others.emplace_back(work, std::ref(counted[i]));
  work(counted[0]);
  for (std::thread& other : others) other.join();
  shared.Finish();
  for (const HistogramCounters& counters : counted) {
    for (const auto& [id, counter] : counters) calibration.statistics[id].Add(counter);
  }
  calibration.digest = source.Digest();
  return calibration;
}

}  // namespace lockstep::quantize
