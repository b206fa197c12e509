#include "layerwise/channel_peaks.h"

#include <algorithm>
#include <cmath>

namespace lockstep::layerwise {

size_t ChannelAxis(const graph::Graph& graph, const graph::Uses& uses, graph::TensorId id) {
  const size_t rank = graph.tensor(id).shape.size();
  if (rank >= 4) {
    const bool input = std::count(graph.inputs.begin(), graph.inputs.end(), id) != 0;
    return input && graph::IsChannelsLast(graph, id) ? rank - 1 : 1;
  }
  if (rank <= 2) return rank == 0 ? 0 : rank - 1;
  const auto along_last = [&](int32_t node) {
    if (node < 0) return false;
    const std::string& op = graph.nodes[static_cast<size_t>(node)].op;
    return op == "MatMul" || op == "LayerNormalization";
  };
  const auto place = static_cast<size_t>(id);
  const auto& readers = uses.consumers[place];
  return along_last(uses.producer[place]) || std::any_of(readers.begin(), readers.end(), along_last) ? rank - 1 : 1;
}

std::vector<double> ChannelPeaks(const graph::Shape& shape, size_t axis, const float* values) {
  size_t inner = 1;
  for (size_t i = axis + 1; i < shape.size(); ++i) inner *= static_cast<size_t>(shape[i]);
  const size_t extent = shape.empty() ? 1 : static_cast<size_t>(shape[axis]);
  std::vector<double> peaks(extent, 0.0);
  const auto count = static_cast<size_t>(graph::ElementCount(shape));
  for (size_t i = 0; i < count; ++i) {
    const double size = std::abs(static_cast<double>(values[i]));
    if (std::isfinite(size)) peaks[i / inner % extent] = std::max(peaks[i / inner % extent], size);
  }
  return peaks;
}

}  // namespace lockstep::layerwise
