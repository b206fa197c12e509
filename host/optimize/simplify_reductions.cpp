// Reductions, extremes and running sums in the words of those that are layers.
#include <algorithm>
#include <numeric>

#include "ops/broadcast.h"
#include "ops/cum_sum.h"
#include "ops/factors.h"
#include "optimize/graph_edit.h"
#include "optimize/pass.h"
#include "optimize/replacement.h"

namespace lockstep::optimize {
namespace {

using graph::ElementType;
using graph::Graph;
using graph::kNoTensor;
using graph::Node;
using graph::Shape;
using graph::TensorId;

// x, and one constant number for all of its elements; kNoTensor otherwise.
TensorId BesideNumber(const Graph& graph, const Node& node, double* number) {
  for (size_t side = 0; side < 2; ++side) {
    const TensorId x = node.inputs[1 - side];
    if (!IsConstant(graph, x) && IsUniform(graph, node.inputs[side], number) &&
        graph.tensor(x).shape == graph.tensor(node.outputs[0]).shape) {
      return x;
    }
  }
  return kNoTensor;
}

// Of many inputs two by two; of one number and a tensor a Clip.
bool Extreme(Graph& graph, size_t index) {
  Replacement made(graph, index);
  const Node& node = made.origin();
  if (node.inputs.size() == 1) return made.Finish(made.Add("Identity", node.inputs, made.OutputShape()));
  if (node.inputs.size() == 2) {
    double number = 0.0;
    const TensorId x = BesideNumber(graph, node, &number);
    if (x == kNoTensor || number != number) return false;
    const TensorId limit = made.Floats({}, {static_cast<float>(number)});
    const bool lowest = node.op == "Max";
    return made.Finish(made.Add("Clip",
                                lowest ? std::vector<TensorId>{x, limit} : std::vector<TensorId>{x, kNoTensor, limit},
                                made.OutputShape()));
  }
  TensorId all = node.inputs[0];
  for (size_t i = 1; i < node.inputs.size(); ++i) {
    const auto shape = ops::Broadcast(made.ShapeOf(all), made.ShapeOf(node.inputs[i]));
    all = made.Add(node.op, {all, node.inputs[i]}, shape.value());
  }
  return made.Finish(all);
}

// Limits that are computed.
bool Clip(Graph& graph, size_t index) {
  Replacement made(graph, index);
  const Node& node = made.origin();
  const size_t rank = made.OutputShape().size();
  bool computed = false;
  for (size_t i = 1; i < node.inputs.size(); ++i) {
    if (node.inputs[i] == kNoTensor) continue;
    if (made.ShapeOf(node.inputs[i]).size() > rank) return false;
    computed = computed || !IsConstant(graph, node.inputs[i]);
  }
  if (!computed) return false;
  TensorId x = node.inputs[0];
  for (size_t i = 1; i < node.inputs.size(); ++i) {
    if (node.inputs[i] == kNoTensor || graph::ElementCount(made.ShapeOf(node.inputs[i])) == 0) continue;
    x = made.Add(i == 1 ? "Max" : "Min", {x, node.inputs[i]}, made.OutputShape());
  }
  return x != node.inputs[0] && made.Finish(x);
}

// The sum of squares, of magnitudes, and logarithms and roots of sums.
bool OfSum(Graph& graph, size_t index) {
  Replacement made(graph, index);
  const Node& node = made.origin();
  const TensorId x = node.inputs[0];
  if (node.inputs.size() > 1 || node.attributes.count("axes") == 0) return false;
  const Shape from = made.ShapeOf(x);
  const Shape to = made.OutputShape();
  const bool squares = node.op == "ReduceSumSquare" || node.op == "ReduceL2";
  const bool root = node.op == "ReduceL2";
  const bool logarithm = node.op == "ReduceLogSum";
  TensorId terms = x;
  if (squares) terms = made.Add("Mul", {x, x}, from);
  if (node.op == "ReduceL1") terms = made.Add("Abs", {x}, from);
  TensorId sum = made.Add("ReduceSum", {terms}, to, node.attributes);
  if (root) sum = made.Add("Sqrt", {sum}, to);
  if (logarithm) sum = made.Add("Log", {sum}, to);
  return made.Finish(sum);
}

// log(sum(exp(x - max))) + max: nothing of it overflows.
bool LogSumExp(Graph& graph, size_t index) {
  Replacement made(graph, index);
  const Node& node = made.origin();
  const TensorId x = node.inputs[0];
  if (node.inputs.size() > 1 || node.attributes.count("axes") == 0) return false;
  const Shape from = made.ShapeOf(x);
  const std::vector<int64_t> axes = node.Ints("axes", {});
  Shape kept = from;
  for (const int64_t axis : axes) kept[static_cast<size_t>(axis)] = 1;
  const Replacement::Attributes keeping = {{"axes", axes}, {"keepdims", int64_t{1}}};
  const TensorId highest = made.Add("ReduceMax", {x}, kept, keeping);
  const TensorId powers = made.Add("Exp", {made.Add("Sub", {x, highest}, from)}, from);
  const TensorId logarithm = made.Add("Log", {made.Add("ReduceSum", {powers}, kept, keeping)}, kept);
  const TensorId sum = made.Add("Add", {logarithm, highest}, kept);
  return made.Finish(made.OutputShape() == kept ? sum : made.Reshape(sum, made.OutputShape()));
}

// The product of the two halves, and so on.
bool Product(Graph& graph, size_t index) {
  Replacement made(graph, index);
  const Node& node = made.origin();
  if (node.inputs.size() > 1 || node.attributes.count("axes") == 0) return false;
  const Shape from = made.ShapeOf(node.inputs[0]);
  std::vector<int64_t> order = node.Ints("axes", {});
  int64_t count = 1;
  for (const int64_t axis : order) count *= from[static_cast<size_t>(axis)];
  if (count < 1 || count > ops::kMostFactors) return false;
  for (size_t axis = 0; axis < from.size(); ++axis) {
    if (std::count(order.begin(), order.end(), static_cast<int64_t>(axis)) == 0) {
      order.push_back(static_cast<int64_t>(axis));
    }
  }
  const int64_t others = graph::ElementCount(from) / count;
  TensorId factors = made.Reshape(made.Transpose(node.inputs[0], order), {count, others});
  const auto part = [&](int64_t first, int64_t size) {
    std::vector<int64_t> places(static_cast<size_t>(size));
    std::iota(places.begin(), places.end(), first);
    return made.Gather(factors, 0, places);
  };
  std::vector<TensorId> left;  // over where a number of factors is odd
  while (count > 1) {
    const int64_t half = count / 2;
    if (count % 2 != 0) left.push_back(part(2 * half, 1));
    factors = made.Add("Mul", {part(0, half), part(half, half)}, {half, others});
    count = half;
  }
  for (const TensorId factor : left) factors = made.Add("Mul", {factors, factor}, {1, others});
  return made.Finish(made.Reshape(factors, made.OutputShape()));
}

// The position of the largest element: that of the first of one.
bool PositionOfExtreme(Graph& graph, size_t index) {
  Replacement made(graph, index);
  const Node& node = made.origin();
  const TensorId x = node.inputs[0];
  if (node.Int("select_last_index", 0) != 0) return false;
  const int64_t axis = node.Int("axis", 0);
  Shape kept = made.ShapeOf(x);
  if (axis < 0 || kept.empty()) return false;
  kept[static_cast<size_t>(axis)] = 1;
  made.Add("TopK", {x, made.Integers({1})}, kept,
           {{"axis", axis}, {"largest", int64_t{node.op == "ArgMax" ? 1 : 0}}, {"sorted", int64_t{1}}});
  const TensorId position = made.AddOutput(ElementType::kInt64);
  return made.Finish(made.OutputShape() == kept ? position : made.Reshape(position, made.OutputShape()));
}

// The product with a triangle of ones.
bool RunningSum(Graph& graph, size_t index) {
  Replacement made(graph, index);
  const Node& node = made.origin();
  const TensorId x = node.inputs[0];
  if (!IsConstant(graph, node.inputs[1])) return false;
  const Shape from = made.ShapeOf(x);
  const auto rank = static_cast<int64_t>(from.size());
  const int64_t given = made.Ints(1)[0];
  const int64_t axis = given < 0 ? given + rank : given;
  if (rank == 0 || axis < 0 || axis >= rank) return false;
  const int64_t length = from[static_cast<size_t>(axis)];
  if (length > ops::kLongestRunningSum) return false;
  const bool exclusive = node.Int("exclusive", 0) != 0;
  const bool reverse = node.Int("reverse", 0) != 0;
  std::vector<float> triangle;
  for (int64_t term = 0; term < length; ++term) {
    for (int64_t sum = 0; sum < length; ++sum) {
      const bool counts = term == sum ? !exclusive : (term < sum) != reverse;
      triangle.push_back(counts ? 1.0F : 0.0F);
    }
  }
  std::vector<int64_t> turned(from.size());
  std::iota(turned.begin(), turned.end(), int64_t{0});
  std::swap(turned[static_cast<size_t>(axis)], turned.back());
  const bool last = axis == rank - 1;
  TensorId rows = rank == 1 ? made.Reshape(x, {1, length}) : x;
  if (!last) rows = made.Transpose(rows, turned);
  const TensorId sums =
      made.Add("MatMul", {rows, made.Floats({length, length}, std::move(triangle))}, made.ShapeOf(rows));
  if (rank == 1) return made.Finish(made.Reshape(sums, from));
  return made.Finish(last ? sums : made.Transpose(sums, turned));
}

// The product with a mask.
bool Triangle(Graph& graph, size_t index) {
  Replacement made(graph, index);
  const Node& node = made.origin();
  const TensorId x = node.inputs[0];
  const bool given = node.inputs.size() > 1 && node.inputs[1] != kNoTensor;
  if (given && !IsConstant(graph, node.inputs[1])) return false;
  const Shape shape = made.OutputShape();
  const int64_t columns = shape.back();
  const int64_t rows = shape[shape.size() - 2];
  const int64_t diagonal = given ? std::clamp(made.Ints(1)[0], -rows, columns) : 0;
  const bool upper = node.Int("upper", 1) != 0;
  std::vector<float> mask;
  for (int64_t i = 0; i < rows * columns; ++i) {
    const int64_t above = i % columns - i / columns - diagonal;
    mask.push_back((upper ? above >= 0 : above <= 0) ? 1.0F : 0.0F);
  }
  return made.Finish(made.Add("Mul", {x, made.Floats({rows, columns}, std::move(mask))}, shape));
}

bool Rewrite(Graph& graph, const graph::Uses&, size_t index) {
  struct Rule {
    const char* op;
    bool (*apply)(Graph& graph, size_t index);
  };
  constexpr Rule kRules[] = {
      {"Max", Extreme},
      {"Min", Extreme},
      {"Clip", Clip},
      {"ReduceL1", OfSum},
      {"ReduceL2", OfSum},
      {"ReduceLogSum", OfSum},
      {"ReduceSumSquare", OfSum},
      {"ReduceLogSumExp", LogSumExp},
      {"ReduceProd", Product},
      {"ArgMax", PositionOfExtreme},
      {"ArgMin", PositionOfExtreme},
      {"CumSum", RunningSum},
      {"Trilu", Triangle},
  };
  const Node& node = graph.nodes[index];
  const auto* rule =
      std::find_if(std::begin(kRules), std::end(kRules), [&](const Rule& one) { return node.op == one.op; });
  if (rule == std::end(kRules) || !graph::IsKnown(graph.tensor(node.outputs[0]).shape)) return false;
  const bool known = std::all_of(node.inputs.begin(), node.inputs.end(), [&](TensorId id) {
    return id == kNoTensor || graph::IsKnown(graph.tensor(id).shape);
  });
  if (!known || node.activation.kind != graph::ActivationKind::kNone) return false;
  if (std::all_of(node.inputs.begin(), node.inputs.end(), [&](TensorId id) { return IsConstant(graph, id); }))
    return false;
  if (graph.tensor(node.inputs[0]).type != ElementType::kFloat) return false;
  if (graph::ElementCount(graph.tensor(node.outputs[0]).shape) == 0) return false;
  return rule->apply(graph, index);
}

}  // namespace

int SimplifyReductions(Graph& graph) { return RewriteAll(graph, Rewrite); }

}  // namespace lockstep::optimize
