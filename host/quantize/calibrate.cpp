#include "quantize/calibrate.h"

#include <algorithm>
#include <array>
#include <string>
#include <thread>

#include "graph/error.h"

namespace lockstep::quantize {
namespace {

constexpr size_t kParallelValues = 1 << 16;

constexpr size_t kLanes = 16;  // a multiple of every channel block
using LaneSums = std::array<double, kLanes>;

// Sums of every 16th value, in float along a row of vectors and in double from row to row: exact enough and vectorised.
LaneSums SumLanes(const float* values, size_t count) {
  constexpr size_t kRow = 64 * kLanes;
  LaneSums total{};
  for (size_t at = 0; at < count; at += kRow) {
    float sums[kLanes] = {};
    const size_t end = std::min(at + kRow, count);
    size_t i = at;
    for (; i + kLanes <= end; i += kLanes) {
      for (size_t lane = 0; lane < kLanes; ++lane) sums[lane] += values[i + lane];
    }
    for (size_t lane = 0; i < end; ++i, ++lane) sums[lane] += values[i];
    for (size_t lane = 0; lane < kLanes; ++lane) total[lane] += sums[lane];
  }
  return total;
}

// `block` channels lie side by side in memory, see FloatEngine::ChannelBlock.
void AddChannelMeans(const graph::Shape& shape, int block, const float* data, int threads, std::vector<double>& means) {
  if (shape.size() < 2) return;
  const auto batch = static_cast<size_t>(shape[0]);
  const auto channels = static_cast<size_t>(shape[1]);
  const auto width = static_cast<size_t>(block);
  const size_t plane = static_cast<size_t>(graph::ElementCount(shape)) / (batch * channels);
  means.resize(channels, 0.0);
#pragma omp parallel for num_threads(threads) if (channels * plane >= kParallelValues) schedule(static)
  for (size_t first = 0; first < channels; first += width) {
    for (size_t n = 0; n < batch; ++n) {
      const LaneSums sums = SumLanes(data + (n * channels + first) * plane, plane * width);
      for (size_t lane = 0; lane < kLanes; ++lane) {
        means[first + lane % width] += sums[lane] / static_cast<double>(batch * plane);
      }
    }
  }
}

}  // namespace

Calibration Calibrate(const graph::Graph& graph, const std::set<graph::TensorId>& observed,
                      const std::set<graph::TensorId>& channel_means, CalibrationSource& source, int threads,
                      const Progress& progress) {
  if (threads <= 0) threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  engine::FloatEngineOptions options;
  options.threads = threads;
  options.any_order = true;
  std::map<std::string, graph::TensorId> by_name;
  for (const auto* wanted : {&observed, &channel_means}) {
    for (const graph::TensorId id : *wanted) {
      const std::string& name = graph.tensor(id).name;
      by_name[name] = id;
      if (std::count(graph.inputs.begin(), graph.inputs.end(), id) == 0) options.observed.insert(name);
    }
  }
  Calibration calibration;
  std::map<std::string, int> channel_blocks;  // 1 for the inputs
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
    if (channel_means.count(id) != 0) {
      const auto block = channel_blocks.find(name);
      AddChannelMeans(shape, block == channel_blocks.end() ? 1 : block->second, data, threads,
                      calibration.channel_means[id]);
    }
  };
  engine::FloatEngine engine(graph, options);
  for (const std::string& name : options.observed) channel_blocks[name] = engine.ChannelBlock(name);
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
