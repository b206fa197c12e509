#include <optional>

#include "optimize/origins.h"
#include "optimize/pass.h"

namespace lockstep::optimize {
namespace {

using graph::Graph;
using graph::kNoTensor;
using graph::Node;
using graph::Shape;
using graph::TensorId;

bool IsNumber(const Graph& graph, TensorId id, double number) {
  double value = 0.0;
  return IsUniform(graph, id, &value) && value == number;
}

// -x: as Neg, as x * -1 or as 0 - x; else kNoTensor.
TensorId Negated(const Graph& graph, Origins& origins, TensorId id) {
  if (const Node* negation = origins.Of(id, "Neg")) return negation->inputs[0];
  if (const Node* difference = origins.Of(id, "Sub")) {
    return IsNumber(graph, difference->inputs[0], 0.0) ? difference->inputs[1] : kNoTensor;
  }
  const Node* product = origins.Of(id, "Mul");
  for (size_t side = 0; product != nullptr && side < 2; ++side) {
    if (IsNumber(graph, product->inputs[side], -1.0)) return product->inputs[1 - side];
  }
  return kNoTensor;
}

// max(x, 0) for `sign` 1, min(x, 0) for -1: as Relu, Max, Min or Clip; else kNoTensor.
TensorId HalfOf(const Graph& graph, Origins& origins, TensorId id, int sign) {
  const Node* relu = sign > 0 ? origins.Of(id, "Relu") : nullptr;
  if (relu != nullptr) return relu->inputs[0];
  const Node* extreme = origins.Of(id, sign > 0 ? "Max" : "Min");
  for (size_t side = 0; extreme != nullptr && extreme->inputs.size() == 2 && side < 2; ++side) {
    if (IsNumber(graph, extreme->inputs[side], 0.0)) return extreme->inputs[1 - side];
  }
  const Node* clip = origins.Of(id, "Clip");
  if (clip == nullptr) return kNoTensor;
  const auto limit = [&](size_t input) { return input < clip->inputs.size() ? clip->inputs[input] : kNoTensor; };
  const bool fits = IsNumber(graph, limit(sign > 0 ? 1 : 2), 0.0) && limit(sign > 0 ? 2 : 1) == kNoTensor;
  return fits ? clip->inputs[0] : kNoTensor;
}

// factor * slopes * min(x, 0); without slopes they are 1.
struct Slope {
  TensorId x = kNoTensor;
  double factor = 1.0;
  TensorId slopes = kNoTensor;
};

std::optional<Slope> SlopeOf(const Graph& graph, Origins& origins, TensorId id) {
  Slope slope;
  for (;;) {
    if (const Node* product = origins.Of(id, "Mul")) {
      const size_t side = IsConstant(graph, product->inputs[1]) ? 1 : 0;
      double number = 0.0;
      if (!IsConstant(graph, product->inputs[side]) || IsConstant(graph, product->inputs[1 - side])) return {};
      if (IsUniform(graph, product->inputs[side], &number)) {
        slope.factor *= number;
      } else if (slope.slopes == kNoTensor) {
        slope.slopes = product->inputs[side];
      } else {
        return {};
      }
      id = product->inputs[1 - side];
      continue;
    }
    const TensorId opposite = Negated(graph, origins, id);
    if (opposite == kNoTensor) break;
    slope.factor = -slope.factor;
    id = opposite;
  }
  if (const TensorId x = HalfOf(graph, origins, id, -1); x != kNoTensor) {
    slope.x = x;
    return slope;
  }
  // -max(-x, 0), and x - |x|, which is twice as much.
  if (const TensorId inner = HalfOf(graph, origins, id, 1); inner != kNoTensor) {
    slope.x = Negated(graph, origins, inner);
    slope.factor = -slope.factor;
    return slope;
  }
  const Node* difference = origins.Of(id, "Sub");
  const Node* absolute = difference == nullptr ? nullptr : origins.Of(difference->inputs[1], "Abs");
  if (absolute == nullptr || absolute->inputs[0] != difference->inputs[0]) return {};
  slope.x = difference->inputs[0];
  slope.factor *= 2.0;
  return slope;
}

bool Rewrite(Graph& graph, const graph::Uses& uses, size_t index) {
  const Node& last = graph.nodes[index];
  const bool sum = last.op == "Add";
  if ((!sum && last.op != "Sub") || last.activation.kind != graph::ActivationKind::kNone) return false;
  const Shape shape = graph.tensor(last.outputs[0]).shape;
  for (size_t side = 0; side < (sum ? 2U : 1U); ++side) {
    Origins origins(graph, uses);
    const TensorId x = HalfOf(graph, origins, last.inputs[side], 1);
    if (x == kNoTensor || !graph::IsKnown(shape) || graph.tensor(x).shape != shape) continue;
    const std::optional<Slope> slope = SlopeOf(graph, origins, last.inputs[1 - side]);
    if (!slope || slope->x != x) continue;
    Node made{"PRelu", last.name, {x}, last.outputs, {}, {}, kNoTensor, {}};
    for (const Node* node : origins.Found()) InheritNodes(made, *node);
    InheritNodes(made, last);
    std::vector<float> slopes = {1.0F};
    Shape slopes_shape;
    if (slope->slopes != kNoTensor) {
      slopes = graph.tensor(slope->slopes).constant->floats;
      slopes_shape = graph.tensor(slope->slopes).shape;
    }
    for (float& value : slopes) value = static_cast<float>(value * (sum ? slope->factor : -slope->factor));
    made.inputs.push_back(AddFloats(graph, made.name + "_slopes", slopes_shape, std::move(slopes)));
    graph.nodes[index] = std::move(made);
    return true;
  }
  return false;
}

}  // namespace

int RecognizePrelu(Graph& graph) { return RewriteAll(graph, Rewrite); }

}  // namespace lockstep::optimize
