// Windows over an image: where they lie, and walks over them. Convolutions and pools have them.
#pragma once

#include <vector>

#include "graph/graph.h"
#include "ops/infer_context.h"
#include "ops/op.h"

namespace lockstep::ops {

// Where a node's windows lie, per spatial axis: paddings made explicit.
struct Window {
  std::vector<int64_t> kernel, strides, dilations, pads_begin, pads_end, output;
};

// Checks the attributes of the context's node and resolves them. `kernel` is the weights' where the node has some;
// without weights the attribute `kernel_shape` must be there.
Window InferWindow(const InferContext& context, const graph::Shape& spatial, const std::vector<int64_t>& kernel);

// The same for a node that `infer` has seen. `spatial` is the input's shape without N and C.
Window ResolveWindow(const graph::Node& node, const graph::Shape& spatial, const std::vector<int64_t>& kernel);

// Whether `ceil_mode` gives a pool windows that reach beyond the padding: elements that count_include_pad does not
// count.
bool ReachesBeyondPadding(const graph::Node& node, const graph::Shape& spatial);

graph::Shape Spatial(const graph::Shape& shape);  // without N and C
// N of the first input, `channels`, `spatial`.
graph::Shape ImageShape(const InferContext& context, int64_t channels, const std::vector<int64_t>& spatial);
void RequireImage(const InferContext& context);  // rank 3 or more

// Writes what ResolveWindow says into the attributes and drops `auto_pad`; true if that changed anything.
bool NormalizeWindow(graph::Node& node, const Window& window);

// The normal form of a pool: explicit pads, and ceil_mode 0 because they say the same; `storage_order` means nothing
// without indices.
bool NormalizePool(graph::Graph& graph, graph::Node& node);

// Why a pool is not supported, but for reasons of its own.
std::string UnsupportedPool(const graph::Graph& graph, const graph::Node& node);

// Calls visit(offset, tap) for every kernel position of the window of output position `at` (an index per spatial axis)
// whose element lies inside of an image of shape `spatial`: its offset in the image's plane, and the position's in the
// kernel.
template <typename Visit>
void ForTaps(const Window& window, const graph::Shape& spatial, const std::vector<int64_t>& at, const Visit& visit) {
  const size_t axes = spatial.size();
  std::vector<int64_t> tap(axes, 0);
  for (int64_t k = 0, count = graph::ElementCount(window.kernel); k < count; ++k) {
    int64_t offset = 0;
    bool inside = true;
    for (size_t i = 0; i < axes; ++i) {
      const int64_t from = at[i] * window.strides[i] + tap[i] * window.dilations[i] - window.pads_begin[i];
      inside = inside && from >= 0 && from < spatial[i];
      offset = offset * spatial[i] + from;
    }
    if (inside) visit(offset, k);
    for (size_t i = axes; i-- > 0 && ++tap[i] == window.kernel[i];) tap[i] = 0;
  }
}

// Calls visit(plane, position, at) for every element of an N,C,spatial.. tensor, in order.
template <typename Visit>
void ForPositions(const graph::Shape& shape, const Visit& visit) {
  const graph::Shape spatial = Spatial(shape);
  std::vector<int64_t> at(spatial.size());
  const int64_t size = graph::ElementCount(spatial);
  for (int64_t plane = 0; plane < shape[0] * shape[1]; ++plane) {
    std::fill(at.begin(), at.end(), 0);
    for (int64_t position = 0; position < size; ++position) {
      visit(plane, position, at);
      for (size_t i = at.size(); i-- > 0 && ++at[i] == spatial[i];) at[i] = 0;
    }
  }
}

}  // namespace lockstep::ops
