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

// `elements` and `highest`: those of input and output. The lowest value stands for a window of nothing but padding.
template <typename Element>
void Pool(const Call& call, Element lowest, const std::vector<Element>& elements, std::vector<Element>& highest,
          std::vector<int64_t>* indices) {
  const Value& x = call.In(0);
  const Shape image = Spatial(x.shape);
  const Window window = ResolveWindow(call.node, image, {});
  const bool column_major = call.node.Int("storage_order", 0) != 0;
  const int64_t size = graph::ElementCount(image);
  size_t next = 0;
  ForPositions(call.Shape(), [&](int64_t plane, int64_t, const std::vector<int64_t>& at) {
    Element most = lowest;
    int64_t where = 0;
    ForTaps(window, image, at, [&](int64_t offset, int64_t) {
      const Element one = elements[static_cast<size_t>(plane * size + offset)];
      if (one <= most) return;
      most = one;
      where = offset;
    });
    highest[next] = most;
    if (indices != nullptr) (*indices)[next] = IndexOf(plane, where, image, column_major);
    ++next;
  });
}

Results Evaluate(const Call& call) {
  const Value& x = call.In(0);
  std::vector<Value> results = {MakeValue(x.type, call.Shape())};
  if (call.node.outputs.size() > 1) results.push_back(MakeValue(graph::ElementType::kInt64, call.Shape()));
  std::vector<int64_t>* indices = results.size() > 1 ? &results[1].data.ints : nullptr;
  if (x.is_float()) {
    Pool(call, -std::numeric_limits<float>::infinity(), x.data.floats, results[0].data.floats, indices);
  } else {
    Pool(call, std::numeric_limits<int64_t>::min(), x.data.ints, results[0].data.ints, indices);
  }
  return results;
}

std::string Unsupported(const Graph& graph, const Node& node) {
  if (node.outputs.size() > 1 && node.outputs[1] != graph::kNoTensor) {
    return "its indices are used; end the network in front of it with --output-nodes";
  }
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

// The largest element of a whole image is what its spatial axes reduce to.
bool NormalizeGlobal(Graph& graph, Node& node) {
  std::vector<int64_t> axes;
  for (size_t axis = 2; axis < graph.tensor(node.inputs[0]).shape.size(); ++axis) {
    axes.push_back(static_cast<int64_t>(axis));
  }
  node.op = axes.empty() ? "Identity" : "ReduceMax";
  node.attributes.clear();
  if (!axes.empty()) node.attributes = {{"axes", axes}, {"keepdims", int64_t{1}}};
  return true;
}

}  // namespace

constexpr Op kGlobalMaxPool =
    Op({1, 1}, InferGlobal, EvaluateGlobal, LayoutKind::kUnsupported, NotSupported).Normal(NormalizeGlobal);
constexpr Op kMaxPool =
    Op({1, 1, 2}, Infer, Evaluate, LayoutKind::kWindow, Unsupported).Normal(NormalizePool).SharesScale();

}  // namespace lockstep::ops
