#include <algorithm>
#include <cmath>

#include "optimize/composition.h"
#include "optimize/origins.h"
#include "optimize/pass.h"

namespace lockstep::optimize {
namespace {

using graph::Graph;
using graph::kNoTensor;
using graph::Node;
using graph::Shape;
using graph::TensorId;

// x / sqrt(mean(x^2) + epsilon) * scale over rows of last axes, or of one axis.
struct Normalisation {
  TensorId x = kNoTensor;
  int64_t axis = -1;     // the first of the last axes, or the only one
  bool single = false;   // only that axis
  double epsilon = 0.0;  // added to the mean
  double scale = 1.0;
};

// The axes of a reduction that keeps them; false if they are neither one nor the last ones.
bool TakeAxes(const Graph& graph, const Node& reduction, Normalisation* found) {
  found->axis = FirstOfLastAxes(graph, reduction);
  const std::vector<int64_t> axes = reduction.Ints("axes", {});
  if (found->axis < 0 && axes.size() == 1 && axes[0] >= 0 && reduction.Int("keepdims", 1) != 0) {
    found->axis = axes[0];
    found->single = true;
  }
  return found->axis >= 0;
}

int64_t RowLength(const Graph& graph, const Normalisation& found) {
  const Shape& shape = graph.tensor(found.x).shape;
  if (found.single) return shape[static_cast<size_t>(found.axis)];
  return graph::ElementCount({shape.begin() + found.axis, shape.end()});
}

// The mean of squares, or their sum: then what is added to it and the quotient count in n-ths.
Normalisation MeanOfSquares(const Graph& graph, Origins& origins, TensorId id, double added) {
  Normalisation found;
  const Node* mean = origins.Of(id, "ReduceMean");
  const Node* reduction = mean != nullptr ? mean : origins.Of(id, "ReduceSum");
  if (reduction == nullptr) reduction = origins.Of(id, "ReduceSumSquare");
  if (reduction == nullptr || !TakeAxes(graph, *reduction, &found)) return {};
  found.x = reduction->op == "ReduceSumSquare" ? reduction->inputs[0] : Squared(graph, origins, reduction->inputs[0]);
  if (found.x == kNoTensor || !graph::IsKnown(graph.tensor(found.x).shape)) return {};
  const auto n = static_cast<double>(RowLength(graph, found));
  found.epsilon = mean != nullptr ? added : added / n;
  found.scale = mean != nullptr ? 1.0 : 1.0 / std::sqrt(n);
  return found;
}

// The sum of `id` and a number, or `id` alone and 0.
TensorId WithoutNumber(const Graph& graph, Origins& origins, TensorId id, double* number) {
  *number = 0.0;
  const Node* sum = origins.Of(id, "Add");
  for (size_t side = 0; sum != nullptr && side < 2; ++side) {
    if (IsUniform(graph, sum->inputs[side], number) && *number >= 0.0) return sum->inputs[1 - side];
  }
  *number = 0.0;
  return id;
}

// The root that is divided by: sqrt(mean(x^2) + epsilon), sqrt(sum(x^2)), or the norm as an operator.
Normalisation Root(const Graph& graph, Origins& origins, TensorId id) {
  if (const Node* norm = origins.Of(id, "ReduceL2")) {
    Normalisation found;
    if (!TakeAxes(graph, *norm, &found)) return {};
    found.x = norm->inputs[0];
    if (!graph::IsKnown(graph.tensor(found.x).shape)) return {};
    found.scale = 1.0 / std::sqrt(static_cast<double>(RowLength(graph, found)));
    return found;
  }
  const Node* root = origins.Of(id, "Sqrt");
  double half = 0.0;
  if (root == nullptr) {
    root = origins.Of(id, "Pow");
    if (root == nullptr || !IsUniform(graph, root->inputs[1], &half) || half != 0.5) return {};
  }
  double added = 0.0;
  const TensorId squares = WithoutNumber(graph, origins, root->inputs[0], &added);
  return MeanOfSquares(graph, origins, squares, added);
}

// What keeps the divisor from being 0: a Clip, Max or Expand around the root. Beside a norm that is not as small as
// that number it changes nothing, and as an epsilon it keeps rows of zeros what they are.
Normalisation Divisor(const Graph& graph, Origins& origins, TensorId id) {
  constexpr double kMostLeast = 1e-3;
  if (const Node* expand = origins.Of(id, "Expand")) id = expand->inputs[0];
  double least = 0.0;
  if (const Node* clip = origins.Of(id, "Clip")) {
    double most = 0.0;
    const bool open = clip->inputs.size() < 3 || clip->inputs[2] == kNoTensor ||
                      (IsUniform(graph, clip->inputs[2], &most) && most >= 1e30);
    if (clip->inputs.size() < 2 || !IsUniform(graph, clip->inputs[1], &least) || !open) return {};
    id = clip->inputs[0];
  } else if (const Node* larger = origins.Of(id, "Max")) {
    if (larger->inputs.size() != 2) return {};
    const size_t number = IsUniform(graph, larger->inputs[0], &least) ? 0 : 1;
    if (!IsUniform(graph, larger->inputs[number], &least)) return {};
    id = larger->inputs[1 - number];
  }
  if (!(least >= 0.0 && least <= kMostLeast)) return {};
  Normalisation found = Root(graph, origins, id);
  if (found.x == kNoTensor) return {};
  const double share = least * found.scale;  // of a root of a mean
  found.epsilon += share * share;
  return found;
}

// Rows of x and -x have no mean, and x's mean square as their variance.
void Compose(Composition& c, const Normalisation& found) {
  constexpr float kSmallest = 1e-24F;
  TensorId x = found.x;
  const auto rank = static_cast<int64_t>(c.ShapeOf(x).size());
  const bool turns = found.single && found.axis != rank - 1;
  std::vector<int64_t> perm;
  for (int64_t i = 0; i < rank; ++i) perm.push_back(i);
  if (turns) {
    std::swap(perm[static_cast<size_t>(found.axis)], perm.back());
    x = c.Transpose("last", x, perm);
  }
  const int64_t axis = turns ? rank - 1 : found.axis;
  const Shape shape = c.ShapeOf(x);
  const TensorId negative = c.Add("Mul", "negative", {x, c.Scalar("minus_one", -1.0F)}, shape);
  const TensorId both = c.Concat("both", {x, negative}, axis);
  const float epsilon = std::max(static_cast<float>(found.epsilon), kSmallest);
  const TensorId normal =
      c.Add("LayerNormalization", "normalised", {both, c.Floats("scale", {1}, {static_cast<float>(found.scale)})},
            c.ShapeOf(both), {{"axis", axis}, {"epsilon", epsilon}});
  const std::vector<TensorId> ends = {c.Ints("start", {0}), c.Ints("end", {shape[static_cast<size_t>(axis)]}),
                                      c.Ints("axis", {axis}), c.Ints("step", {1})};
  const std::vector<TensorId> slice = {normal, ends[0], ends[1], ends[2], ends[3]};
  if (turns) {
    c.TransposeInto(c.origin().outputs[0], "back", c.Add("Slice", "first", slice, shape), perm);
  } else {
    c.AddInto(c.origin().outputs[0], "Slice", "first", slice);
  }
}

Normalisation OfLpNormalization(const Graph& graph, const Node& node) {
  Normalisation found;
  found.x = node.inputs[0];
  const Shape& shape = graph.tensor(found.x).shape;
  if (node.Int("p", 2) != 2 || !graph::IsKnown(shape)) return {};
  const int64_t axis = node.Int("axis", -1);
  found.axis = axis < 0 ? axis + static_cast<int64_t>(shape.size()) : axis;
  found.single = true;
  found.scale = 1.0 / std::sqrt(static_cast<double>(RowLength(graph, found)));
  return found;
}

bool Rewrite(Graph& graph, const graph::Uses& uses, size_t index) {
  Node& node = graph.nodes[index];
  if (node.activation.kind != graph::ActivationKind::kNone) return false;
  Origins origins(graph, uses);
  Normalisation found;
  if (node.op == "LpNormalization") {
    found = OfLpNormalization(graph, node);
  } else {
    const Quotient quotient = QuotientOf(graph, origins, node);
    if (quotient.dividend == kNoTensor) return false;
    found = Divisor(graph, origins, quotient.divisor);
    if (found.x != quotient.dividend) return false;
  }
  if (found.x == kNoTensor || RowLength(graph, found) == 0) return false;
  if (graph.tensor(found.x).shape != graph.tensor(node.outputs[0]).shape) return false;
  Node origin = node;
  origin.onnx_nodes.clear();
  for (const Node* one : origins.Found()) InheritNodes(origin, *one);
  InheritNodes(origin, node);
  Composition c(graph, origin);
  Compose(c, found);
  Retire(graph.nodes[index]);
  return true;
}

}  // namespace

int RecognizeRootMeanSquare(Graph& graph) { return RewriteAll(graph, Rewrite); }

}  // namespace lockstep::optimize
