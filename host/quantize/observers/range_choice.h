// From the statistics of a tensor to the range that its levels shall span: the observers a user can choose from.
#pragma once

#include <string>

#include "quantize/observers/tensor_statistics.h"

namespace lockstep::quantize {

enum class ObserverKind {
  kMinMax,         // the extremes of all pictures
  kMovingAverage,  // the extremes of each picture, averaged
  kPercentile,     // leaves out the outermost values on both sides
  kMse,            // least mean squared rounding and clipping error
  kKl,             // least Kullback-Leibler divergence of the quantised from the float distribution
};

// "minmax", "moving_average", "percentile", "mse", "kl"; UsageError listing them otherwise.
ObserverKind ParseObserverKind(const std::string& text);
const char* ToText(ObserverKind kind);

struct RangeOptions {
  ObserverKind kind = ObserverKind::kMinMax;
  double percentile = 99.9999;  // of the values stay within the range; kPercentile alone
};

inline constexpr double kWideHeadroom = 1.5;

// The range contains 0 and lies within the extremes (widened to 0). {0, 0} for empty statistics. Above 12 bits it is
// always kWideHeadroom times the extremes: levels are plenty, and clipping is all that could be lost.
Range ChooseRange(const TensorStatistics& statistics, const RangeOptions& options, int bits);

Range PercentileRange(const TensorStatistics& statistics, double percentile);
Range MseRange(const TensorStatistics& statistics, int bits);
Range KlRange(const TensorStatistics& statistics, int bits);

}  // namespace lockstep::quantize
