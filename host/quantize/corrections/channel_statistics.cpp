#include "quantize/corrections/channel_statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "quantize/corrections/picture_pass.h"

namespace lockstep::quantize {

std::map<graph::TensorId, ChannelStatistics> ObserveChannels(const graph::Graph& graph,
                                                             const std::vector<graph::TensorId>& tensors,
                                                             CalibrationSource& source, int threads) {
  using Found = std::map<graph::TensorId, ChannelStatistics>;
  const auto look = [](graph::TensorId id, const graph::Shape& shape, const float* data, Found& found) {
    const auto channels = static_cast<size_t>(shape[1]);
    const size_t batch = static_cast<size_t>(shape[0]);
    const size_t plane = static_cast<size_t>(graph::ElementCount(shape)) / (batch * channels);
    ChannelStatistics& statistics = found[id];
    statistics.low.assign(channels, std::numeric_limits<double>::infinity());
    statistics.high.assign(channels, -std::numeric_limits<double>::infinity());
    statistics.mean_square.assign(channels, 0.0);
    for (size_t i = 0; i < batch * channels; ++i) {
      float low = data[i * plane];
      float high = low;
      double squares = 0.0;
      for (const float* value = data + i * plane; value != data + (i + 1) * plane; ++value) {
        low = std::min(low, *value);
        high = std::max(high, *value);
        squares += *value * *value;
      }
      double& lowest = statistics.low[i % channels];
      double& highest = statistics.high[i % channels];
      lowest = std::min<double>(lowest, low);
      highest = std::max<double>(highest, high);
      statistics.mean_square[i % channels] += squares / static_cast<double>(batch * plane);
    }
  };
  Found result;
  int pictures = 0;
  const auto take = [&](const Found& found) {
    ++pictures;
    for (const auto& [id, one] : found) {
      ChannelStatistics& all = result[id];
      if (all.low.empty()) {
        all = one;
        continue;
      }
      for (size_t i = 0; i < one.low.size(); ++i) {
        all.low[i] = std::min(all.low[i], one.low[i]);
        all.high[i] = std::max(all.high[i], one.high[i]);
        all.mean_square[i] += one.mean_square[i];
      }
    }
  };
  ForEachPicture<Found>(graph, {tensors.begin(), tensors.end()}, source, threads, look, take);
  for (auto& [id, statistics] : result) {
    for (double& square : statistics.mean_square) square /= pictures;
    for (size_t i = 0; i < statistics.low.size(); ++i) {
      statistics.largest.push_back(std::max(std::abs(statistics.low[i]), std::abs(statistics.high[i])));
    }
  }
  return result;
}

}  // namespace lockstep::quantize
