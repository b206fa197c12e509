// Functions of one element that no layer computes: one formula each, the rest is the same.
#include <cmath>

#include "ops/op.h"
#include "ops/op_table.h"

namespace lockstep::ops {
namespace {

using Function = double (*)(double);

template <Function kFunction>
Results OfFloats(const Call& call) {
  if (!call.In(0).is_float()) return std::nullopt;
  Value result = call.In(0);
  for (float& x : result.data.floats) x = static_cast<float>(kFunction(x));
  return One(std::move(result));
}

template <Function kFunction>
constexpr Op kUnary = Op({1, 1}, InferSame, OfFloats<kFunction>, LayoutKind::kUnsupported, NotSupported);

double Acos(double x) { return std::acos(x); }
double Acosh(double x) { return std::acosh(x); }
double Asin(double x) { return std::asin(x); }
double Asinh(double x) { return std::asinh(x); }
double Atan(double x) { return std::atan(x); }
double Atanh(double x) { return std::atanh(x); }
double Ceil(double x) { return std::ceil(x); }
double Cos(double x) { return std::cos(x); }
double Cosh(double x) { return std::cosh(x); }
double Erf(double x) { return std::erf(x); }
double Floor(double x) { return std::floor(x); }
double Log(double x) { return std::log(x); }
double Reciprocal(double x) { return 1.0 / x; }
double Round(double x) { return std::nearbyint(x); }
double Sin(double x) { return std::sin(x); }
double Sinh(double x) { return std::sinh(x); }
double Softsign(double x) { return x / (1.0 + std::abs(x)); }
double Sqrt(double x) { return std::sqrt(x); }
double Tan(double x) { return std::tan(x); }

// Of any type of number; integers wrap around.
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

}  // namespace

constexpr Op kAbs = Op({1, 1}, InferSame, EvaluateAbs, LayoutKind::kUnsupported, NotSupported);
constexpr Op kAcos = kUnary<Acos>;
constexpr Op kAcosh = kUnary<Acosh>;
constexpr Op kAsin = kUnary<Asin>;
constexpr Op kAsinh = kUnary<Asinh>;
constexpr Op kAtan = kUnary<Atan>;
constexpr Op kAtanh = kUnary<Atanh>;
constexpr Op kCeil = kUnary<Ceil>;
constexpr Op kCos = kUnary<Cos>;
constexpr Op kCosh = kUnary<Cosh>;
constexpr Op kErf = kUnary<Erf>;
constexpr Op kFloor = kUnary<Floor>;
constexpr Op kLog = kUnary<Log>;
constexpr Op kNeg = Op({1, 1}, InferSame, EvaluateNeg, LayoutKind::kUnsupported, NotSupported);
constexpr Op kReciprocal = kUnary<Reciprocal>;
constexpr Op kRound = kUnary<Round>;
constexpr Op kSign = Op({1, 1}, InferSame, EvaluateSign, LayoutKind::kUnsupported, NotSupported);
constexpr Op kSin = kUnary<Sin>;
constexpr Op kSinh = kUnary<Sinh>;
constexpr Op kSoftsign = kUnary<Softsign>;
constexpr Op kSqrt = kUnary<Sqrt>;
constexpr Op kTan = kUnary<Tan>;

}  // namespace lockstep::ops
