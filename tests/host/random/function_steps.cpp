// Functions of one element, written as exporters write them, of tensors for which they are defined.
#include <algorithm>
#include <cmath>
#include <set>

#include "random_steps.h"

namespace lockstep::test {

using graph::TensorId;

namespace {

constexpr const char* kFunctions[] = {"Abs",
                                      "Acos",
                                      "Acosh",
                                      "Asin",
                                      "Asinh",
                                      "Atan",
                                      "Atanh",
                                      "Ceil",
                                      "Celu",
                                      "Clip",
                                      "Cos",
                                      "Cosh",
                                      "Elu",
                                      "Erf",
                                      "Exp",
                                      "Floor",
                                      "Gelu",
                                      "GeluTanh",
                                      "HardSigmoid",
                                      "HardSwish",
                                      "LeakyRelu",
                                      "Log",
                                      "Mish",
                                      "Neg",
                                      "Pow",
                                      "Reciprocal",
                                      "Relu",
                                      "Round",
                                      "Selu",
                                      "Shrink",
                                      "SiLU",
                                      "Sigmoid",
                                      "Sign",
                                      "Sin",
                                      "Sinh",
                                      "Softplus",
                                      "Softsign",
                                      "Sqrt",
                                      "Tan",
                                      "Tanh",
                                      "ThresholdedRelu"};

bool IsOneOf(const std::string& name, const std::set<std::string>& names) { return names.count(name) != 0; }

}  // namespace

TensorId RandomSteps::Named(const std::string& function, TensorId x) {
  const auto node = [&](const std::string& op, const std::vector<TensorId>& inputs) {
    return builder_.Node(op, inputs);
  };
  const auto alpha = [&] { return 0.1F + 0.1F * static_cast<float>(Pick(8)); };
  if (function == "SiLU") return node("Mul", {x, node("Sigmoid", {x})});
  if (function == "Mish") return node("Mul", {x, node("Tanh", {node("Softplus", {x})})});
  if (function == "Gelu") {
    const TensorId erf = node("Erf", {node("Div", {x, Scalar(std::sqrt(2.0F))})});
    return node("Mul", {node("Mul", {x, node("Add", {erf, Scalar(1.0F)})}), Scalar(0.5F)});
  }
  if (function == "GeluTanh") {
    const TensorId cube = node("Mul", {Scalar(0.044715F), node("Mul", {x, node("Mul", {x, x})})});
    const TensorId tanh = node("Tanh", {node("Mul", {Scalar(0.79788456F), node("Add", {x, cube})})});
    return node("Mul", {node("Mul", {x, node("Add", {tanh, Scalar(1.0F)})}), Scalar(0.5F)});
  }
  if (function == "Clip")
    return node("Clip", {x, Scalar(builder_.graph().nodes.size() % 2 == 0 ? -0.4F : 0.0F), Scalar(0.9F)});
  if (function == "LeakyRelu" || function == "Elu" || function == "Celu") {
    return builder_.Node(function, {x}, {{"alpha", alpha()}});
  }
  if (function == "HardSigmoid") return builder_.Node(function, {x}, {{"alpha", 0.2F}, {"beta", 0.5F}});
  if (function == "Selu") return builder_.Node(function, {x}, {{"alpha", alpha()}, {"gamma", alpha()}});
  // Of those that jump only what does not: elements may lie so near a jump that rounding decides.
  if (function == "ThresholdedRelu") return builder_.Node(function, {x}, {{"alpha", 0.0F}});
  if (function == "Shrink") return builder_.Node(function, {x}, {{"lambd", 0.5F}, {"bias", 0.5F}});
  if (function == "Sign") return node("Mul", {x, node("Sign", {x})});
  if (IsOneOf(function, {"Floor", "Ceil", "Round"})) {
    const TensorId small = node("Mul", {node("Tanh", {x}), Scalar(0.4F)});
    const float far = (function == "Round" ? 0.0F : 0.5F) + static_cast<float>(Pick(4));
    return node("Add", {node("Tanh", {x}), node(function, {node("Add", {small, Scalar(far)})})});
  }
  if (IsOneOf(function, {"Exp", "Sinh", "Cosh", "Tan"})) return node(function, {node("Tanh", {x})});
  if (IsOneOf(function, {"Asin", "Acos", "Atanh"})) {
    return node(function, {node("Mul", {node("Tanh", {x}), Scalar(0.9F)})});
  }
  if (IsOneOf(function, {"Sqrt", "Log", "Reciprocal", "Acosh", "Pow"})) {
    const TensorId above = node("Add", {node("Sigmoid", {x}), Scalar(function == "Acosh" ? 1.0625F : 0.5F)});
    if (function != "Pow") return node(function, {above});
    return node("Pow", {above, Scalar(static_cast<float>(Pick(6)) - 2.0F + 0.25F)});
  }
  return node(function, {x});
}

// Two of one tensor, so that no convolution takes them.
Image RandomSteps::Function(const Image& x) {
  return {builder_.Node("Add", {Named(AnyFunction(), x.id), Named(AnyFunction(), x.id)}),
          2.0 * (std::max(x.bound, 1.0) + 2.2)};
}

std::string RandomSteps::AnyFunction() { return kFunctions[static_cast<size_t>(Pick(std::size(kFunctions)))]; }

TensorId RandomSteps::Act(TensorId x) { return Coin() ? x : Named(AnyFunction(), x); }

}  // namespace lockstep::test
