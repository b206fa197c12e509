// AveragePool and GlobalAveragePool, whose normal form is an AveragePool.
#include <algorithm>

#include "ops/op.h"
#include "ops/op_table.h"
#include "ops/window.h"

namespace lockstep::ops {
namespace {

using graph::Graph;
using graph::Node;
using graph::Shape;

bool CountsPadding(const Node& node) { return node.Int("count_include_pad", 0) != 0; }

void Infer(InferContext& context) {
  RequireImage(context);
  context.RequireType(0, graph::ElementType::kFloat);
  context.Flag("count_include_pad", false);
  const Window window = InferWindow(context, Spatial(context.Shape(0)), {});
  context.Set(context.Type(0), ImageShape(context, context.Shape(0)[1], window.output));
}

// Pads that a window beyond the padding needs would count as elements: such a node stays as it is.
bool Normalize(Graph& graph, Node& node) {
  const Shape spatial = Spatial(graph.tensor(node.inputs[0]).shape);
  if (CountsPadding(node) && ReachesBeyondPadding(node, spatial)) return false;
  return NormalizePool(graph, node);
}

// The positions of a window that lie inside of the image and its padding: those that ceil_mode adds do not count.
int64_t PositionsWithinPadding(const Window& window, const Shape& image, const std::vector<int64_t>& pads_end,
                               const std::vector<int64_t>& at) {
  int64_t count = 1;
  for (size_t i = 0; i < image.size(); ++i) {
    count *= TapsBelow(window, i, at[i], image[i] + pads_end[i]);
  }
  return count;
}

Results Evaluate(const Call& call) {
  const Value& x = call.In(0);
  if (!x.is_float()) return std::nullopt;
  const Shape image = Spatial(x.shape);
  const Window window = ResolveWindow(call.node, image, {});
  Node without_ceil = call.node;
  without_ceil.attributes.erase("ceil_mode");
  const std::vector<int64_t> pads_end = ResolveWindow(without_ceil, image, {}).pads_end;
  const int64_t size = graph::ElementCount(image);
  Value result = MakeValue(x.type, call.Shape());
  size_t next = 0;
  ForPositions(result.shape, [&](int64_t plane, int64_t, const std::vector<int64_t>& at) {
    double sum = 0.0;
    int64_t count = 0;
    ForTaps(window, image, at, [&](int64_t offset, int64_t) {
      sum += x.data.floats[static_cast<size_t>(plane * size + offset)];
      ++count;
    });
    if (CountsPadding(call.node)) count = PositionsWithinPadding(window, image, pads_end, at);
    result.data.floats[next++] = static_cast<float>(sum / static_cast<double>(count));
  });
  return One(std::move(result));
}

std::string Unsupported(const Graph& graph, const Node& node) {
  std::string reason = UnsupportedPool(graph, node);
  if (!reason.empty()) return reason;
  if (node.Int("ceil_mode", 0) != 0) {
    return "with ceil_mode its windows reach beyond the padding, which count_include_pad does not support";
  }
  const std::vector<int64_t> kernel = node.Ints("kernel_shape", {1, 1});
  constexpr int64_t kLargestWindow = ((int64_t{1} << 31) - 1) / 255;
  if (kernel[0] * kernel[1] > kLargestWindow) {
    return "its window of " + graph::ToString(kernel) + " is too large; the sum must fit 32 bits";
  }
  return {};
}

void InferGlobal(InferContext& context) {
  RequireImage(context);
  context.RequireType(0, graph::ElementType::kFloat);
  context.Require(graph::ElementCount(context.Shape(0)) > 0, "its input is empty");
  context.Set(graph::ElementType::kFloat,
              ImageShape(context, context.Shape(0)[1], std::vector<int64_t>(context.Shape(0).size() - 2, 1)));
}

// The mean of a whole image is that of one window as large as the image.
bool NormalizeGlobal(Graph& graph, Node& node) {
  node.op = "AveragePool";
  node.attributes.clear();
  node.attributes["kernel_shape"] = Spatial(graph.tensor(node.inputs[0]).shape);
  Normalize(graph, node);
  return true;
}

Results EvaluateGlobal(const Call& call) {
  const Value& x = call.In(0);
  if (!x.is_float()) return std::nullopt;
  Value result = MakeValue(x.type, call.Shape());
  const int64_t size = x.count() / result.count();
  for (int64_t i = 0; i < result.count(); ++i) {
    double sum = 0.0;
    for (int64_t k = 0; k < size; ++k) sum += x.data.floats[static_cast<size_t>(i * size + k)];
    result.data.floats[static_cast<size_t>(i)] = static_cast<float>(sum / static_cast<double>(size));
  }
  return One(std::move(result));
}

}  // namespace

constexpr Op kAveragePool = Op({1, 1}, Infer, Evaluate, LayoutKind::kWindow, Unsupported).Normal(Normalize);
constexpr Op kGlobalAveragePool =
    Op({1, 1}, InferGlobal, EvaluateGlobal, LayoutKind::kUnsupported, NotSupported).Normal(NormalizeGlobal);

}  // namespace lockstep::ops
