// How far apart numbers of two programs are.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

namespace lockstep::oracle {

// Infinite where one is no number: NaN is neither above nor below any bound.
inline double Distance(double a, double b) {
  const double distance = a == b ? 0.0 : std::abs(a - b);
  return std::isnan(distance) ? std::numeric_limits<double>::infinity() : distance;
}

// Of as many elements; not a number only where both are.
template <typename Ours, typename Theirs>
double LargestDifference(const Ours& ours, const Theirs& theirs) {
  double largest = 0.0;
  for (size_t i = 0; i < ours.size(); ++i) {
    if (!std::isnan(ours[i]) || !std::isnan(theirs[i])) largest = std::max(largest, Distance(ours[i], theirs[i]));
  }
  return largest;
}

}  // namespace lockstep::oracle
