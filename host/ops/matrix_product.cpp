// Gemm and MatMul.
#include <algorithm>

#include "graph/constants.h"
#include "ops/broadcast.h"
#include "ops/op.h"
#include "ops/op_table.h"

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

// A vector is a row on the left and a column on the right.
void AsMatrices(Shape& a, Shape& b) {
  if (a.size() == 1) a.insert(a.begin(), 1);
  if (b.size() == 1) b.push_back(1);
}

void InferMatMul(InferContext& context) {
  Shape a = context.Shape(0);
  Shape b = context.Shape(1);
  context.RequireOneType(0);
  context.Require(!a.empty() && !b.empty(), "an input is a scalar");
  AsMatrices(a, b);
  context.Require(a.back() == b[b.size() - 2],
                  "matrices " + graph::ToString(a) + " and " + graph::ToString(b) + " do not fit");
  const auto batch = Broadcast(Shape(a.begin(), a.end() - 2), Shape(b.begin(), b.end() - 2));
  context.Require(batch.has_value(),
                  "matrices " + graph::ToString(a) + " and " + graph::ToString(b) + " do not broadcast");
  Shape shape = *batch;
  if (context.Rank(0) > 1) shape.push_back(a[a.size() - 2]);
  if (context.Rank(1) > 1) shape.push_back(b.back());
  context.Set(context.Type(0), shape);
}

Results EvaluateMatMul(const Call& call) {
  if (!call.AllFloat()) return std::nullopt;
  Shape a = call.In(0).shape;
  Shape b = call.In(1).shape;
  AsMatrices(a, b);
  const int64_t depth = a.back();
  const int64_t rows = a[a.size() - 2];
  const int64_t columns = b.back();
  const Shape batch_a(a.begin(), a.end() - 2);
  const Shape batch_b(b.begin(), b.end() - 2);
  const Shape batch = *Broadcast(batch_a, batch_b);
  const BroadcastIndex from_a(batch_a, batch);
  const BroadcastIndex from_b(batch_b, batch);
  Value result = MakeValue(call.In(0).type, call.Shape());
  for (int64_t i = 0; i < result.count(); ++i) {
    const int64_t matrix = i / (rows * columns);
    const int64_t row = i / columns % rows;
    const int64_t column = i % columns;
    const float* left = call.In(0).data.floats.data() + (static_cast<int64_t>(from_a.At(matrix)) * rows + row) * depth;
    const float* right = call.In(1).data.floats.data() + static_cast<int64_t>(from_b.At(matrix)) * depth * columns;
    double sum = 0.0;
    for (int64_t k = 0; k < depth; ++k) sum += static_cast<double>(left[k]) * right[k * columns + column];
    result.data.floats[static_cast<size_t>(i)] = static_cast<float>(sum);
  }
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
