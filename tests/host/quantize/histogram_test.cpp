#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>

#include "quantize/observers/histogram_counter.h"

namespace lockstep::quantize {
namespace {

std::vector<float> Normal(size_t count, float deviation, uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal(0.0F, deviation);
  std::vector<float> values(count);
  for (float& value : values) value = normal(random);
  return values;
}

void Count(HistogramCounter& counter, const std::vector<float>& values) {
  const Range extremes = counter.Count(values.data(), values.size());
  EXPECT_EQ(extremes.low, *std::min_element(values.begin(), values.end()));
  EXPECT_EQ(extremes.high, *std::max_element(values.begin(), values.end()));
}

void Add(Histogram& histogram, const std::vector<float>& values) {
  HistogramCounter counter;
  Count(counter, values);
  counter.AddTo(histogram);
}

// The counts one would get with the final bins from the start.
std::vector<uint64_t> Expected(const std::vector<float>& values, double limit) {
  std::vector<uint64_t> counts(Histogram::kBins, 0);
  const double width = limit / Histogram::kHalf;
  for (const float value : values) {
    ++counts[static_cast<size_t>(std::floor(value / width) + Histogram::kHalf)];
  }
  return counts;
}

TEST(Histogram, CountsIntoPowerOfTwoBins) {
  Histogram histogram;
  Add(histogram, {-3.0F, 0.0F, 0.5F, 3.0F, 3.0F});
  EXPECT_EQ(histogram.limit(), 4.0);
  EXPECT_EQ(histogram.bin_width(), 4.0 / 4096);
  EXPECT_EQ(histogram.total(), 5u);
  EXPECT_EQ(histogram.first_bin(), 1024);
  EXPECT_EQ(histogram.last_bin(), 4096 + 3072);
  EXPECT_EQ(histogram.counts()[4096 + 3072], 2u);
  EXPECT_EQ(histogram.counts()[4096], 1u);
  EXPECT_EQ(histogram.counts()[4096 + 512], 1u);
}

// A value that were its histogram's limit would lie in another bin than after growing.
TEST(Histogram, TheLimitIsAboveEveryValue) {
  Histogram histogram;
  Add(histogram, {-4.0F, 4.0F});
  EXPECT_EQ(histogram.limit(), 8.0);
  EXPECT_EQ(histogram.first_bin(), 2048);
  EXPECT_EQ(histogram.last_bin(), 4096 + 2048);
}

TEST(Histogram, GrowingGivesTheCountsOfTheFinalBins) {
  std::vector<float> all;
  Histogram histogram;
  for (int round = 0; round < 12; ++round) {
    const auto values = Normal(3001, std::exp2(static_cast<float>(round) - 6), static_cast<uint32_t>(round));
    all.insert(all.end(), values.begin(), values.end());
    Add(histogram, values);
  }
  EXPECT_EQ(histogram.total(), all.size());
  EXPECT_EQ(histogram.counts(), Expected(all, histogram.limit()));
}

TEST(Histogram, SameCountsForAnyNumberOfCounters) {
  auto values = Normal(300007, 2.0F, 7);
  values[1000] = 4.0F;
  values[299999] = -16.0F;
  for (const size_t parts : {1U, 2U, 3U, 8U}) {
    Histogram histogram;
    for (size_t part = 0; part < parts; ++part) {
      const auto begin = values.begin() + static_cast<std::ptrdiff_t>(values.size() * part / parts);
      const auto end = values.begin() + static_cast<std::ptrdiff_t>(values.size() * (part + 1) / parts);
      Add(histogram, {begin, end});
    }
    EXPECT_EQ(histogram.limit(), 32.0);
    EXPECT_EQ(histogram.counts(), Expected(values, 32.0)) << parts << " counters";
  }
}

TEST(Histogram, OneCounterForManyPictures) {
  std::vector<float> all;
  HistogramCounter counter;
  for (int round = 0; round < 12; ++round) {
    const auto values = Normal(3001, std::exp2(6 - static_cast<float>(round)), static_cast<uint32_t>(round));
    all.insert(all.end(), values.begin(), values.end());
    Count(counter, values);
  }
  Histogram histogram;
  counter.AddTo(histogram);
  EXPECT_EQ(histogram.total(), all.size());
  EXPECT_EQ(histogram.counts(), Expected(all, histogram.limit()));
}

TEST(Histogram, MergeEqualsOneStream) {
  const auto narrow = Normal(5000, 0.01F, 1);
  const auto wide = Normal(5000, 30.0F, 2);
  Histogram both;
  Add(both, narrow);
  Add(both, wide);
  for (const bool narrow_first : {true, false}) {
    Histogram first;
    Histogram second;
    Add(first, narrow_first ? narrow : wide);
    Add(second, narrow_first ? wide : narrow);
    first.Merge(second);
    EXPECT_EQ(first.limit(), both.limit());
    EXPECT_EQ(first.counts(), both.counts());
    EXPECT_EQ(first.total(), 10000u);
  }
  Histogram empty;
  empty.Merge(both);
  EXPECT_EQ(empty.counts(), both.counts());
  both.Merge(Histogram());
  EXPECT_EQ(empty.counts(), both.counts());
}

TEST(Histogram, MemoryDoesNotGrow) {
  Histogram histogram;
  for (uint32_t round = 0; round < 50; ++round) {
    Add(histogram, Normal(1000, 1.0F + static_cast<float>(round), round));
    EXPECT_EQ(histogram.counts().size(), static_cast<size_t>(Histogram::kBins));
  }
  EXPECT_EQ(histogram.total(), 50000u);
}

TEST(Histogram, MapMovesTheMiddleOfEveryBin) {
  Histogram histogram;
  Add(histogram, Normal(20000, 1.0F, 3));
  const auto square = [](double x) { return x * x; };
  const Histogram mapped = histogram.Map(square);
  EXPECT_EQ(mapped.total(), histogram.total());
  double expected = 0.0;
  double found = 0.0;
  for (int bin = 0; bin < Histogram::kBins; ++bin) {
    const auto index = static_cast<size_t>(bin);
    expected += static_cast<double>(histogram.counts()[index]) * square(histogram.BinMiddle(bin));
    found += static_cast<double>(mapped.counts()[index]) * mapped.BinMiddle(bin);
  }
  EXPECT_NEAR(found / 20000, expected / 20000, mapped.bin_width());
}

TEST(Histogram, ZerosOnly) {
  Histogram histogram;
  Add(histogram, std::vector<float>(100, 0.0F));
  EXPECT_EQ(histogram.total(), 100u);
  EXPECT_EQ(histogram.counts()[Histogram::kBins / 2], 100u);
  Add(histogram, {8.0F});
  EXPECT_EQ(histogram.limit(), 16.0);
  EXPECT_EQ(histogram.counts()[Histogram::kBins / 2], 100u);
}

}  // namespace
}  // namespace lockstep::quantize
