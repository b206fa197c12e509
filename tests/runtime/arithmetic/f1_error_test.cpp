// The error of every function of contract f1 against double precision: sampled by default, over all floats with
// LOCKSTEP_F1_ALL=1. Prints what it measured.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "f1_functions.h"

namespace lockstep {
namespace {

struct Worst {
  double error = 0.0;
  float at = 0.0F;
  bool bad = false;  // a NaN or infinity on one side alone
};

// The distance of neighbouring floats at `value`.
double Spacing(double value) {
  int exponent = 0;
  std::frexp(value, &exponent);
  return std::ldexp(1.0, std::max(exponent - 24, -149));
}

double UnitOf(const F1Function& function, float x, double exact) {
  switch (function.unit) {
    case F1Function::Unit::kResult:
      return Spacing(exact);
    case F1Function::Unit::kArgument:
      return Spacing(static_cast<double>(x));
    case F1Function::Unit::kResultAbove64Tiny:
      return std::max(Spacing(exact), 0x1p-143);
  }
  return 0.0;
}

void Measure(const F1Function& function, float x, Worst* worst) {
  const float got = function.f1(x);
  const double want = function.exact(static_cast<double>(x));
  if (std::isnan(want) || std::isnan(got)) {
    if (std::isnan(want) != std::isnan(got)) *worst = {HUGE_VAL, x, true};
    return;
  }
  // Infinity stands for 2^128: the first number that is none.
  const double limit = 0x1p128;
  const double exact = std::clamp(want, -limit, limit);
  const double rounded = std::clamp(static_cast<double>(got), -limit, limit);
  const double unit = UnitOf(function, x, std::clamp(exact, -0x1.fffffep127, 0x1.fffffep127));
  const double error = std::fabs(rounded - exact) / unit;
  if (error > worst->error) *worst = {error, x, false};
}

Worst MeasureAll(const F1Function& function, uint64_t stride) {
  constexpr int kThreads = 2;
  Worst worst[kThreads];
  std::thread threads[kThreads];
  for (int t = 0; t < kThreads; ++t) {
    threads[t] = std::thread([&, t] {
      for (uint64_t bits = static_cast<uint64_t>(t) * stride; bits < (uint64_t{1} << 32); bits += kThreads * stride) {
        Measure(function, f1::FromBits(static_cast<uint32_t>(bits)), &worst[t]);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return worst[0].error > worst[1].error ? worst[0] : worst[1];
}

TEST(F1ErrorTest, IsWithinTheDocumentedBound) {
  const bool all = std::getenv("LOCKSTEP_F1_ALL") != nullptr;
  for (const F1Function& function : F1Functions()) {
    if (function.exact == nullptr) continue;
    const Worst worst = MeasureAll(function, all ? 1 : 1021);
    std::printf("%-16s %.3f ulp at %a\n", function.name, worst.error, static_cast<double>(worst.at));
    EXPECT_FALSE(worst.bad) << function.name << " of " << worst.at << " is " << function.f1(worst.at);
    EXPECT_LE(worst.error, function.bound) << function.name << " at " << worst.at;
  }
}

}  // namespace
}  // namespace lockstep
