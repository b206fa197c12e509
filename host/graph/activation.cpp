#include <algorithm>
#include <cmath>

#include "graph/graph.h"

namespace lockstep::graph {
namespace {

using Kind = ActivationKind;
using Function = double (*)(double x, double alpha, double beta);

struct Row {
  Kind kind;
  const char* name;
  Behaviour behaviour;
  Function function;
};

double Sigmoid(double x) { return 1.0 / (1.0 + std::exp(-x)); }
double Softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }

// What jumps is asked for floats, as a float layer is: on which side of a jump a number lies must not depend on digits
// that no float has.
double Single(double x) { return static_cast<float>(x); }

double GeluTanh(double x) {
  const double inner = std::sqrt(2.0 / M_PI) * (x + 0.044715 * x * x * x);
  return 0.5 * x * (1.0 + std::tanh(inner));
}

double Shrink(double x, double threshold, double bias) {
  if (x < -threshold) return x + bias;
  return x > threshold ? x - bias : 0.0;
}

double Sign(double x) {
  if (x > 0.0) return 1.0;
  return x < 0.0 ? -1.0 : 0.0;
}

constexpr Behaviour kContinuous = Behaviour::kContinuous;
constexpr Behaviour kJumps = Behaviour::kJumps;
constexpr Behaviour kPartial = Behaviour::kPartial;

#define LOCKSTEP_FUNCTION(formula) \
  [](double x, [[maybe_unused]] double a, [[maybe_unused]] double b) { return formula; }

// In the order of the kinds.
constexpr Row kRows[] = {
    {Kind::kNone, "none", kContinuous, LOCKSTEP_FUNCTION(x)},
    {Kind::kRelu, "Relu", kContinuous, LOCKSTEP_FUNCTION(std::max(x, 0.0))},
    {Kind::kClip, "Clip", kContinuous, LOCKSTEP_FUNCTION(std::min(std::max(x, a), b))},
    {Kind::kLeakyRelu, "LeakyRelu", kContinuous, LOCKSTEP_FUNCTION(x < 0.0 ? a * x : x)},
    {Kind::kSigmoid, "Sigmoid", kContinuous, LOCKSTEP_FUNCTION(Sigmoid(x))},
    {Kind::kSilu, "SiLU", kContinuous, LOCKSTEP_FUNCTION(x* Sigmoid(x))},
    {Kind::kTanh, "Tanh", kContinuous, LOCKSTEP_FUNCTION(std::tanh(x))},
    {Kind::kHardSigmoid, "HardSigmoid", kContinuous, LOCKSTEP_FUNCTION(std::min(std::max(a* x + b, 0.0), 1.0))},
    {Kind::kHardSwish, "HardSwish", kContinuous, LOCKSTEP_FUNCTION(x* std::min(std::max(x / 6.0 + 0.5, 0.0), 1.0))},
    {Kind::kElu, "Elu", kContinuous, LOCKSTEP_FUNCTION(x < 0.0 ? a * std::expm1(x) : x)},
    {Kind::kGelu, "Gelu", kContinuous, LOCKSTEP_FUNCTION(0.5 * x * (1.0 + std::erf(x / std::sqrt(2.0))))},
    {Kind::kMish, "Mish", kContinuous, LOCKSTEP_FUNCTION(x* std::tanh(Softplus(x)))},
    {Kind::kSoftplus, "Softplus", kContinuous, LOCKSTEP_FUNCTION(Softplus(x))},
    {Kind::kExp, "Exp", kContinuous, LOCKSTEP_FUNCTION(std::exp(x))},
    {Kind::kAbs, "Abs", kContinuous, LOCKSTEP_FUNCTION(std::abs(x))},
    {Kind::kNeg, "Neg", kContinuous, LOCKSTEP_FUNCTION(-x)},
    {Kind::kSqrt, "Sqrt", kPartial, LOCKSTEP_FUNCTION(std::sqrt(x))},
    {Kind::kReciprocal, "Reciprocal", kPartial, LOCKSTEP_FUNCTION(1.0 / x)},
    {Kind::kLog, "Log", kPartial, LOCKSTEP_FUNCTION(std::log(x))},
    {Kind::kErf, "Erf", kContinuous, LOCKSTEP_FUNCTION(std::erf(x))},
    {Kind::kSin, "Sin", kContinuous, LOCKSTEP_FUNCTION(std::sin(x))},
    {Kind::kCos, "Cos", kContinuous, LOCKSTEP_FUNCTION(std::cos(x))},
    {Kind::kTan, "Tan", kPartial, LOCKSTEP_FUNCTION(std::tan(x))},
    {Kind::kAsin, "Asin", kPartial, LOCKSTEP_FUNCTION(std::asin(x))},
    {Kind::kAcos, "Acos", kPartial, LOCKSTEP_FUNCTION(std::acos(x))},
    {Kind::kAtan, "Atan", kContinuous, LOCKSTEP_FUNCTION(std::atan(x))},
    {Kind::kSinh, "Sinh", kContinuous, LOCKSTEP_FUNCTION(std::sinh(x))},
    {Kind::kCosh, "Cosh", kContinuous, LOCKSTEP_FUNCTION(std::cosh(x))},
    {Kind::kAsinh, "Asinh", kContinuous, LOCKSTEP_FUNCTION(std::asinh(x))},
    {Kind::kAcosh, "Acosh", kPartial, LOCKSTEP_FUNCTION(std::acosh(x))},
    {Kind::kAtanh, "Atanh", kPartial, LOCKSTEP_FUNCTION(std::atanh(x))},
    {Kind::kSelu, "Selu", kContinuous, LOCKSTEP_FUNCTION(b*(x < 0.0 ? a * std::expm1(x) : x))},
    {Kind::kCelu, "Celu", kContinuous, LOCKSTEP_FUNCTION(x < 0.0 ? a * std::expm1(x / a) : x)},
    {Kind::kThresholdedRelu, "ThresholdedRelu", kJumps, LOCKSTEP_FUNCTION(Single(x) > a ? x : 0.0)},
    {Kind::kSoftsign, "Softsign", kContinuous, LOCKSTEP_FUNCTION(x / (1.0 + std::abs(x)))},
    {Kind::kShrink, "Shrink", kJumps, LOCKSTEP_FUNCTION(Shrink(Single(x), a, b))},
    {Kind::kSign, "Sign", kJumps, LOCKSTEP_FUNCTION(Sign(x))},
    {Kind::kFloor, "Floor", kJumps, LOCKSTEP_FUNCTION(std::floor(Single(x)))},
    {Kind::kCeil, "Ceil", kJumps, LOCKSTEP_FUNCTION(std::ceil(Single(x)))},
    {Kind::kRound, "Round", kJumps, LOCKSTEP_FUNCTION(std::nearbyint(Single(x)))},
    {Kind::kGeluTanh, "Gelu", kContinuous, LOCKSTEP_FUNCTION(GeluTanh(x))},
    {Kind::kPow, "Pow", kPartial, LOCKSTEP_FUNCTION(std::pow(x, a))},
    {Kind::kIsBelow, "IsBelow", kJumps, LOCKSTEP_FUNCTION(Single(x) < a ? 1.0 : 0.0)},
    {Kind::kIsAtLeast, "IsAtLeast", kJumps, LOCKSTEP_FUNCTION(Single(x) >= a ? 1.0 : 0.0)},
    {Kind::kIsEqual, "IsEqual", kJumps, LOCKSTEP_FUNCTION(Single(x) == a ? 1.0 : 0.0)},
};
#undef LOCKSTEP_FUNCTION

constexpr bool InOrder() {
  for (size_t i = 0; i < std::size(kRows); ++i) {
    if (static_cast<size_t>(kRows[i].kind) != i) return false;
  }
  return std::size(kRows) == static_cast<size_t>(Kind::kIsEqual) + 1;
}
static_assert(InOrder());

const Row& RowOf(Kind kind) { return kRows[static_cast<size_t>(kind)]; }

}  // namespace

double Evaluate(const Activation& activation, double x) {
  return RowOf(activation.kind).function(x, activation.alpha, activation.beta);
}

Behaviour BehaviourOf(Kind kind) { return RowOf(kind).behaviour; }

const char* ActivationName(Kind kind) { return RowOf(kind).name; }

}  // namespace lockstep::graph
