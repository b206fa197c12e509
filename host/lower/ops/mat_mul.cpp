#include "arithmetic/rq1.h"
#include "graph/error.h"
#include "lower/ops/emitters.h"

namespace lockstep::lower {
namespace {

// Computed, or a constant quantised as activations are. A vector is a row on the left and a column on the right.
Value Matrix(LowerContext& context, size_t index) {
  Value value;
  if (context.IsFloatNode()) {
    value = context.FloatOperand(index);
  } else if (context.IsConstant(index)) {
    value = context.ConstantOperand(index, context.ParamsOf(context.node().inputs[index]));
  } else {
    value = context.IntegerInput(index);
  }
  if (value.shape.size() > 1) return value;
  const graph::Shape shape = index == 0 ? graph::Shape{1, value.shape[0]} : graph::Shape{value.shape[0], 1};
  return context.Viewed(value, shape, OnnxOrder(2));
}

// The output with the axes that ONNX leaves out of a product with a vector.
graph::Shape MatricesShape(const LowerContext& context) {
  graph::Shape matrices = context.OutputShape();
  const auto is_vector = [&](size_t input) {
    return context.graph().tensor(context.node().inputs[input]).shape.size() == 1;
  };
  if (is_vector(0)) matrices.insert(matrices.end() - 1, 1);
  if (is_vector(1)) matrices.push_back(1);
  return matrices;
}

// The layer that writes `result`, of that shape.
void Finish(LowerContext& context, const joint::MatMulT& product, const Value& a, const Value& b, const Value& result) {
  const auto elements = static_cast<uint64_t>(graph::ElementCount(context.OutputShape()));
  context.AddLayer(product, {a.tensor, b.tensor}, result.tensor, elements * static_cast<uint64_t>(a.shape.back()));
  const bool whole = result.shape == context.OutputShape();
  context.Define(whole ? result : context.Viewed(result, context.OutputShape(), context.OutputAxes()));
}

int64_t High(const Value& value) { return value.params().bits > 8 ? 65535 : 255; }

}  // namespace

void EmitMatMul(LowerContext& context) {
  const AffineParams y = context.OutputParams();
  const Value a = Matrix(context, 0);
  const Value b = Matrix(context, 1);
  const int64_t depth = a.shape.back();
  const FixedMultiplier fixed = ToFixed(a.params().scale * b.params().scale / y.scale);
  joint::MatMulT product;
  product.multiplier = fixed.m;
  product.shift = fixed.s;
  product.clamp_high = y.high();
  const int64_t bound = depth * High(a) * High(b);
  const bool narrow = a.params().bits <= 8 && b.params().bits <= 8 && bound < int64_t{1} << 31;
  product.acc_bits = narrow ? 32 : 64;
  if (bound >= rq1::kWideLimit || (fixed.s < 0 && bound >= int64_t{1} << (61 + fixed.s))) {
    throw UnsupportedModel("the scaled sum of " + std::to_string(depth) + " products does not fit 64 bits");
  }
  const graph::Shape shape = MatricesShape(context);
  Finish(context, product, a, b,
         context.draft().AddActivation(context.OutputName(), shape, OnnxOrder(shape.size()), y));
}

void EmitFloatMatMul(LowerContext& context) {
  const Value a = Matrix(context, 0);
  const Value b = Matrix(context, 1);
  const graph::Shape shape = MatricesShape(context);
  Finish(context, {}, a, b,
         context.draft().AddActivation(context.OutputName(), shape, OnnxOrder(shape.size()), TensorFormat()));
}

}  // namespace lockstep::lower
