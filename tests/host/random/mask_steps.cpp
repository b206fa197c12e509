// Comparisons, logic and choices, and quotients. What is chosen has no jumps: elements may lie so near one that
// rounding decides.
#include <algorithm>

#include "random_steps.h"

namespace lockstep::test {

using graph::TensorId;

Image RandomSteps::Chosen(const Image& x) {
  const Image y = Any();
  const auto node = [&](const std::string& op, const std::vector<TensorId>& inputs) {
    return builder_.Node(op, inputs);
  };
  const TensorId zero = Scalar(0.0F);
  const TensorId number = Scalar(0.125F * static_cast<float>(Pick(5)));
  const double bound = std::max({x.bound, y.bound, 0.5});
  switch (Pick(6)) {
    case 0:  // the larger
      return {node("Where", {node(Coin() ? "Greater" : "GreaterOrEqual", {x.id, y.id}), x.id, y.id}), bound};
    case 1:  // the smaller
      return {node("Where", {node(Coin() ? "Less" : "LessOrEqual", {x.id, number}), x.id, number}), bound};
    case 2:
      return {node("Where", {node("Not", {node("Equal", {x.id, zero})}), x.id, zero}), bound};
    default:
      break;
  }
  // The product is 0 where a condition changes.
  const TensorId negative = node("Less", {x.id, zero});
  const TensorId positive = node("Greater", {y.id, zero});
  const char* const kLogic[] = {"And", "Or", "Xor"};
  const TensorId condition = node(kLogic[Pick(3)], {negative, positive});
  const TensorId product = node("Mul", {x.id, y.id});
  return {node("Where", {condition, Coin() ? product : zero, product}), x.bound * y.bound};
}

Image RandomSteps::Quotient(const Image& x) {
  const TensorId divisor = builder_.Node("Add", {builder_.Node("Sigmoid", {Any().id}), Scalar(0.5F)});
  if (Coin()) return {builder_.Node("Div", {Scalar(1.5F), divisor}), 3.0};
  return {builder_.Node("Div", {x.id, divisor}), 2.0 * x.bound};
}

Image RandomSteps::Several(const Image& x) {
  const Image y = Any();
  const Image z = Any();
  return {builder_.Node(Coin() ? "Sum" : "Mean", {x.id, y.id, z.id}), x.bound + y.bound + z.bound};
}

}  // namespace lockstep::test
