// LpPool and GlobalLpPool.
#include <cmath>

#include "ops/op.h"
#include "ops/op_table.h"
#include "ops/window.h"

namespace lockstep::ops {
namespace {

using graph::Shape;

void Infer(InferContext& context) {
  RequireImage(context);
  context.Int("p", 2, 1, kLargestEntry);
  const Window window = InferWindow(context, Spatial(context.Shape(0)), {});
  context.Set(context.Type(0), ImageShape(context, context.Shape(0)[1], window.output));
}

void InferGlobal(InferContext& context) {
  RequireImage(context);
  context.Int("p", 2, 1, kLargestEntry);
  context.Set(context.Type(0), ImageShape(context, context.Shape(0)[1], std::vector<int64_t>(context.Rank(0) - 2, 1)));
}

Results Norms(const Call& call, const Window& window) {
  const Value& x = call.In(0);
  if (!x.is_float()) return std::nullopt;
  const Shape image = Spatial(x.shape);
  const int64_t size = graph::ElementCount(image);
  const auto p = static_cast<double>(call.node.Int("p", 2));
  Value result = MakeValue(x.type, call.Shape());
  size_t next = 0;
  ForPositions(result.shape, [&](int64_t plane, int64_t, const std::vector<int64_t>& at) {
    double sum = 0.0;
    ForTaps(window, image, at, [&](int64_t offset, int64_t) {
      sum += std::pow(std::abs(x.data.floats[static_cast<size_t>(plane * size + offset)]), p);
    });
    result.data.floats[next++] = static_cast<float>(std::pow(sum, 1.0 / p));
  });
  return One(std::move(result));
}

Results Evaluate(const Call& call) { return Norms(call, ResolveWindow(call.node, Spatial(call.In(0).shape), {})); }

Results EvaluateGlobal(const Call& call) {
  const Shape image = Spatial(call.In(0).shape);
  return Norms(call, ResolveWindow({}, image, image));
}

}  // namespace

constexpr Op kGlobalLpPool = Op({1, 1}, InferGlobal, EvaluateGlobal, LayoutKind::kUnsupported, NotSupported);
constexpr Op kLpPool = Op({1, 1}, Infer, Evaluate, LayoutKind::kUnsupported, NotSupported);

}  // namespace lockstep::ops
