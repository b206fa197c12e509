#include "quantize/observers/histogram.h"

#include <algorithm>
#include <cmath>

namespace lockstep::quantize {
namespace {

constexpr int kSmallestExponent = -40;
constexpr uint64_t kMostCounted = uint64_t{1} << 62;

}  // namespace

double Histogram::LimitFor(double magnitude) {
  return std::ldexp(1.0, magnitude == 0.0 ? kSmallestExponent : std::max(std::ilogb(magnitude) + 1, kSmallestExponent));
}

void Histogram::AddWeighted(double value, uint64_t weight) {
  if (weight == 0) return;
  WidenTo(LimitFor(std::abs(value)));
  const int bin = static_cast<int>(std::floor(value / bin_width())) + kHalf;
  counts_[static_cast<size_t>(bin)] += weight;
  total_ += weight;
}

void Histogram::Merge(const Histogram& other) {
  if (other.empty()) return;
  WidenTo(other.limit_);
  const std::vector<uint64_t> widened = Widened(other.counts_, other.limit_, limit_);
  // What a network joins with itself again and again counts twice each time; in the end only the proportions matter.
  const bool halve = total_ + other.total_ > kMostCounted;
  total_ = 0;
  for (size_t bin = 0; bin < counts_.size(); ++bin) {
    counts_[bin] += widened[bin];
    if (halve) counts_[bin] -= counts_[bin] / 2;
    total_ += counts_[bin];
  }
}

void Histogram::AddCounts(double limit, const std::vector<uint32_t>& counts) {
  WidenTo(limit);
  const std::vector<uint32_t> widened = Widened(counts, limit, limit_);
  for (size_t bin = 0; bin < counts_.size(); ++bin) {
    counts_[bin] += widened[bin];
    total_ += widened[bin];
  }
}

Histogram Histogram::Map(const std::function<double(double)>& f) const {
  Histogram mapped;
  for (int bin = 0; bin < static_cast<int>(counts_.size()); ++bin) {
    mapped.AddWeighted(f(BinMiddle(bin)), counts_[static_cast<size_t>(bin)]);
  }
  return mapped;
}

int Histogram::first_bin() const {
  const auto found = std::find_if(counts_.begin(), counts_.end(), [](uint64_t count) { return count != 0; });
  return static_cast<int>(found - counts_.begin());
}

int Histogram::last_bin() const {
  const auto found = std::find_if(counts_.rbegin(), counts_.rend(), [](uint64_t count) { return count != 0; });
  return static_cast<int>(counts_.rend() - found) - 1;
}

void Histogram::WidenTo(double limit) {
  if (counts_.empty()) {
    counts_.assign(kBins, 0);
    limit_ = limit;
  }
  if (limit_ >= limit) return;
  counts_ = Widened(counts_, limit_, limit);
  limit_ = limit;
}

}  // namespace lockstep::quantize
