// A histogram of a stream of values: one pass, constant memory, the same counts for any number of threads.
//
// The bins divide [-limit, limit) evenly; the limit is a power of two and doubles, neighbouring bins merging, whenever
// a larger value arrives. So the bins of two histograms always nest, and merging loses nothing but resolution.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace lockstep::quantize {

struct Range {
  double low = 0.0;
  double high = 0.0;
};

class Histogram {
 public:
  static constexpr int kBins = 8192;
  static constexpr int kHalf = kBins / 2;  // on each side of zero

  // Counts the values in up to `threads` threads and returns their extremes. If one is NaN or infinite, so is one of
  // the extremes, and the counts are good for nothing. At least one value, less than 2^32.
  Range Add(const float* values, size_t count, int threads = 1);
  void AddWeighted(double value, uint64_t weight);
  void Merge(const Histogram& other);
  // The histogram of f(x), each bin standing for its middle.
  Histogram Map(const std::function<double(double)>& f) const;

  bool empty() const { return total_ == 0; }
  uint64_t total() const { return total_; }
  double limit() const { return limit_; }  // 0 as long as nothing was added
  double bin_width() const { return limit_ / kHalf; }
  double BinMiddle(int bin) const { return (bin - kHalf + 0.5) * bin_width(); }
  // kBins counts; none as long as nothing was added.
  const std::vector<uint64_t>& counts() const { return counts_; }
  // The first and last bin that are not empty; only if there are any.
  int first_bin() const;
  int last_bin() const;

 private:
  void GrowTo(double magnitude);

  double limit_ = 0.0;
  uint64_t total_ = 0;
  std::vector<uint64_t> counts_;
};

}  // namespace lockstep::quantize
