// What calibration remembers of one tensor: extremes, their moving average, and a histogram. Constant memory.
#pragma once

#include <cstddef>
#include <functional>

#include "quantize/observers/histogram.h"

namespace lockstep::quantize {

class TensorStatistics {
 public:
  // One picture's values. Returns false if one of them is not finite; the statistics are then good for nothing.
  bool Observe(const float* values, size_t count, int threads = 1);
  // Union with another tensor's statistics, as if the values had been one tensor's.
  void Merge(const TensorStatistics& other);
  // The statistics of f(x), which ends at the limits of float32.
  TensorStatistics Map(const std::function<double(double)>& f) const;

  bool empty() const { return histogram_.empty(); }
  const Range& extremes() const { return extremes_; }
  // Extremes of each picture, averaged with the weight kMomentum for the past.
  const Range& moving_average() const { return moving_average_; }
  const Histogram& histogram() const { return histogram_; }

  static constexpr double kMomentum = 0.9;

 private:
  Range extremes_;
  Range moving_average_;
  Histogram histogram_;
};

}  // namespace lockstep::quantize
