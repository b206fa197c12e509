// Abs, Neg and Sign, of any type of number.
#include <cmath>

#include "ops/op.h"
#include "ops/op_table.h"

namespace lockstep::ops {
namespace {

// Integers wrap around.
int64_t Negated(int64_t x) { return static_cast<int64_t>(-static_cast<uint64_t>(x)); }

Results EvaluateAbs(const Call& call) {
  Value result = call.In(0);
  for (float& x : result.data.floats) x = std::abs(x);
  for (int64_t& x : result.data.ints) x = x < 0 ? Negated(x) : x;
  return One(std::move(result));
}

Results EvaluateNeg(const Call& call) {
  Value result = call.In(0);
  for (float& x : result.data.floats) x = -x;
  for (int64_t& x : result.data.ints) x = Negated(x);
  return One(std::move(result));
}

template <typename T>
T SignOf(T x) {
  const T zero = 0;
  if (x > zero) return 1;
  return x < zero ? static_cast<T>(-1) : zero;
}

Results EvaluateSign(const Call& call) {
  Value result = call.In(0);
  for (float& x : result.data.floats) x = SignOf(x);
  for (int64_t& x : result.data.ints) x = SignOf(x);
  return One(std::move(result));
}

constexpr Op Signed(Evaluation by) { return Op({1, 1}, InferSame, by, LayoutKind::kUnary, Supported); }

}  // namespace

constexpr Op kAbs = Signed(EvaluateAbs);
constexpr Op kNeg = Signed(EvaluateNeg);
constexpr Op kSign = Signed(EvaluateSign);

}  // namespace lockstep::ops
