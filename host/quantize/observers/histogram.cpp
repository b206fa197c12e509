#include "quantize/observers/histogram.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace lockstep::quantize {
namespace {

constexpr double kSmallestLimit = 0x1p-40;
// Below this many values a second thread costs more than it counts.
constexpr size_t kValuesPerThread = 1 << 15;
constexpr size_t kBlock = 1024;

using BlockCounts = std::vector<uint32_t>;

// Counts into two tables by turns: runs of equal values (flat parts of a picture) would wait for each other's counter.
void CountBlock(const float* values, size_t count, float bins_per_unit, BlockCounts& even, BlockCounts& odd) {
  std::array<int32_t, kBlock> index{};
  constexpr float kHalf = Histogram::kBins / 2;
  constexpr int32_t kLast = Histogram::kBins - 1;
  for (size_t i = 0; i < count; ++i) {
    // Positive after the shift, so that the conversion truncates downwards.
    index[i] = std::min(static_cast<int32_t>(values[i] * bins_per_unit + kHalf), kLast);
  }
  size_t i = 0;
  for (; i + 1 < count; i += 2) {
    ++even[static_cast<size_t>(index[i])];
    ++odd[static_cast<size_t>(index[i + 1])];
  }
  if (i < count) ++even[static_cast<size_t>(index[i])];
}

BlockCounts CountRange(const float* values, size_t count, float bins_per_unit) {
  BlockCounts even(Histogram::kBins);
  BlockCounts odd(Histogram::kBins);
  for (size_t at = 0; at < count; at += kBlock) {
    CountBlock(values + at, std::min(kBlock, count - at), bins_per_unit, even, odd);
  }
  for (size_t bin = 0; bin < even.size(); ++bin) even[bin] += odd[bin];
  return even;
}

}  // namespace

void Histogram::Add(const float* values, size_t count, float low, float high, int threads) {
  if (count == 0) return;
  GrowTo(std::max(std::abs(static_cast<double>(low)), std::abs(static_cast<double>(high))));
  const auto bins_per_unit = static_cast<float>(1.0 / bin_width());
  const int parts =
      static_cast<int>(std::clamp<size_t>(count / kValuesPerThread, 1, static_cast<size_t>(std::max(threads, 1))));
  std::vector<BlockCounts> part_counts(static_cast<size_t>(parts));
#pragma omp parallel for num_threads(parts) schedule(static)
  for (int part = 0; part < parts; ++part) {
    const size_t begin = count * static_cast<size_t>(part) / static_cast<size_t>(parts);
    const size_t end = count * (static_cast<size_t>(part) + 1) / static_cast<size_t>(parts);
    part_counts[static_cast<size_t>(part)] = CountRange(values + begin, end - begin, bins_per_unit);
  }
  for (const BlockCounts& part : part_counts) {
    for (size_t bin = 0; bin < part.size(); ++bin) counts_[bin] += part[bin];
  }
  total_ += count;
}

void Histogram::AddWeighted(double value, uint64_t weight) {
  if (weight == 0) return;
  GrowTo(std::abs(value));
  const int bin = static_cast<int>(std::floor(value / bin_width())) + kBins / 2;
  counts_[static_cast<size_t>(std::clamp(bin, 0, kBins - 1))] += weight;
  total_ += weight;
}

void Histogram::Merge(const Histogram& other) {
  if (other.empty()) return;
  if (empty()) {
    *this = other;
    return;
  }
  while (limit_ < other.limit_) Double();
  Histogram widened = other;
  while (widened.limit_ < limit_) widened.Double();
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
    limit_ = kSmallestLimit;
  }
  // Values equal to the limit belong to the last bin.
  if (total_ == 0 && magnitude > limit_) limit_ = std::exp2(std::ceil(std::log2(magnitude)));
  while (limit_ < magnitude) Double();
}

void Histogram::Double() {
  std::vector<uint64_t> merged(counts_.size(), 0);
  // Two neighbours become one; the bins around zero stay around zero.
  for (size_t bin = 0; bin < counts_.size(); ++bin) merged[kBins / 4 + bin / 2] += counts_[bin];
  counts_ = std::move(merged);
  limit_ *= 2;
}

}  // namespace lockstep::quantize
