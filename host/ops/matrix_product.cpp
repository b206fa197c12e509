// Gemm and MatMul.
#include <algorithm>

#include "graph/constants.h"
#include "ops/broadcast.h"
#include "ops/op.h"
#include "ops/op_table.h"
#include "ops/products.h"

namespace lockstep::ops {
namespace {

using graph::Shape;

// y = alpha * A * B + beta * C, A and B possibly transposed.
void InferGemm(InferContext& context) {
  const Shape& a = context.Shape(0);
  const Shape& b = context.Shape(1);
  context.RequireOneType(0);
  context.Real("alpha", 1.0F);
  context.Real("beta", 1.0F);
  const bool transpose_a = context.Flag("transA", false);
  const bool transpose_b = context.Flag("transB", false);
  context.Require(a.size() == 2 && b.size() == 2, "inputs must be matrices");
  context.Require(a[transpose_a ? 0 : 1] == b[transpose_b ? 1 : 0],
                  "matrices " + graph::ToString(a) + " and " + graph::ToString(b) + " do not fit");
  const Shape output{a[transpose_a ? 1 : 0], b[transpose_b ? 0 : 1]};
  if (context.Has(2)) {
    const auto together = Broadcast(output, context.Shape(2));
    context.Require(
        together.has_value() && *together == output,
        "its input C of shape " + graph::ToString(context.Shape(2)) + " does not fit " + graph::ToString(output));
  }
  context.Set(context.Type(0), output);
}

Results EvaluateGemm(const Call& call) {
  if (!call.AllFloat()) return std::nullopt;
  const bool transpose_a = call.node.Int("transA", 0) != 0;
  const bool transpose_b = call.node.Int("transB", 0) != 0;
  const double alpha = call.node.Float("alpha", 1.0F);
  const double beta = call.node.Float("beta", 1.0F);
  const Value& a = call.In(0);
  const Value& b = call.In(1);
  Value result = MakeValue(a.type, call.Shape());
  const int64_t rows = result.shape[0];
  const int64_t columns = result.shape[1];
  const int64_t depth = a.shape[transpose_a ? 0 : 1];
  const BroadcastIndex addends(call.Has(2) ? call.In(2).shape : Shape{}, result.shape);
  for (int64_t i = 0; i < result.count(); ++i) {
    const int64_t row = i / columns;
    const int64_t column = i % columns;
    double sum = 0.0;
    for (int64_t k = 0; k < depth; ++k) {
      const int64_t left = transpose_a ? k * rows + row : row * depth + k;
      const int64_t right = transpose_b ? column * depth + k : k * columns + column;
      sum += static_cast<double>(a.data.floats[static_cast<size_t>(left)]) * b.data.floats[static_cast<size_t>(right)];
    }
    sum *= alpha;
    if (call.Has(2)) sum += beta * call.In(2).data.floats[addends.At(i)];
    result.data.floats[static_cast<size_t>(i)] = static_cast<float>(sum);
  }
  return One(std::move(result));
}

void InferMatMul(InferContext& context) {
  context.RequireOneType(0);
  context.Set(context.Type(0), MatrixProductShape(context, context.Shape(0), context.Shape(1)));
}

Results EvaluateMatMul(const Call& call) {
  if (!call.AllFloat()) return std::nullopt;
  const std::vector<float>& a = call.In(0).data.floats;
  const std::vector<float>& b = call.In(1).data.floats;
  Value result = MakeValue(call.In(0).type, call.Shape());
  ForMatrixProducts<double>(
      call.In(0).shape, call.In(1).shape,
      [&](size_t left, size_t right) { return static_cast<double>(a[left]) * b[right]; },
      [&](size_t i, double sum) { result.data.floats[i] = static_cast<float>(sum); });
  return One(std::move(result));
}

// What is left of Gemm when those with a constant matrix have become convolutions.
std::string UnsupportedGemm(const graph::Graph& graph, const graph::Node& node) {
  if (graph.tensor(node.outputs[0]).type != graph::ElementType::kFloat)
    return "it computes integers; only floats are supported";
  if (!graph::IsConstant(graph, node.inputs[1])) {
    return "its matrix B is computed; only a constant one is supported (MatMul takes two computed ones)";
  }
  return "its input C is computed and beta is not 1; multiply it before";
}

std::string UnsupportedMatMul(const graph::Graph& graph, const graph::Node& node) {
  const bool vectors = graph.tensor(node.inputs[0]).shape.size() == 1 && graph.tensor(node.inputs[1]).shape.size() == 1;
  if (vectors) return "the product of two vectors is not supported; give one of them a second axis";
  for (const graph::TensorId input : node.inputs) {
    if (graph::IsConstant(graph, input) && !AllFinite(graph, input)) return "its matrix holds what is no finite number";
  }
  return {};
}

}  // namespace

constexpr Op kGemm =
    Op({2, 3}, InferGemm, EvaluateGemm, LayoutKind::kUnsupported, UnsupportedGemm).Weights(1, 1).Bias(2, 0);
constexpr Op kMatMul = Op({2, 2}, InferMatMul, EvaluateMatMul, LayoutKind::kOnnxOrder, UnsupportedMatMul).Arithmetic();

}  // namespace lockstep::ops
