#include <cmath>

#include "ops/op.h"
#include "ops/op_table.h"

namespace lockstep::ops {
namespace {

void Infer(InferContext& context) {
  context.OneOf("approximate", "none", {"none", "tanh"});
  context.SetLikeInput();
}

double ByTanh(double x) {
  const double inner = std::sqrt(2.0 / M_PI) * (x + 0.044715 * x * x * x);
  return 0.5 * x * (1.0 + std::tanh(inner));
}

Results Evaluate(const Call& call) {
  if (!call.In(0).is_float()) return std::nullopt;
  const bool exact = call.node.String("approximate", "none") == "none";
  Value result = call.In(0);
  for (float& x : result.data.floats) {
    x = static_cast<float>(exact ? graph::Evaluate({graph::ActivationKind::kGelu, 0.0, 0.0}, x) : ByTanh(x));
  }
  return One(std::move(result));
}

std::string Unsupported(const graph::Graph&, const graph::Node& node) {
  const std::string approximate = node.String("approximate", "none");
  return approximate == "none" ? "" : "approximate '" + approximate + "' is not supported, only 'none'";
}

}  // namespace

constexpr Op kGelu = Op({1, 1}, Infer, Evaluate, LayoutKind::kUnary, Unsupported);

}  // namespace lockstep::ops
