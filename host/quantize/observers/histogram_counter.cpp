#include "quantize/observers/histogram_counter.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace lockstep::quantize {
namespace {

constexpr size_t kBlock = 1024;  // stays in the cache between the search for its extremes and the counting
constexpr float kInfinity = std::numeric_limits<float>::infinity();

// NaN makes both ends infinite.
Range Extremes(const float* values, size_t count) {
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

}  // namespace

Range HistogramCounter::Count(const float* values, size_t count) {
  if (counted_ + count > std::numeric_limits<uint32_t>::max()) {
    earlier_.AddCounts(limit_, even_);
    earlier_.AddCounts(limit_, odd_);
    even_.clear();
    odd_.clear();
    counted_ = 0;
  }
  even_.resize(Histogram::kBins);
  odd_.resize(Histogram::kBins);
  counted_ += count;
  Range extremes{kInfinity, -kInfinity};
  for (size_t at = 0; at < count; at += kBlock) {
    const size_t size = std::min(kBlock, count - at);
    const Range block = Extremes(values + at, size);
    extremes = {std::min(extremes.low, block.low), std::max(extremes.high, block.high)};
    const double magnitude = std::max(-block.low, block.high);
    if (!std::isfinite(magnitude)) break;
    GrowTo(magnitude);
    CountBlock(values + at, size);
  }
  return extremes;
}

void HistogramCounter::AddTo(Histogram& histogram) const {
  histogram.Merge(earlier_);
  if (counted_ == 0) return;
  histogram.AddCounts(limit_, even_);
  histogram.AddCounts(limit_, odd_);
}

void HistogramCounter::GrowTo(double magnitude) {
  if (magnitude < limit_) return;
  const double limit = Histogram::LimitFor(magnitude);
  for (std::vector<uint32_t>* counts : {&even_, &odd_}) {
    if (limit_ != 0.0) *counts = Histogram::Widened(*counts, limit_, limit);
  }
  limit_ = limit;
}

void HistogramCounter::CountBlock(const float* values, size_t count) {
  std::array<int32_t, kBlock> index{};
  const auto bins_per_unit = static_cast<float>(Histogram::kHalf / limit_);
  for (size_t i = 0; i < count; ++i) {
    // Exact, whatever the limit is now: the factor is a power of two, and a negative fraction is one too high.
    const float scaled = values[i] * bins_per_unit;
    const auto truncated = static_cast<int32_t>(scaled);
    const int32_t below = scaled < static_cast<float>(truncated) ? 1 : 0;
    index[i] = truncated - below + Histogram::kHalf;
  }
  size_t i = 0;
  for (; i + 1 < count; i += 2) {
    ++even_[static_cast<size_t>(index[i])];
    ++odd_[static_cast<size_t>(index[i + 1])];
  }
  if (i < count) ++even_[static_cast<size_t>(index[i])];
}

}  // namespace lockstep::quantize
