// Counts a stream of values for a histogram: one pass, in constant memory. One for each thread; the histogram that they
// are added to has the same counts for any number of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "quantize/observers/histogram.h"

namespace lockstep::quantize {

class HistogramCounter {
 public:
  // Returns the extremes of these values. If one is NaN or infinite, so is one of the extremes, and the counts are good
  // for nothing. At least one value, less than 2^32.
  Range Count(const float* values, size_t count);
  void AddTo(Histogram& histogram) const;

 private:
  void GrowTo(double magnitude);
  void CountBlock(const float* values, size_t count);

  double limit_ = 0.0;
  // By turns: runs of equal values (flat parts of a picture) would wait for each other's counter.
  std::vector<uint32_t> even_;
  std::vector<uint32_t> odd_;
  uint64_t counted_ = 0;  // in these tables
  Histogram earlier_;     // what did not fit into their 32 bits
};

}  // namespace lockstep::quantize
