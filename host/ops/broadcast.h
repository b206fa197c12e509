// NumPy's broadcasting.
#pragma once

#include <optional>

#include "graph/graph.h"
#include "ops/infer_context.h"

namespace lockstep::ops {

// Nothing if the shapes do not fit.
std::optional<graph::Shape> Broadcast(const graph::Shape& a, const graph::Shape& b);

// The shape of inputs `first` to `first + count - 1` together. Throws BadInput naming the node if they do not fit.
graph::Shape BroadcastInputs(const InferContext& context, size_t first, size_t count);

// For each element of `shape` the index into an operand that is broadcast to it.
class BroadcastIndex {
 public:
  BroadcastIndex(const graph::Shape& operand, const graph::Shape& shape);
  size_t At(int64_t flat) const { return static_cast<size_t>(Offset(flat, shape_, strides_)); }

 private:
  graph::Shape shape_;
  std::vector<int64_t> strides_;
};

}  // namespace lockstep::ops
