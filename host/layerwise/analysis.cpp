#include "layerwise/analysis.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

#include "layerwise/findings.h"
#include "layerwise/network_formats.h"
#include "threads/start_thread.h"

namespace lockstep::layerwise {
namespace {

// Calls run(worker's own state, place) for every place below `count`, in as many threads as there are workers. Of the
// exceptions that of the lowest place is thrown.
template <typename Make, typename Run>
void ForEachPlace(size_t count, size_t workers, const Make& make, const Run& run) {
  std::atomic<size_t> next{0};
  std::mutex mutex;
  size_t failed = count;
  std::exception_ptr failure;
  const auto work = [&] {
    size_t place = 0;
    try {
      auto state = make();
      while ((place = next++) < count) run(state, place);
    } catch (...) {
      const std::lock_guard<std::mutex> lock(mutex);
      if (!failure || place < failed) failure = std::current_exception();
      failed = std::min(failed, place);
      next = count;
    }
  };
  threads::SideBySide(workers, [&](size_t /*worker*/) { work(); });
  if (failure) std::rethrow_exception(failure);
}

}  // namespace

Analysis Analyze(const graph::Graph& graph, const std::vector<uint8_t>& file, const AnalyzeOptions& options,
                 const std::function<void(int done, int total)>& progress) {
  const joint::Model& model = *joint::GetModel(file.data());
  const quantize::QuantizedGraph quantized = FormatsOf(graph, model);
  Analysis analysis;
  analysis.model = model.name() != nullptr ? model.name()->str() : "";
  analysis.rows = ChooseRows(graph, model);
  const size_t threads =
      options.threads > 0 ? static_cast<size_t>(options.threads) : std::max(1U, std::thread::hardware_concurrency());
  const size_t workers = std::clamp<size_t>(options.items.size(), 1, threads);
  const auto total = static_cast<int>(options.items.size() * graph.nodes.size());
  std::mutex reporting;
  int done = 0;
  const auto node_done = [&] {
    const std::lock_guard<std::mutex> lock(reporting);
    if (progress) progress(++done, total);
  };
  std::vector<PictureMetrics> pictures(options.items.size());
  ForEachPlace(
      options.items.size(), workers,
      [&] {
        std::optional<input::InputReader> truth;
        if (options.truth) truth.emplace(*options.truth);
        return std::make_unique<PictureRun>(quantized, file, analysis.rows, std::move(truth),
                                            static_cast<int>(threads / workers));
      },
      [&](const std::unique_ptr<PictureRun>& run, size_t place) {
        pictures[place] = run->Run(options.items[place], node_done);
      });

  std::map<std::string, std::vector<InputSums>> inputs;
  analysis.by_row.resize(analysis.rows.size());
  for (size_t i = 0; i < pictures.size(); ++i) {
    analysis.pictures.push_back(options.items[i].label);
    for (size_t row = 0; row < analysis.rows.size(); ++row) analysis.by_row[row].push_back(pictures[i].rows[row]);
    for (const auto& [name, metrics] : pictures[i].outputs) analysis.outputs[name].push_back(metrics);
    for (const auto& [name, sums] : pictures[i].inputs) inputs[name].push_back(sums);
  }
  for (const auto& [name, sums] : inputs) analysis.inputs[name] = CompareInputs(sums);
  analysis.outliers = FindOutliers(analysis.rows, analysis.by_row, quantized);
  analysis.findings = FindingsOf(analysis, quantized);
  return analysis;
}

}  // namespace lockstep::layerwise
