#include "quantize/calibration_worker.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "graph/error.h"
#include "quantize/not_finite.h"

namespace lockstep::quantize {
namespace {

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

// `block` channels lie side by side in memory.
std::vector<double> ChannelMeans(const graph::Shape& shape, int block, const float* data) {
  const auto batch = static_cast<size_t>(shape[0]);
  const auto channels = static_cast<size_t>(shape[1]);
  const auto width = static_cast<size_t>(block);
  const size_t plane = static_cast<size_t>(graph::ElementCount(shape)) / (batch * channels);
  std::vector<double> means(channels, 0.0);
  for (size_t first = 0; first < channels; first += width) {
    for (size_t n = 0; n < batch; ++n) {
      const LaneSums sums = SumLanes(data + (n * channels + first) * plane, plane * width);
      for (size_t lane = 0; lane < kLanes; ++lane) {
        means[first + lane % width] += sums[lane] / static_cast<double>(batch * plane);
      }
    }
  }
  return means;
}

// Likewise.
std::vector<Range> ChannelExtremes(const graph::Shape& shape, int block, const float* data) {
  const auto batch = static_cast<size_t>(shape[0]);
  const auto channels = static_cast<size_t>(shape[1]);
  const auto width = static_cast<size_t>(block);
  const size_t plane = static_cast<size_t>(graph::ElementCount(shape)) / (batch * channels);
  std::vector<Range> extremes(channels);
  for (size_t first = 0; first < channels; first += width) {
    std::array<float, kLanes> low{}, high{};
    for (size_t lane = 0; lane < kLanes; ++lane) low[lane] = high[lane] = data[first * plane + lane % width];
    for (size_t n = 0; n < batch; ++n) {
      const float* values = data + (n * channels + first) * plane;
      const size_t count = plane * width;
      size_t i = 0;
      for (; i + kLanes <= count; i += kLanes) {
        for (size_t lane = 0; lane < kLanes; ++lane) {
          low[lane] = std::min(low[lane], values[i + lane]);
          high[lane] = std::max(high[lane], values[i + lane]);
        }
      }
      for (size_t lane = 0; i < count; ++i, ++lane) {
        low[lane] = std::min(low[lane], values[i]);
        high[lane] = std::max(high[lane], values[i]);
      }
    }
    for (size_t lane = 0; lane < kLanes; ++lane) {
      Range& range = extremes[first + lane % width];
      if (lane < width) range = {low[lane], high[lane]};
      range = {std::min<double>(range.low, low[lane]), std::max<double>(range.high, high[lane])};
    }
  }
  return extremes;
}

engine::FloatEngineOptions EngineOptions(const Observation& observation) {
  const graph::Graph& graph = observation.graph;
  engine::FloatEngineOptions options;
  options.threads = 1;
  options.any_order = true;
  for (const auto* wanted : {&observation.statistics, &observation.channel_means, &observation.channel_extremes}) {
    for (const graph::TensorId id : *wanted) {
      if (std::count(graph.inputs.begin(), graph.inputs.end(), id) == 0) {
        options.observed.insert(graph.tensor(id).name);
      }
    }
  }
  return options;
}

}  // namespace

CalibrationWorker::CalibrationWorker(const Observation& observation, HistogramCounters& counters)
    : graph_(observation.graph), engine_(observation.graph, EngineOptions(observation)), counters_(counters) {
  const graph::Graph& graph = graph_;
  for (const graph::TensorId id : observation.statistics) observed_[graph.tensor(id).name].statistics = true;
  for (const graph::TensorId id : observation.channel_extremes) {
    observed_[graph.tensor(id).name].channel_extremes = true;
  }
  for (const auto& [id, visible] : VisibleValues(graph)) {
    if (observation.statistics.count(id) != 0) observed_[graph.tensor(id).name].visible = visible;
  }
  for (const graph::TensorId id : observation.channel_means) {
    observed_[graph.tensor(id).name].channel_means = graph.tensor(id).shape.size() >= 2;
  }
  for (auto& [name, tensor] : observed_) {
    tensor.id = graph.Find(name);
    const bool is_input = std::count(graph.inputs.begin(), graph.inputs.end(), tensor.id) != 0;
    if (!is_input) tensor.channel_block = engine_.ChannelBlock(name);
  }
}

PictureFindings CalibrationWorker::Run(const CalibrationInput& input) {
  PictureFindings findings;
  const auto observe = [&](const std::string& name, const graph::Shape& shape, const float* data) {
    Observe(name, shape, data, input, findings);
  };
  for (const auto& [name, tensor] : input.tensors) observe(name, tensor.shape, tensor.data.data());
  engine_.Run(input.tensors, observe);
  return findings;
}

void CalibrationWorker::Observe(const std::string& name, const graph::Shape& shape, const float* data,
                                const CalibrationInput& input, PictureFindings& findings) {
  const auto found = observed_.find(name);
  if (found == observed_.end()) return;
  const Observed& tensor = found->second;
  const auto count = static_cast<size_t>(graph::ElementCount(shape));
  if (tensor.statistics && count != 0) {
    const std::vector<float> shown =
        tensor.visible ? ShowVisible(*tensor.visible, shape, tensor.channel_block, data) : std::vector<float>();
    const Range extremes = counters_[tensor.id].Count(tensor.visible ? shown.data() : data, count);
    if (!std::isfinite(extremes.low) || !std::isfinite(extremes.high)) {
      throw BadInput(FirstNotFinite(graph_, input, name));
    }
    findings.extremes[tensor.id] = extremes;
  }
  if (tensor.channel_means) findings.channel_means[tensor.id] = ChannelMeans(shape, tensor.channel_block, data);
  if (tensor.channel_extremes && count != 0) {
    findings.channel_extremes[tensor.id] = ChannelExtremes(shape, tensor.channel_block, data);
  }
}

}  // namespace lockstep::quantize
