// The elements of a tensor by the levels that they have.
#pragma once

#include <cstddef>

#include "graph/graph.h"
#include "quantize/tensor_format.h"

namespace lockstep::quantize {

// Calls visit(first, count, channel) for all elements in ONNX order, in runs of one channel; `format` has levels. One
// run of channel 0 where it has one scale.
template <typename Visit>
void ForEachChannelRun(const graph::Shape& shape, const TensorFormat& format, const Visit& visit) {
  const auto elements = static_cast<size_t>(graph::ElementCount(shape));
  if (!format.has_channel_scales()) return visit(size_t{0}, elements, size_t{0});
  size_t run = 1;
  for (size_t i = static_cast<size_t>(format.axis) + 1; i < shape.size(); ++i) run *= static_cast<size_t>(shape[i]);
  for (size_t first = 0; first < elements; first += run) visit(first, run, first / run % format.scales.size());
}

}  // namespace lockstep::quantize
