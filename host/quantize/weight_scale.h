// The scale of a row of weights.
#pragma once

#include <cstddef>
#include <string>

namespace lockstep::quantize {

enum class WeightRangeKind {
  kMax,   // the largest weight becomes the largest integer
  kMse,   // the scale of least squared error, by search: small rows that are multiples of something become exact
  kAdmm,  // the scale of least squared error, by alternation of scale and integers
};

// "max", "mse", "admm"; UsageError listing them otherwise.
WeightRangeKind ParseWeightRangeKind(const std::string& text);
const char* ToText(WeightRangeKind kind);

// Of `count` weights in 2 to 16 bits (HighestWeight); 0 if all are zero. The error of kMse and kAdmm is at most that of
// kMax.
double ChooseWeightScale(const float* weights, size_t count, WeightRangeKind kind, int bits);

}  // namespace lockstep::quantize
