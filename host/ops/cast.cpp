#include <algorithm>
#include <cmath>

#include "ops/op.h"
#include "ops/op_table.h"

namespace lockstep::ops {
namespace {

using graph::ElementType;

constexpr int64_t kFloatMantissa = 23;
constexpr int64_t kFewestMantissa = 1;
constexpr int64_t kOnnxUint64 = 13;

// What the importer writes beside `to`: mantissa_bits, what a type of 16-bit floats keeps, and integer_type, ONNX's
// number of a type of integers that has not every one of 32 bits.
void Infer(InferContext& context) {
  const int64_t to = context.node.Int("to", graph::kOnnxFloat);
  context.Require(to == graph::ToOnnxType(graph::FromOnnxType(to)),
                  "its attribute 'to' is " + std::to_string(to) + "; allowed: the types of float, int64 and bool");
  context.Int("mantissa_bits", kFloatMantissa, kFewestMantissa, kFloatMantissa);
  context.Int("integer_type", graph::kOnnxInt64, graph::kOnnxUint8, kOnnxUint64);
  context.Set(graph::FromOnnxType(to), context.Shape(0));
}

// The nearest number with so many bits behind its leading one, halves to even; with those of a half also no larger than
// that type's numbers, and no finer.
float Rounded(float x, int64_t mantissa_bits) {
  constexpr int64_t kHalfMantissa = 10;
  constexpr int kLowestHalfExponent = -14;
  constexpr float kLargestHalf = 65504.0F;
  if (!std::isfinite(x) || x == 0.0F || mantissa_bits == kFloatMantissa) return x;
  const bool half = mantissa_bits == kHalfMantissa;
  const int exponent = half ? std::max(std::ilogb(x), kLowestHalfExponent) : std::ilogb(x);
  const int down = static_cast<int>(mantissa_bits) - exponent;
  const float rounded = static_cast<float>(std::ldexp(std::nearbyint(std::ldexp(double{x}, down)), -down));
  return half && std::abs(rounded) > kLargestHalf ? std::copysign(HUGE_VALF, x) : rounded;
}

Results Evaluate(const Call& call) {
  const Value& from = call.In(0);
  const int64_t mantissa_bits = call.node.Int("mantissa_bits", kFloatMantissa);
  Value result = MakeValue(call.Type(), from.shape);
  for (size_t i = 0; i < static_cast<size_t>(from.count()); ++i) {
    if (result.type == ElementType::kFloat) {
      const float x = from.is_float() ? from.data.floats[i] : static_cast<float>(from.data.ints[i]);
      result.data.floats[i] = Rounded(x, mantissa_bits);
    } else if (result.type == ElementType::kBool) {
      result.data.ints[i] = (from.is_float() ? from.data.floats[i] != 0.0F : from.data.ints[i] != 0) ? 1 : 0;
    } else {
      result.data.ints[i] = from.is_float() ? Truncate(from.data.floats[i]) : from.data.ints[i];
    }
  }
  return One(std::move(result));
}

}  // namespace

constexpr Op kCast = Op({1, 1}, Infer, Evaluate, LayoutKind::kUnsupported, NotSupported);

}  // namespace lockstep::ops
