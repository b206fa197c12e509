#include "quantize/calibrate.h"

#include <algorithm>
#include <string>
#include <thread>

#include "graph/error.h"

namespace lockstep::quantize {
namespace {

constexpr size_t kParallelValues = 1 << 16;

// The sum of one channel in float, four partial sums, in double from row to row: exact enough and vectorised.
double PlaneSum(const float* values, size_t count) {
  constexpr size_t kRow = 1024;
  double total = 0.0;
  for (size_t at = 0; at < count; at += kRow) {
    float sums[4] = {};
    const size_t end = std::min(at + kRow, count);
    size_t i = at;
    for (; i + 4 <= end; i += 4) {
      for (size_t lane = 0; lane < 4; ++lane) sums[lane] += values[i + lane];
    }
    for (; i < end; ++i) sums[0] += values[i];
    total += static_cast<double>(sums[0]) + sums[1] + sums[2] + sums[3];
  }
  return total;
}

void AddChannelMeans(const graph::Shape& shape, const float* data, int threads, std::vector<double>& means) {
  if (shape.size() < 2) return;
  const auto batch = static_cast<size_t>(shape[0]);
  const auto channels = static_cast<size_t>(shape[1]);
  const size_t plane = static_cast<size_t>(graph::ElementCount(shape)) / (batch * channels);
  means.resize(channels, 0.0);
#pragma omp parallel for num_threads(threads) if (channels * plane >= kParallelValues) schedule(static)
  for (size_t c = 0; c < channels; ++c) {
    double sum = 0.0;
    for (size_t n = 0; n < batch; ++n) sum += PlaneSum(data + (n * channels + c) * plane, plane);
    means[c] += sum / static_cast<double>(batch * plane);
  }
}

}  // namespace

Calibration Calibrate(const graph::Graph& graph, const std::set<graph::TensorId>& observed,
                      const std::set<graph::TensorId>& channel_means, CalibrationSource& source, int threads,
                      const Progress& progress) {
  if (threads <= 0) threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  engine::FloatEngineOptions options;
  options.threads = threads;
  std::map<std::string, graph::TensorId> by_name;
  for (const auto* wanted : {&observed, &channel_means}) {
    for (const graph::TensorId id : *wanted) {
      const std::string& name = graph.tensor(id).name;
      by_name[name] = id;
      if (std::count(graph.inputs.begin(), graph.inputs.end(), id) == 0) options.observed.insert(name);
    }
  }
  Calibration calibration;
  std::string context;
  const auto observe = [&](const std::string& name, const graph::Shape& shape, const float* data) {
    const auto found = by_name.find(name);
    if (found == by_name.end()) return;
    const graph::TensorId id = found->second;
    if (observed.count(id) != 0) {
      const auto count = static_cast<size_t>(graph::ElementCount(shape));
      if (!calibration.statistics[id].Observe(data, count, threads)) {
        throw BadInput("tensor \"" + name + "\" has a value that is not finite for calibration input " +
                       std::to_string(calibration.inputs_seen + 1) + "; check mean and std, or leave that picture out");
      }
    }
    if (channel_means.count(id) != 0) AddChannelMeans(shape, data, threads, calibration.channel_means[id]);
  };
  engine::FloatEngine engine(graph, options);
  const int total = source.size();
  while (const auto inputs = source.Next()) {
    for (const auto& [name, tensor] : *inputs) observe(name, tensor.shape, tensor.data.data());
    engine.Run(*inputs, observe);
    ++calibration.inputs_seen;
    if (progress) progress(calibration.inputs_seen, std::max(total, calibration.inputs_seen));
  }
  if (calibration.inputs_seen == 0) throw BadInput("calibration got no inputs; give a folder with pictures");
  for (auto& [id, means] : calibration.channel_means) {
    for (double& mean : means) mean /= calibration.inputs_seen;
  }
  return calibration;
}

}  // namespace lockstep::quantize
