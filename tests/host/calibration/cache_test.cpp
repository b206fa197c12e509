#include <gtest/gtest.h>

#include <cstdlib>
#include <limits>

#include "calibration/calibration_cache.h"
#include "support/temporary_test_folder.h"

namespace lockstep::calibration {
namespace {

class CacheTest : public testing::FolderTest {
 protected:
  CacheTest() {
    for (const char* name : {"a", "b"}) {
      graph::Tensor tensor;
      tensor.name = name;
      graph_.AddTensor(std::move(tensor));
    }
  }

  CacheEntry Entry() const {
    CacheEntry entry;
    quantize::TensorStatistics& a = entry.calibration.statistics[graph_.Find("a")];
    a.Observe({0.1F, -3.5F, 1e-3F});
    a.Observe({7.25F, -0.3F, 0.0F});
    quantize::Histogram many;
    many.AddWeighted(0.25, uint64_t{1} << 40);
    many.AddWeighted(-100.0, std::numeric_limits<uint32_t>::max());
    entry.calibration.statistics[graph_.Find("b")] = {{-100.0, 0.25}, {-99.0, 0.1}, many};
    entry.calibration.channel_means[graph_.Find("b")] = {0.1, -1e-300, 3.0};
    entry.calibration.channel_extremes[graph_.Find("a")] = {{-3.5, 0.1}, {0.0, 7.25}};
    entry.calibration.inputs_seen = 2;
    entry.calibration.digest = "d41d8cd98f00b204e9800998ecf8427e";
    entry.skipped = {"one \"picture\"\n", ""};
    entry.doubts = {"doubt"};
    return entry;
  }

  static std::vector<uint8_t> Bytes(const std::string& text) { return {text.begin(), text.end()}; }

  graph::Graph graph_;
};

TEST_F(CacheTest, EntriesComeBackAsTheyWere) {
  const CacheEntry entry = Entry();
  const std::optional<CacheEntry> read = ParseCacheEntry(Bytes(Serialize(entry, graph_)), graph_);
  ASSERT_TRUE(read);
  ASSERT_EQ(read->calibration.statistics.size(), 2U);
  for (const auto& [id, statistics] : entry.calibration.statistics) {
    const quantize::TensorStatistics& again = read->calibration.statistics.at(id);
    for (const auto& [range, expected] : {std::pair{again.extremes(), statistics.extremes()},
                                          std::pair{again.moving_average(), statistics.moving_average()}}) {
      EXPECT_EQ(range.low, expected.low);
      EXPECT_EQ(range.high, expected.high);
    }
    EXPECT_FALSE(again.empty());
    EXPECT_EQ(again.histogram().limit(), statistics.histogram().limit());
    EXPECT_EQ(again.histogram().total(), statistics.histogram().total());
    EXPECT_EQ(again.histogram().counts(), statistics.histogram().counts());
  }
  EXPECT_EQ(read->calibration.channel_means, entry.calibration.channel_means);
  ASSERT_EQ(read->calibration.channel_extremes.size(), 1U);
  const std::vector<quantize::Range>& channels = read->calibration.channel_extremes.at(graph_.Find("a"));
  ASSERT_EQ(channels.size(), 2U);
  EXPECT_EQ(channels[0].low, -3.5);
  EXPECT_EQ(channels[0].high, 0.1);
  EXPECT_EQ(channels[1].low, 0.0);
  EXPECT_EQ(channels[1].high, 7.25);
  EXPECT_EQ(read->calibration.inputs_seen, 2);
  EXPECT_EQ(read->calibration.digest, entry.calibration.digest);
  EXPECT_EQ(read->skipped, entry.skipped);
  EXPECT_EQ(read->doubts, entry.doubts);
}

TEST_F(CacheTest, NoDamageIsTaken) {
  const std::string whole = Serialize(Entry(), graph_);
  for (size_t size = 0; size < whole.size(); size += 1 + size / 7) {
    EXPECT_FALSE(ParseCacheEntry(Bytes(whole.substr(0, size)), graph_)) << size;
    std::string flipped = whole;
    flipped[size] ^= 4;
    EXPECT_FALSE(ParseCacheEntry(Bytes(flipped), graph_)) << size;
  }
  graph::Graph other;
  EXPECT_FALSE(ParseCacheEntry(Bytes(whole), other)) << "it has no such tensors";
}

TEST_F(CacheTest, WhatWasNotUsedForLongestIsRemoved) {
  const auto size = Serialize(Entry(), graph_).size();
  const CalibrationCache cache(Path("cache"), 2 * size + size / 2);
  std::string problem;
  const auto age = [&](const std::string& key, int hours) {
    std::filesystem::last_write_time(Path("cache/" + key + ".calibration"),
                                     std::filesystem::file_time_type::clock::now() - std::chrono::hours(hours));
  };
  EXPECT_EQ(cache.Keep("old", Entry(), graph_), "");
  EXPECT_EQ(cache.Keep("older", Entry(), graph_), "");
  age("old", 1);
  age("older", 2);
  EXPECT_TRUE(cache.Find("older", graph_, problem)) << "now it is the one that was used last";
  EXPECT_EQ(cache.Keep("new", Entry(), graph_), "");
  EXPECT_EQ(Files("cache"), (std::vector<std::string>{"new.calibration", "older.calibration"}));
  EXPECT_FALSE(cache.Find("old", graph_, problem));
  EXPECT_EQ(problem, "");
}

TEST_F(CacheTest, TheFolderIsThatOfCaches) {
  const char* const home = std::getenv("HOME");
  const char* const caches = std::getenv("XDG_CACHE_HOME");
  const std::string home_before = home != nullptr ? home : "";
  const std::string caches_before = caches != nullptr ? caches : "";
  setenv("HOME", "/home/user", 1);
  setenv("XDG_CACHE_HOME", "/caches", 1);
  EXPECT_EQ(DefaultCacheFolder(), "/caches/lockstep");
  setenv("XDG_CACHE_HOME", "relative", 1);
  EXPECT_EQ(DefaultCacheFolder(), "/home/user/.cache/lockstep");
  unsetenv("XDG_CACHE_HOME");
  unsetenv("HOME");
  EXPECT_EQ(DefaultCacheFolder(), "");
  EXPECT_EQ(CalibrationCache({}).Keep("key", Entry(), graph_), "") << "without a folder nothing is kept";
  if (home != nullptr) setenv("HOME", home_before.c_str(), 1);
  if (caches != nullptr) setenv("XDG_CACHE_HOME", caches_before.c_str(), 1);
}

}  // namespace
}  // namespace lockstep::calibration
