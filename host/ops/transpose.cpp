#include <algorithm>
#include <numeric>

#include "ops/op.h"
#include "ops/op_table.h"

namespace lockstep::ops {
namespace {

using graph::Shape;

std::vector<int64_t> Perm(const graph::Node& node, size_t rank) {
  std::vector<int64_t> perm(rank);
  std::iota(perm.rbegin(), perm.rend(), int64_t{0});
  return node.Ints("perm", perm);
}

void Infer(InferContext& context) {
  const Shape& from = context.Shape(0);
  const std::vector<int64_t> perm = Perm(context.node, from.size());
  std::vector<int64_t> sorted = perm;
  std::sort(sorted.begin(), sorted.end());
  bool valid = perm.size() == from.size();
  for (size_t i = 0; valid && i < sorted.size(); ++i) valid = sorted[i] == static_cast<int64_t>(i);
  context.Require(valid, "its attribute 'perm' is not a permutation of the axes 0 to " +
                             std::to_string(static_cast<int64_t>(from.size()) - 1) + " of " + graph::ToString(from));
  Shape to;
  for (const int64_t axis : perm) to.push_back(from[static_cast<size_t>(axis)]);
  context.Set(context.Type(0), to);
}

bool Normalize(graph::Graph& graph, graph::Node& node) {
  return SetAttribute(node, "perm", Perm(node, graph.tensor(node.inputs[0]).shape.size()));
}

Results Evaluate(const Call& call) {
  const Value& x = call.In(0);
  const std::vector<int64_t> strides = Strides(x.shape);
  std::vector<int64_t> moved;
  for (const int64_t axis : Perm(call.node, x.shape.size())) moved.push_back(strides[static_cast<size_t>(axis)]);
  return One(Copy(x, call.Shape(), [&](int64_t i) { return Offset(i, call.Shape(), moved); }));
}

}  // namespace

constexpr Op kTranspose = Op({1, 1}, Infer, Evaluate, LayoutKind::kTranspose, Supported).Normal(Normalize).View();

}  // namespace lockstep::ops
