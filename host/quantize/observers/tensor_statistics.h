// What calibration remembers of one tensor: extremes, their moving average, and a histogram. Constant memory.
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "quantize/observers/histogram_counter.h"

namespace lockstep::quantize {

class TensorStatistics {
 public:
  TensorStatistics() = default;
  // Those that gave this, of one picture at least.
  TensorStatistics(const Range& extremes, const Range& moving_average, Histogram histogram)
      : empty_(false), extremes_(extremes), moving_average_(moving_average), histogram_(std::move(histogram)) {}

  // The next picture, whose values are counted elsewhere and added to the histogram at the end.
  void ObserveExtremes(const Range& extremes);
  void Add(const HistogramCounter& counted) { counted.AddTo(histogram_); }
  // The next picture's values.
  void Observe(const std::vector<float>& values);
  // Union with another tensor's statistics, as if the values had been one tensor's.
  void Merge(const TensorStatistics& other);
  // The statistics of f(x), which ends at the limits of float32.
  TensorStatistics Map(const std::function<double(double)>& f) const;

  bool empty() const { return empty_; }
  const Range& extremes() const { return extremes_; }
  // Extremes of each picture, averaged with the weight kMomentum for the past.
  const Range& moving_average() const { return moving_average_; }
  const Histogram& histogram() const { return histogram_; }

  static constexpr double kMomentum = 0.9;

 private:
  bool empty_ = true;
  Range extremes_;
  Range moving_average_;
  Histogram histogram_;
};

}  // namespace lockstep::quantize
