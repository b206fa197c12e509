// A histogram of values, in constant memory.
//
// The bins divide [-limit, limit) evenly; the limit is a power of two and doubles, neighbouring bins merging, whenever
// a value arrives that is not below it. So the bins of two histograms always nest, merging loses nothing but
// resolution, and the counts do not depend on the order of the values.
#pragma once

#include <algorithm>
#include <cmath>
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

  void AddWeighted(double value, uint64_t weight);
  void Merge(const Histogram& other);
  // kBins counts that were made with the bins of `limit`, which LimitFor returned.
  void AddCounts(double limit, const std::vector<uint32_t>& counts);
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

  // The limit of a histogram whose largest value is `magnitude`.
  static double LimitFor(double magnitude);
  // `counts` made with the bins of `limit`, for those of a larger one.
  template <typename Count>
  static std::vector<Count> Widened(const std::vector<Count>& counts, double limit, double wider);

 private:
  void WidenTo(double limit);

  double limit_ = 0.0;
  uint64_t total_ = 0;
  std::vector<uint64_t> counts_;
};

// The bins around zero stay around zero, neighbours become one.
template <typename Count>
std::vector<Count> Histogram::Widened(const std::vector<Count>& counts, double limit, double wider) {
  const int doublings = std::ilogb(wider) - std::ilogb(limit);
  std::vector<Count> widened(counts.size(), 0);
  for (int bin = 0; bin < kBins; ++bin) {
    // Beyond 31 halvings every bin has long come to lie beside zero.
    const int place = ((bin - kHalf) >> std::min(doublings, 31)) + kHalf;
    widened[static_cast<size_t>(place)] += counts[static_cast<size_t>(bin)];
  }
  return widened;
}

}  // namespace lockstep::quantize
