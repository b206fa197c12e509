#include "info/node_costs.h"

#include <limits>
#include <set>

namespace lockstep::info {
namespace {

using graph::Graph;
using graph::kNoTensor;
using graph::Node;
using graph::Shape;
using graph::TensorId;

bool IsParameter(const Graph& graph, TensorId id) {
  return id != kNoTensor && graph.tensor(id).constant && graph.tensor(id).type == graph::ElementType::kFloat;
}

// Saturates, as ElementCount does: shapes are what a file says.
int64_t Sum(int64_t a, int64_t b) {
  int64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? std::numeric_limits<int64_t>::max() : sum;
}

// Elements of `shape` times those of `part` from axis `from` on.
int64_t Product(Shape shape, const Shape& part, ptrdiff_t from) {
  shape.insert(shape.end(), part.begin() + from, part.end());
  return graph::ElementCount(shape);
}

}  // namespace

int64_t MacsOf(const Graph& graph, const Node& node) {
  if (node.inputs.size() < 2 || node.inputs[0] == kNoTensor || node.inputs[1] == kNoTensor) return 0;
  const Shape& x = graph.tensor(node.inputs[0]).shape;
  const Shape& w = graph.tensor(node.inputs[1]).shape;
  const Shape& y = graph.tensor(node.outputs[0]).shape;
  if (!graph::IsKnown(x) || !graph::IsKnown(w) || !graph::IsKnown(y) || x.empty() || w.empty()) return 0;
  // What lies behind the first axis of weights belongs to one output channel, of a ConvTranspose to one input channel.
  if (node.op == "Conv") return Product(y, w, 1);
  if (node.op == "ConvTranspose") return Product(x, w, 1);
  if (node.op == "MatMul") return Product(y, {x.back()}, 0);
  if (node.op == "Gemm") return Product(y, {node.Int("transA", 0) != 0 ? x.front() : x.back()}, 0);
  return 0;
}

int64_t MacsOf(const Graph& graph) {
  int64_t macs = 0;
  for (const Node& node : graph.nodes) macs = Sum(macs, MacsOf(graph, node));
  return macs;
}

int64_t ParametersOf(const Graph& graph, const Node& node) {
  int64_t count = 0;
  for (const TensorId id : node.inputs) {
    if (IsParameter(graph, id)) count = Sum(count, graph::ElementCount(graph.tensor(id).shape));
  }
  return count;
}

int64_t ParametersOf(const Graph& graph) {
  std::set<TensorId> counted;
  int64_t count = 0;
  for (const Node& node : graph.nodes) {
    for (const TensorId id : node.inputs) {
      if (!IsParameter(graph, id) || !counted.insert(id).second) continue;
      count = Sum(count, graph::ElementCount(graph.tensor(id).shape));
    }
  }
  return count;
}

}  // namespace lockstep::info
