#include "sensitivity/sensitivity.h"

#include <algorithm>
#include <exception>
#include <mutex>
#include <optional>
#include <utility>

#include "graph/error.h"
#include "quantize/quantize.h"
#include "sensitivity/rounded_weights.h"
#include "sensitivity/trial_store.h"
#include "sensitivity/trial_worker.h"
#include "threads/start_thread.h"

namespace lockstep::sensitivity {
namespace {

using quantize::CalibrationInput;
using quantize::QuantizedGraph;
using PictureSums = std::vector<OutputSums>;  // by trial

std::vector<TrialOf> TrialsOf(const QuantizedGraph& quantized, const Options& options) {
  std::vector<TrialOf> trials;
  for (const Part part : options.parts) {
    for (const graph::Node& node : quantized.graph.nodes) {
      if (!NodeSimulation::Exists(quantized, node, part)) continue;
      if (!options.wanted || options.wanted(node, part)) trials.push_back({&node, part});
    }
  }
  return trials;
}

struct Picture {
  CalibrationInput input;
  std::string digest;  // where results are kept
};

// Some of the trials of one picture.
struct Job {
  size_t number = 0;  // of the picture
  std::shared_ptr<const Picture> picture;
  std::vector<size_t> trials;
};

// Hands out the pictures of the source, each in `slices` jobs, and takes what comes of them.
class Jobs {
 public:
  Jobs(quantize::CalibrationSource& source, const std::vector<TrialOf>& trials, size_t slices, TrialStore* store,
       const Progress& progress)
      : source_(source),
        trials_(trials),
        slices_(slices),
        store_(store),
        progress_(progress),
        total_(source.size() * static_cast<int>(trials.size())) {}

  std::optional<Job> Take() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (failure_) return std::nullopt;
    while (slice_ >= std::min(slices_, missing_.size())) {
      if (!TakePicture()) return std::nullopt;
    }
    Job job{results_.size() - 1, picture_, {}};
    for (size_t i = slice_; i < missing_.size(); i += slices_) job.trials.push_back(missing_[i]);
    ++slice_;
    return job;
  }
  void Deliver(const Job& job, size_t trial, OutputSums sums) {
    if (store_ != nullptr) store_->Add(store_->KeyOf(job.picture->digest, trials_[trial]), sums);
    const std::lock_guard<std::mutex> lock(mutex_);
    results_[job.number][trial] = std::move(sums);
    ++done_;
    if (progress_) progress_(done_, std::max(total_, done_));
  }
  void Fail() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!failure_) failure_ = std::current_exception();
  }
  const std::vector<PictureSums>& Finish() const {
    if (failure_) std::rethrow_exception(failure_);
    if (results_.empty()) throw BadInput("there are no pictures to measure with; give a folder with pictures");
    return results_;
  }

 private:
  bool TakePicture() {
    auto input = source_.Next();
    if (!input) return false;
    std::string digest = store_ != nullptr ? TrialStore::DigestOf(*input) : std::string();
    picture_ = std::make_shared<const Picture>(Picture{std::move(*input), std::move(digest)});
    results_.emplace_back(trials_.size());
    missing_.clear();
    for (size_t trial = 0; trial < trials_.size(); ++trial) {
      std::optional<OutputSums> known;
      if (store_ != nullptr) known = store_->Find(store_->KeyOf(picture_->digest, trials_[trial]));
      if (known) {
        results_.back()[trial] = std::move(*known);
        ++done_;
      } else {
        missing_.push_back(trial);
      }
    }
    slice_ = 0;
    return true;
  }

  std::mutex mutex_;
  quantize::CalibrationSource& source_;
  const std::vector<TrialOf>& trials_;
  const size_t slices_;
  TrialStore* store_;
  const Progress& progress_;
  const int total_;
  int done_ = 0;
  size_t slice_ = 0;             // the next one of the picture
  std::vector<size_t> missing_;  // trials of the picture that are to be computed
  std::shared_ptr<const Picture> picture_;
  std::vector<PictureSums> results_;
  std::exception_ptr failure_;
};

}  // namespace

std::vector<Trial> Measure(const QuantizedGraph& quantized, quantize::CalibrationSource& source, const Options& options,
                           const Progress& progress) {
  const std::vector<TrialOf> trials = TrialsOf(quantized, options);
  const int threads = quantize::ThreadsOf(options.threads);
  const int pictures = std::max(1, source.size());
  // Where there are fewer pictures than threads, several threads share one: oneDNN gains less by them.
  const int slices = (threads + pictures - 1) / pictures;
  const int workers = std::min(threads, pictures * slices);
  Jobs jobs(source, trials, static_cast<size_t>(slices), options.store, progress);
  const auto work = [&] {
    try {
      TrialWorker worker(quantized, trials, std::max(1, threads / workers));
      while (const auto job = jobs.Take()) {
        worker.Run(job->number, job->picture->input, job->trials,
                   [&](size_t trial, OutputSums sums) { jobs.Deliver(*job, trial, std::move(sums)); });
      }
    } catch (...) {
      jobs.Fail();
    }
  };
  threads::SideBySide(static_cast<size_t>(workers), [&](size_t /*worker*/) { work(); });

  PictureSums sums(trials.size());
  for (const PictureSums& of_picture : jobs.Finish()) {
    for (size_t i = 0; i < sums.size(); ++i) {
      for (const auto& [name, sum] : of_picture[i]) sums[i][name].Merge(sum);
    }
  }
  std::vector<Trial> results;
  for (size_t i = 0; i < trials.size(); ++i) {
    const graph::Node& node = *trials[i].node;
    Trial result{node.name, node.op, node.onnx_nodes, quantized.graph.tensor(node.outputs[0]).name, {}, trials[i].part};
    for (const auto& [name, sum] : sums[i]) result.outputs[name] = sum.Finish();
    results.push_back(std::move(result));
  }
  return results;
}

std::map<std::string, analyze::Metrics> MeasureWeights(const QuantizedGraph& quantized,
                                                       quantize::CalibrationSource& source, int threads) {
  graph::Graph rounded = quantized.graph;
  for (size_t i = 0; i < rounded.nodes.size(); ++i) {
    graph::Node copy = rounded.nodes[i];
    RoundWeights(quantized, quantized.graph.nodes[i], rounded, copy);
    rounded.nodes[i] = std::move(copy);
  }
  engine::FloatEngineOptions options;
  options.threads = quantize::ThreadsOf(threads);
  engine::FloatEngine truth(quantized.graph, options);
  engine::FloatEngine measured(rounded, options);
  const auto parts = analyze::OutputParts(quantized.graph);
  OutputSums sums;
  while (const auto picture = source.Next()) {
    const Tensors outputs = measured.Run(picture->tensors);
    for (const auto& [name, tensor] : truth.Run(picture->tensors)) {
      AddParts(tensor, outputs.at(name), parts.at(name), sums);
    }
  }
  std::map<std::string, analyze::Metrics> metrics;
  for (const auto& [name, sum] : sums) metrics[name] = sum.Finish();
  return metrics;
}

}  // namespace lockstep::sensitivity
