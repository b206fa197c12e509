// ConvInteger, MatMulInteger, QLinearConv and QLinearMatMul: products of quantised tensors, summed in integers.
#include <cmath>

#include "ops/op.h"
#include "ops/op_table.h"
#include "ops/products.h"
#include "ops/quantized_value.h"

namespace lockstep::ops {
namespace {

using graph::ElementType;
using graph::Shape;

// Integers wrap around.
int64_t Difference(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b));
}
uint64_t Product(int64_t a, int64_t b) { return static_cast<uint64_t>(a) * static_cast<uint64_t>(b); }

// One number for all, or one for each place along an axis of the operand.
class PerChannel {
 public:
  PerChannel(const Call& call, size_t input, const Shape& operand, size_t axis)
      : value_(call.Has(input) ? &call.In(input) : nullptr) {
    if (value_ == nullptr || value_->count() == 1) return;
    stride_ = static_cast<size_t>(Strides(operand)[axis]);
    extent_ = static_cast<size_t>(operand[axis]);
  }

  int64_t Int(size_t element) const { return value_ == nullptr ? 0 : value_->data.ints[Place(element)]; }
  double Real(size_t element) const { return value_->data.floats[Place(element)]; }

 private:
  size_t Place(size_t element) const { return element / stride_ % extent_; }

  const Value* value_;
  size_t stride_ = 1;
  size_t extent_ = 1;
};

// A parameter of an operand: one number, or one for each of its `channels`.
void RequirePerChannel(const InferContext& context, size_t input, ElementType type, int64_t channels) {
  if (!context.Has(input)) return;
  context.RequireType(input, type);
  const int64_t count = graph::ElementCount(context.Shape(input));
  context.Require(count == 1 || count == channels,
                  "its input " + std::to_string(input) + " has shape " + graph::ToString(context.Shape(input)) +
                      "; allowed: one number, or one for each of " + std::to_string(channels) + " channels");
}

// The axis of a matrix that its parameters follow: rows of the left one, columns of the right one.
size_t RowAxis(const Shape& a) { return a.size() < 2 ? 0 : a.size() - 2; }
size_t ColumnAxis(const Shape& b) { return b.size() < 2 ? 0 : b.size() - 1; }
int64_t Rows(const Shape& a) { return a.size() < 2 ? 1 : a[a.size() - 2]; }
int64_t Columns(const Shape& b) { return b.size() < 2 ? 1 : b.back(); }

// Inputs: x, w, x's zero point, w's.
void InferConvInteger(InferContext& context) {
  context.RequireType(0, ElementType::kInt64);
  context.RequireType(1, ElementType::kInt64);
  RequirePerChannel(context, 2, ElementType::kInt64, 1);
  const Shape shape = ConvolutionShape(context, context.Shape(0), context.Shape(1));
  RequirePerChannel(context, 3, ElementType::kInt64, shape[1]);
  context.Set(ElementType::kInt64, shape);
}

Results EvaluateConvInteger(const Call& call) {
  const Value& x = call.In(0);
  const Value& w = call.In(1);
  const PerChannel x_zero(call, 2, x.shape, 0);
  const PerChannel w_zero(call, 3, w.shape, 0);
  Value result = MakeValue(ElementType::kInt64, call.Shape());
  ForConvolution<uint64_t>(
      call.node, x.shape, w.shape, result.shape,
      [&](size_t pixel, size_t weight) {
        return Product(Difference(x.data.ints[pixel], x_zero.Int(pixel)),
                       Difference(w.data.ints[weight], w_zero.Int(weight)));
      },
      [&](size_t i, size_t, uint64_t sum) { result.data.ints[i] = static_cast<int64_t>(sum); });
  return One(std::move(result));
}

// Inputs: a, b, a's zero point, b's.
void InferMatMulInteger(InferContext& context) {
  context.RequireType(0, ElementType::kInt64);
  context.RequireType(1, ElementType::kInt64);
  const Shape shape = MatrixProductShape(context, context.Shape(0), context.Shape(1));
  RequirePerChannel(context, 2, ElementType::kInt64, Rows(context.Shape(0)));
  RequirePerChannel(context, 3, ElementType::kInt64, Columns(context.Shape(1)));
  context.Set(ElementType::kInt64, shape);
}

Results EvaluateMatMulInteger(const Call& call) {
  const Value& a = call.In(0);
  const Value& b = call.In(1);
  const PerChannel a_zero(call, 2, a.shape, RowAxis(a.shape));
  const PerChannel b_zero(call, 3, b.shape, ColumnAxis(b.shape));
  Value result = MakeValue(ElementType::kInt64, call.Shape());
  ForMatrixProducts<uint64_t>(
      a.shape, b.shape,
      [&](size_t left, size_t right) {
        return Product(Difference(a.data.ints[left], a_zero.Int(left)),
                       Difference(b.data.ints[right], b_zero.Int(right)));
      },
      [&](size_t i, uint64_t sum) { result.data.ints[i] = static_cast<int64_t>(sum); });
  return One(std::move(result));
}

// Inputs of both: x and w, each with scale and zero point behind it, those of y; of a convolution a bias.
constexpr size_t kLeft = 0;
constexpr size_t kRight = 3;
constexpr size_t kScaleOfY = 6;
constexpr size_t kZeroOfY = 7;
constexpr size_t kBias = 8;

void RequireQuantized(const InferContext& context, int64_t left, int64_t right, int64_t outputs) {
  context.Int("output_dtype", 0, 0, kLargestEntry);
  for (const auto& [operand, channels] : {std::pair{kLeft, left}, {kRight, right}}) {
    context.RequireType(operand, ElementType::kInt64);
    RequirePerChannel(context, operand + 1, ElementType::kFloat, channels);
    RequirePerChannel(context, operand + 2, ElementType::kInt64, channels);
  }
  RequirePerChannel(context, kScaleOfY, ElementType::kFloat, outputs);
  RequirePerChannel(context, kZeroOfY, ElementType::kInt64, outputs);
}

void InferQLinearConv(InferContext& context) {
  const Shape shape = ConvolutionShape(context, context.Shape(kLeft), context.Shape(kRight));
  RequireQuantized(context, 1, shape[1], 1);
  if (context.Has(kBias)) {
    context.RequireType(kBias, ElementType::kInt64);
    context.Require(context.Shape(kBias) == Shape{shape[1]}, "bias has shape " + graph::ToString(context.Shape(kBias)) +
                                                                 " instead of " + std::to_string(shape[1]));
  }
  context.Set(ElementType::kInt64, shape);
}

Results EvaluateQLinearConv(const Call& call) {
  const std::optional<Limits> limits = OutputLimits(call.node);
  if (!limits) return std::nullopt;
  const Value& x = call.In(kLeft);
  const Value& w = call.In(kRight);
  const int64_t x_zero = call.In(kLeft + 2).data.ints[0];
  const PerChannel w_zero(call, kRight + 2, w.shape, 0);
  const double per_step = static_cast<double>(call.In(kLeft + 1).data.floats[0]) / call.In(kScaleOfY).data.floats[0];
  const std::vector<float>& scales = call.In(kRight + 1).data.floats;
  const int64_t zero = call.In(kZeroOfY).data.ints[0];
  Value result = MakeValue(ElementType::kInt64, call.Shape());
  ForConvolution<uint64_t>(
      call.node, x.shape, w.shape, result.shape,
      [&](size_t pixel, size_t weight) {
        return Product(Difference(x.data.ints[pixel], x_zero), Difference(w.data.ints[weight], w_zero.Int(weight)));
      },
      [&](size_t i, size_t channel, uint64_t sum) {
        if (call.Has(kBias)) sum += static_cast<uint64_t>(call.In(kBias).data.ints[channel]);
        const double scale = scales[scales.size() == 1 ? 0 : channel];
        result.data.ints[i] = ToLevel(static_cast<double>(static_cast<int64_t>(sum)) * per_step * scale, zero, *limits);
      });
  return One(std::move(result));
}

void InferQLinearMatMul(InferContext& context) {
  const Shape& a = context.Shape(kLeft);
  const Shape& b = context.Shape(kRight);
  const Shape shape = MatrixProductShape(context, a, b);
  RequireQuantized(context, Rows(a), Columns(b), 1);
  context.Set(ElementType::kInt64, shape);
}

Results EvaluateQLinearMatMul(const Call& call) {
  const std::optional<Limits> limits = OutputLimits(call.node);
  if (!limits) return std::nullopt;
  const Value& a = call.In(kLeft);
  const Value& b = call.In(kRight);
  const PerChannel a_zero(call, kLeft + 2, a.shape, RowAxis(a.shape));
  const PerChannel b_zero(call, kRight + 2, b.shape, ColumnAxis(b.shape));
  Value result = MakeValue(ElementType::kInt64, call.Shape());
  const Shape& y = result.shape;
  // A vector on the right leaves no columns.
  const size_t rows_of_y = b.shape.size() == 1 ? ColumnAxis(y) : RowAxis(y);
  const PerChannel a_scale(call, kLeft + 1, y, y.size() < 2 ? 0 : rows_of_y);
  const PerChannel b_scale(call, kRight + 1, y, ColumnAxis(y));
  const double y_scale = call.In(kScaleOfY).data.floats[0];
  const int64_t zero = call.In(kZeroOfY).data.ints[0];
  ForMatrixProducts<uint64_t>(
      a.shape, b.shape,
      [&](size_t left, size_t right) {
        return Product(Difference(a.data.ints[left], a_zero.Int(left)),
                       Difference(b.data.ints[right], b_zero.Int(right)));
      },
      [&](size_t i, uint64_t sum) {
        const double steps =
            static_cast<double>(static_cast<int64_t>(sum)) * a_scale.Real(i) * b_scale.Real(i) / y_scale;
        result.data.ints[i] = ToLevel(steps, zero, *limits);
      });
  return One(std::move(result));
}

std::string InQdqForm(const graph::Graph&, const graph::Node&) {
  return "the operator is not supported; export the network in QDQ form (QuantizeLinear and DequantizeLinear around "
         "float operators) instead";
}

constexpr Op Product(Arity arity, InferFunction infer, Evaluation by, UnsupportedFunction because) {
  return Op(arity, infer, by, LayoutKind::kUnsupported, because);
}

}  // namespace

constexpr Op kConvInteger = Product({2, 4}, InferConvInteger, EvaluateConvInteger, NotSupported);
constexpr Op kMatMulInteger = Product({2, 4}, InferMatMulInteger, EvaluateMatMulInteger, NotSupported);
constexpr Op kQLinearConv = Product({8, 9}, InferQLinearConv, EvaluateQLinearConv, InQdqForm);
constexpr Op kQLinearMatMul = Product({8, 8}, InferQLinearMatMul, EvaluateQLinearMatMul, InQdqForm);

}  // namespace lockstep::ops
