// The functions of contract f1 as a table: what they are in double precision, and how far they may be from it.
#pragma once

#include <cmath>
#include <vector>

#include "arithmetic/f1.h"
#include "arithmetic/f1_activations.h"
#include "arithmetic/f1_exponential.h"
#include "arithmetic/f1_hyperbolic.h"
#include "arithmetic/f1_inverse.h"
#include "arithmetic/f1_power.h"
#include "arithmetic/f1_trigonometry.h"

namespace lockstep {

struct F1Function {
  // kResultAbove64Tiny: with results below 2^-120 measured in 64 subnormal steps, for the exponential in them is
  // subnormal and has fewer digits.
  const char* name;
  float (*f1)(float);
  double (*exact)(double);  // nullptr: basic operations alone, which the contract spells out
  double bound;             // in units of the last place of the result, or of x for kArgument
  enum class Unit { kResult, kArgument, kResultAbove64Tiny } unit;
  uint64_t digest;  // of the outputs for the sampled inputs: the same on every target, and for ever
};

inline const std::vector<F1Function>& F1Functions() {
  using Unit = F1Function::Unit;
  static const std::vector<F1Function> kTable = {
      {"Exp", f1::Exp, [](double x) { return std::exp(x); }, 1.1, Unit::kResult, 0x358bb5210d70b0bcU},
      {"Expm1", f1::Expm1, [](double x) { return std::expm1(x); }, 1.5, Unit::kResult, 0x3cd409150bb2f6e8U},
      {"Log", f1::Log, [](double x) { return std::log(x); }, 1.1, Unit::kResult, 0x15523ffa3ec4eebfU},
      {"Log1p", f1::Log1p, [](double x) { return std::log1p(x); }, 2.0, Unit::kResult, 0x56f49649c35b2e41U},
      {"Sigmoid", f1::Sigmoid, [](double x) { return 1.0 / (1.0 + std::exp(-x)); }, 2.5, Unit::kResult,
       0xdd9014bd0a855589U},
      {"Tanh", f1::Tanh, [](double x) { return std::tanh(x); }, 2.5, Unit::kResult, 0xf3e9dc5e7b0843b8U},
      {"Softplus", f1::Softplus, [](double x) { return std::fmax(x, 0.0) + std::log1p(std::exp(-std::fabs(x))); }, 2.5,
       Unit::kResult, 0x1c8b40a828467cfbU},
      {"Erf", f1::Erf, [](double x) { return std::erf(x); }, 1.5, Unit::kResult, 0xf221b9316117a55bU},
      {"Sin", f1::Sin, [](double x) { return std::sin(x); }, 1.6, Unit::kResult, 0xd803f53e68f379aeU},
      {"Cos", f1::Cos, [](double x) { return std::cos(x); }, 1.6, Unit::kResult, 0x7131b9811a6ca4a7U},
      {"ReciprocalSqrt", f1::ReciprocalSqrt, [](double x) { return 1.0 / std::sqrt(x); }, 1.5, Unit::kResult,
       0x81b0ffcd009ccb22U},
      {"Silu", f1::Silu, [](double x) { return x / (1.0 + std::exp(-x)); }, 3.5, Unit::kResultAbove64Tiny,
       0x6c5f9445e36fcc15U},
      {"Elu", [](float x) { return f1::Elu(x, 1.0F); }, [](double x) { return x < 0.0 ? std::expm1(x) : x; }, 1.5,
       Unit::kResult, 0x374382ac4ca58668U},
      {"Gelu", f1::Gelu, [](double x) { return 0.5 * x * std::erfc(-x * 0x1.6a09e667f3bcdp-1); }, 2.0, Unit::kArgument,
       0x459ea4079f33c333U},
      {"Mish", f1::Mish,
       [](double x) {
         const double n = std::exp(x) * (std::exp(x) + 2.0);
         return x > 40.0 ? x : x * (n / (n + 2.0));
       },
       4.0, Unit::kResultAbove64Tiny, 0x801140cf57aa27f9U},
      {"Reciprocal", f1::Reciprocal, [](double x) { return 1.0 / x; }, 0.5, Unit::kResult, 0xe9863933336dafaaU},
      {"Sqrt", f1::Sqrt, [](double x) { return std::sqrt(x); }, 0.5, Unit::kResult, 0xc89bb72dec581cb6U},
      {"Relu", f1::Relu, nullptr, 0.0, Unit::kResult, 0x310006b1be387351U},
      {"LeakyRelu", [](float x) { return f1::LeakyRelu(x, 0.1F); }, nullptr, 0.0, Unit::kResult, 0xc154c078377c9642U},
      {"Clip", [](float x) { return f1::Clamp(x, -1.5F, 6.0F); }, nullptr, 0.0, Unit::kResult, 0xbe9b4b1ca1c31d3cU},
      {"HardSigmoid", [](float x) { return f1::HardSigmoid(x, 0.2F, 0.5F); }, nullptr, 0.0, Unit::kResult,
       0xcf6a5b585b3c32b1U},
      {"HardSwish", f1::HardSwish, nullptr, 0.0, Unit::kResult, 0x1efd4cff99c77561U},
      {"Tan", f1::Tan, [](double x) { return std::tan(x); }, 4.0, Unit::kResult, 0xa3c2c77671885a21U},
      {"Asin", f1::Asin, [](double x) { return std::asin(x); }, 3.0, Unit::kResult, 0xecccb3e46a81603dU},
      {"Acos", f1::Acos, [](double x) { return std::acos(x); }, 3.0, Unit::kResult, 0xbd88d480e3da0f35U},
      {"Atan", f1::Atan, [](double x) { return std::atan(x); }, 3.0, Unit::kResult, 0x497832991b70265fU},
      {"Sinh", f1::Sinh, [](double x) { return std::sinh(x); }, 4.0, Unit::kResult, 0x1b780d59303b46b9U},
      {"Cosh", f1::Cosh, [](double x) { return std::cosh(x); }, 4.0, Unit::kResult, 0xa7702db76ddf5479U},
      {"Asinh", f1::Asinh, [](double x) { return std::asinh(x); }, 4.0, Unit::kResult, 0x33fc9d0122e8ed19U},
      {"Acosh", f1::Acosh, [](double x) { return std::acosh(x); }, 4.0, Unit::kResult, 0x9fcf9dd9e139d164U},
      {"Atanh", f1::Atanh, [](double x) { return std::atanh(x); }, 5.0, Unit::kResult, 0x600e84893587feabU},
      {"Pow0.7", [](float x) { return f1::Pow(x, 0.7F); },
       [](double x) { return std::pow(x, static_cast<double>(0.7F)); }, 0.51, Unit::kResult, 0xcc958f429ca028cbU},
      {"Pow-3", [](float x) { return f1::Pow(x, -3.0F); }, [](double x) { return std::pow(x, -3.0); }, 0.51,
       Unit::kResult, 0xb5dce9b305c369ecU},
      {"Pow3", [](float x) { return f1::Pow(x, 3.0F); }, nullptr, 0.0, Unit::kResult, 0x52f9f56bd5ad8ee3U},
      {"Selu", [](float x) { return f1::Selu(x, 1.6732632F, 1.050701F); },
       [](double x) {
         return static_cast<double>(1.050701F) * (x < 0.0 ? static_cast<double>(1.6732632F) * std::expm1(x) : x);
       },
       3.0, Unit::kResult, 0x2c4a810824396d6bU},
      {"Celu", [](float x) { return f1::Celu(x, 2.0F); },
       [](double x) { return x < 0.0 ? 2.0 * std::expm1(x / 2.0) : x; }, 2.0, Unit::kResult, 0x898757a7391c6c18U},
      {"GeluTanh", f1::GeluTanh,
       [](double x) { return 0.5 * x * (1.0 + std::tanh(0.79788456080286536 * (x + 0.044715 * x * x * x))); }, 3.0,
       Unit::kArgument, 0xd63e1554a8f582b0U},
      {"Softsign", f1::Softsign, [](double x) { return x / (1.0 + std::fabs(x)); }, 1.5, Unit::kResult,
       0x5c04a9f2051bab18U},
      {"Floor", f1::Floor, [](double x) { return std::floor(x); }, 0.0, Unit::kResult, 0x19c7365ae708cdd4U},
      {"Ceil", f1::Ceil, [](double x) { return std::ceil(x); }, 0.0, Unit::kResult, 0xa13ed631ffe722acU},
      {"Round", f1::Round, [](double x) { return std::nearbyint(x); }, 0.0, Unit::kResult, 0xa997711a3c26c1c0U},
      {"Sign", f1::Sign, nullptr, 0.0, Unit::kResult, 0xf80297e803f7eee5U},
      {"ThresholdedRelu", [](float x) { return f1::ThresholdedRelu(x, 1.0F); }, nullptr, 0.0, Unit::kResult,
       0xbc9d90de2c13fecaU},
      {"Shrink", [](float x) { return f1::Shrink(x, 0.5F, 0.25F); }, nullptr, 0.0, Unit::kResult, 0xd3dcdcb3ed61c52dU},
      {"IsBelow", [](float x) { return f1::IsBelow(x, 0.5F); }, nullptr, 0.0, Unit::kResult, 0xcf8dd05106b89d55U},
      {"IsAtLeast", [](float x) { return f1::IsAtLeast(x, 0.5F); }, nullptr, 0.0, Unit::kResult, 0xd2c9a72928b7a298U},
      {"IsEqual", [](float x) { return f1::IsEqual(x, 1.0F); }, nullptr, 0.0, Unit::kResult, 0xb81864e5efc7fd38U},
  };
  return kTable;
}

}  // namespace lockstep
