// MaxPool and GlobalMaxPool.
#include <algorithm>
#include <limits>

#include "ops/op.h"
#include "ops/op_table.h"
#include "ops/window.h"

namespace lockstep::ops {
namespace {

using graph::Graph;
using graph::Node;
using graph::Shape;

// Outputs: y, the indices of its elements.
void Infer(InferContext& context) {
  RequireImage(context);
  context.Flag("storage_order", false);
  const Window window = InferWindow(context, Spatial(context.Shape(0)), {});
  const Shape shape = ImageShape(context, context.Shape(0)[1], window.output);
  context.Set(context.Type(0), shape);
  context.Set(graph::ElementType::kInt64, shape, 1);
}

// The index of an element whose place in its plane is `offset`, with the last axis innermost or, as storage_order 1
// wants it, outermost.
int64_t IndexOf(int64_t plane, int64_t offset, const Shape& image, bool column_major) {
  const int64_t size = graph::ElementCount(image);
  if (!column_major) return plane * size + offset;
  int64_t index = 0;
  int64_t stride = size;
  for (size_t i = image.size(); i-- > 0;) {
    stride /= image[i];
    index += offset % image[i] * stride;
    offset /= image[i];
  }
  return plane * size + index;
}

Results Evaluate(const Call& call) {
  const Value& x = call.In(0);
  if (!x.is_float()) return std::nullopt;
  const Shape image = Spatial(x.shape);
  const Window window = ResolveWindow(call.node, image, {});
  const bool column_major = call.node.Int("storage_order", 0) != 0;
  const int64_t size = graph::ElementCount(image);
  std::vector<Value> results = {MakeValue(x.type, call.Shape())};
  const bool indexed = call.node.outputs.size() > 1;
  if (indexed) results.push_back(MakeValue(graph::ElementType::kInt64, call.Shape()));
  size_t next = 0;
  ForPositions(results[0].shape, [&](int64_t plane, int64_t, const std::vector<int64_t>& at) {
    float highest = -std::numeric_limits<float>::infinity();
    int64_t where = 0;
    ForTaps(window, image, at, [&](int64_t offset, int64_t) {
      const float one = x.data.floats[static_cast<size_t>(plane * size + offset)];
      if (one <= highest) return;
      highest = one;
      where = offset;
    });
    results[0].data.floats[next] = highest;
    if (indexed) results[1].data.ints[next] = IndexOf(plane, where, image, column_major);
    ++next;
  });
  return results;
}

std::string Unsupported(const Graph& graph, const Node& node) {
  if (node.outputs.size() > 1 && node.outputs[1] != graph::kNoTensor) return "its indices are used";
  return UnsupportedPool(graph, node);
}

void InferGlobal(InferContext& context) {
  RequireImage(context);
  context.Set(context.Type(0), ImageShape(context, context.Shape(0)[1], std::vector<int64_t>(context.Rank(0) - 2, 1)));
}

Results EvaluateGlobal(const Call& call) {
  const Value& x = call.In(0);
  if (!x.is_float() || x.count() == 0) return std::nullopt;
  Value result = MakeValue(x.type, call.Shape());
  const int64_t size = x.count() / result.count();
  for (int64_t i = 0; i < result.count(); ++i) {
    const auto first = x.data.floats.begin() + i * size;
    result.data.floats[static_cast<size_t>(i)] = *std::max_element(first, first + size);
  }
  return One(std::move(result));
}

}  // namespace

constexpr Op kGlobalMaxPool = Op({1, 1}, InferGlobal, EvaluateGlobal, LayoutKind::kUnsupported, NotSupported);
constexpr Op kMaxPool =
    Op({1, 1, 2}, Infer, Evaluate, LayoutKind::kWindow, Unsupported).Normal(NormalizePool).SharesScale();

}  // namespace lockstep::ops
