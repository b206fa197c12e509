#include "quantize/corrections/channel_statistics.h"

#include <algorithm>
#include <cmath>

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
    statistics.largest.assign(channels, 0.0);
    statistics.mean_square.assign(channels, 0.0);
    for (size_t i = 0; i < batch * channels; ++i) {
      float largest = 0.0F;
      double squares = 0.0;
      for (const float* value = data + i * plane; value != data + (i + 1) * plane; ++value) {
        largest = std::max(largest, std::abs(*value));
        squares += *value * *value;
      }
      double& known = statistics.largest[i % channels];
      known = std::max<double>(known, largest);
      statistics.mean_square[i % channels] += squares / static_cast<double>(batch * plane);
    }
  };
  Found result;
  int pictures = 0;
  const auto take = [&](const Found& found) {
    ++pictures;
    for (const auto& [id, one] : found) {
      ChannelStatistics& all = result[id];
      all.largest.resize(one.largest.size(), 0.0);
      all.mean_square.resize(one.largest.size(), 0.0);
      for (size_t i = 0; i < one.largest.size(); ++i) {
        all.largest[i] = std::max(all.largest[i], one.largest[i]);
        all.mean_square[i] += one.mean_square[i];
      }
    }
  };
  ForEachPicture<Found>(graph, {tensors.begin(), tensors.end()}, source, threads, look, take);
  for (auto& [id, statistics] : result) {
    for (double& square : statistics.mean_square) square /= pictures;
  }
  return result;
}

}  // namespace lockstep::quantize
