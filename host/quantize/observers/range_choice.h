// From the statistics of a tensor to the range that its levels shall span: the observers a user can choose from.
#pragma once

#include <array>
#include <string>

#include "quantize/observers/tensor_statistics.h"

namespace lockstep::quantize {

enum class ObserverKind {
  kMinMax,         // the extremes of all pictures
  kMovingAverage,  // the extremes of each picture, averaged
  kPercentile,     // leaves out the outermost values on both sides
  kMse,            // least mean squared rounding and clipping error
  kKl,             // least Kullback-Leibler divergence of the quantised from the float distribution
  kAdmm,           // least mean squared error by alternation of scale and integers
  kOctav,          // least mean squared error by Newton's method, rounding errors taken as uniform
  kAuto,           // that of the others by which the network's outputs are best; as long as none is found, kMinMax
};

// All but kAuto; what is to be preferred of equals comes first.
inline constexpr std::array<ObserverKind, 7> kObservers = {
    ObserverKind::kMinMax, ObserverKind::kMovingAverage, ObserverKind::kPercentile, ObserverKind::kMse,
    ObserverKind::kKl,     ObserverKind::kAdmm,          ObserverKind::kOctav};

// "minmax", "moving_average", "percentile", "mse", "kl", "admm", "octav", "auto"; UsageError listing them otherwise.
ObserverKind ParseObserverKind(const std::string& text);
const char* ToText(ObserverKind kind);

struct RangeOptions {
  ObserverKind kind = ObserverKind::kMinMax;
  double percentile = 99.9999;  // of the values stay within the range; kPercentile alone
  bool symmetric = false;       // zero is the middle level, of values that are never negative the first
};

inline bool operator==(const RangeOptions& a, const RangeOptions& b) {
  return a.kind == b.kind && a.percentile == b.percentile && a.symmetric == b.symmetric;
}

// Tensors of more bits have kWideHeadroom times the extremes, whatever the observer: levels are plenty, and clipping is
// all that could be lost.
inline constexpr int kMostBitsObserved = 12;
inline constexpr double kWideHeadroom = 1.5;

// The range contains 0 and lies within the extremes (widened to 0; of a symmetric one, to both sides). A symmetric one
// of values that may be negative is what the observer chooses for them and their negatives, with one level more below
// zero than above. {0, 0} for empty statistics.
Range ChooseRange(const TensorStatistics& statistics, const RangeOptions& options, int bits);

Range PercentileRange(const TensorStatistics& statistics, double percentile);
Range MseRange(const TensorStatistics& statistics, int bits);
Range KlRange(const TensorStatistics& statistics, int bits);
Range AdmmRange(const TensorStatistics& statistics, int bits);
Range OctavRange(const TensorStatistics& statistics, int bits);

}  // namespace lockstep::quantize
