#include "quantize/observers/histogram.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace lockstep::quantize {
namespace {

constexpr double kSmallestLimit = 0x1p-40;
// Below this many values a second thread costs more than it counts.
constexpr size_t kValuesPerThread = 1 << 16;
constexpr size_t kBlock = 1024;
constexpr float kInfinity = std::numeric_limits<float>::infinity();

double LimitFor(double magnitude) {
  return magnitude <= kSmallestLimit ? kSmallestLimit : std::exp2(std::ceil(std::log2(magnitude)));
}

// Two neighbours become one; the bins around zero stay around zero.
template <typename Counts>
void MergeNeighbours(Counts& counts) {
  Counts merged(counts.size(), 0);
  for (size_t bin = 0; bin < counts.size(); ++bin) merged[counts.size() / 4 + bin / 2] += counts[bin];
  counts = std::move(merged);
}

// Counts one thread's share of the values, block by block while the block is in the cache.
class PartCounter {
 public:
  // `limit`: of the histogram so far, so that the bins seldom have to grow; 0 if it is empty.
  explicit PartCounter(double limit) : limit_(limit) {}

  void Count(const float* values, size_t count) {
    for (size_t at = 0; at < count && std::isfinite(low_) == std::isfinite(high_); at += kBlock) {
      const size_t size = std::min(kBlock, count - at);
      const Range block = Extremes(values + at, size);
      low_ = std::min(low_, static_cast<float>(block.low));
      high_ = std::max(high_, static_cast<float>(block.high));
      const double magnitude = std::max(-block.low, block.high);
      if (!std::isfinite(magnitude)) return;
      GrowTo(magnitude);
      CountBlock(values + at, size);
    }
  }

  Range extremes() const { return {low_, high_}; }
  double limit() const { return limit_; }
  void AddTo(std::vector<uint64_t>& counts) const {
    for (size_t bin = 0; bin < counts.size(); ++bin) counts[bin] += static_cast<uint64_t>(even_[bin]) + odd_[bin];
  }
  void GrowTo(double magnitude) {
    if (limit_ == 0.0) limit_ = LimitFor(magnitude);
    for (; limit_ < magnitude; limit_ *= 2) {
      MergeNeighbours(even_);
      MergeNeighbours(odd_);
    }
  }

 private:
  // NaN makes both ends infinite.
  static Range Extremes(const float* values, size_t count) {
    float low = kInfinity;
    float high = -kInfinity;
    float poison = 0.0F;  // x * 0 is NaN for what is not finite
#pragma omp simd reduction(min : low) reduction(max : high) reduction(+ : poison)
    for (size_t i = 0; i < count; ++i) {
      low = values[i] < low ? values[i] : low;
      high = values[i] > high ? values[i] : high;
      poison += values[i] * 0.0F;
    }
    if (poison != 0.0F) return {-kInfinity, kInfinity};
    return {low, high};
  }

  // Into two tables by turns: runs of equal values (flat parts of a picture) would wait for each other's counter.
  void CountBlock(const float* values, size_t count) {
    std::array<int32_t, kBlock> index{};
    const auto bins_per_unit = static_cast<float>(Histogram::kHalf / limit_);
    for (size_t i = 0; i < count; ++i) {
      // Exact, whatever the limit is now: the factor is a power of two, and a negative fraction is one too high.
      const float scaled = values[i] * bins_per_unit;
      const auto truncated = static_cast<int32_t>(scaled);
      const int32_t below = scaled < static_cast<float>(truncated) ? 1 : 0;
      index[i] = std::min(truncated - below + Histogram::kHalf, Histogram::kBins - 1);
    }
    size_t i = 0;
    for (; i + 1 < count; i += 2) {
      ++even_[static_cast<size_t>(index[i])];
      ++odd_[static_cast<size_t>(index[i + 1])];
    }
    if (i < count) ++even_[static_cast<size_t>(index[i])];
  }

  double limit_;
  float low_ = kInfinity;
  float high_ = -kInfinity;
  std::vector<uint32_t> even_ = std::vector<uint32_t>(Histogram::kBins);
  std::vector<uint32_t> odd_ = std::vector<uint32_t>(Histogram::kBins);
};

}  // namespace

Range Histogram::Add(const float* values, size_t count, int threads) {
  const size_t parts = std::clamp<size_t>(count / kValuesPerThread, 1, static_cast<size_t>(std::max(threads, 1)));
  std::vector<PartCounter> counters(parts, PartCounter(limit_));
#pragma omp parallel for num_threads(static_cast <int>(parts)) schedule(static)
  for (size_t part = 0; part < parts; ++part) {
    const size_t begin = count * part / parts;
    counters[part].Count(values + begin, count * (part + 1) / parts - begin);
  }
  Range extremes = counters[0].extremes();
  for (PartCounter& counter : counters) {
    extremes = {std::min(extremes.low, counter.extremes().low), std::max(extremes.high, counter.extremes().high)};
    GrowTo(counter.limit());
  }
  for (PartCounter& counter : counters) {
    counter.GrowTo(limit_);
    counter.AddTo(counts_);
  }
  total_ += count;
  return extremes;
}

void Histogram::AddWeighted(double value, uint64_t weight) {
  if (weight == 0) return;
  GrowTo(std::abs(value));
  const int bin = static_cast<int>(std::floor(value / bin_width())) + kHalf;
  counts_[static_cast<size_t>(std::clamp(bin, 0, kBins - 1))] += weight;
  total_ += weight;
}

void Histogram::Merge(const Histogram& other) {
  if (other.empty()) return;
  GrowTo(other.limit_);
  Histogram widened = other;
  widened.GrowTo(limit_);
  for (size_t bin = 0; bin < counts_.size(); ++bin) counts_[bin] += widened.counts_[bin];
  total_ += other.total_;
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

void Histogram::GrowTo(double magnitude) {
  if (counts_.empty()) {
    counts_.assign(kBins, 0);
    limit_ = LimitFor(magnitude);
  }
  for (; limit_ < magnitude; limit_ *= 2) MergeNeighbours(counts_);
}

}  // namespace lockstep::quantize
