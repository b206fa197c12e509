// Windows over an image: where they lie, and walks over them. Convolutions and pools have them.
#pragma once

#include <algorithm>
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
// Of what a convolution of an image with these weights makes. Throws BadInput where they or the attributes do not fit.
graph::Shape ConvolutionShape(const InferContext& context, const graph::Shape& x, const graph::Shape& w);

// Writes what ResolveWindow says into the attributes and drops `auto_pad`; true if that changed anything.
bool NormalizeWindow(graph::Node& node, const Window& window);

// The normal form of a pool: explicit pads, and ceil_mode 0 because they say the same; `storage_order` means nothing
// without indices.
bool NormalizePool(graph::Graph& graph, graph::Node& node);

// Why a pool is not supported, but for reasons of its own.
std::string UnsupportedPool(const graph::Graph& graph, const graph::Node& node);

// How many positions of the kernel along an axis lie before `limit`, an index of the image, in the window at `at`.
inline int64_t TapsBelow(const Window& window, size_t axis, int64_t at, int64_t limit) {
  const int64_t room = limit - at * window.strides[axis] + window.pads_begin[axis];
  const int64_t taps = room <= 0 ? 0 : (room + window.dilations[axis] - 1) / window.dilations[axis];
  return std::min(window.kernel[axis], taps);
}

// Calls visit(offset, tap) for every kernel position of the window of output position `at` (an index per spatial axis)
// whose element lies inside of an image of shape `spatial`: its offset in the image's plane, and the position's in the
// kernel.
template <typename Visit>
void ForTaps(const Window& window, const graph::Shape& spatial, const std::vector<int64_t>& at, const Visit& visit) {
  const size_t axes = spatial.size();
  std::vector<int64_t> first(axes);
  std::vector<int64_t> end(axes);
  for (size_t i = 0; i < axes; ++i) {
    const int64_t begin = at[i] * window.strides[i] - window.pads_begin[i];
    first[i] = begin >= 0 ? 0 : (-begin + window.dilations[i] - 1) / window.dilations[i];
    end[i] = TapsBelow(window, i, at[i], spatial[i]);
    if (first[i] >= end[i]) return;
  }
  std::vector<int64_t> tap = first;
  for (bool more = true; more;) {
    int64_t offset = 0;
    int64_t k = 0;
    for (size_t i = 0; i < axes; ++i) {
      offset = offset * spatial[i] + at[i] * window.strides[i] + tap[i] * window.dilations[i] - window.pads_begin[i];
      k = k * window.kernel[i] + tap[i];
    }
    visit(offset, k);
    more = false;
    for (size_t i = axes; i-- > 0 && !more;) {
      more = ++tap[i] < end[i];
      if (!more) tap[i] = first[i];
    }
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
