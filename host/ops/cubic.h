// Weights of cubic convolution interpolation (R. Keys, "Cubic Convolution Interpolation for Digital Image Processing",
// 1981, eq. 15).
#pragma once

#include <array>

namespace lockstep::ops {

// Of the elements at -1, 0, 1 and 2 for a place `fraction` (0 to 1) behind element 0. `a` is the slope at distance 1.
inline std::array<double, 4> CubicWeights(double fraction, double a) {
  const auto near = [a](double x) { return ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0; };       // |x| <= 1
  const auto far = [a](double x) { return ((a * x - 5.0 * a) * x + 8.0 * a) * x - 4.0 * a; };  // 1 < |x| < 2
  return {far(1.0 + fraction), near(fraction), near(1.0 - fraction), far(2.0 - fraction)};
}

}  // namespace lockstep::ops
