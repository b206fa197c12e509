// Against all combinations.
#include "sensitivity/least_error.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>

namespace lockstep::sensitivity {
namespace {

using Things = std::vector<std::vector<Way>>;

Things Random(std::mt19937& random) {
  Things things(4);
  for (std::vector<Way>& ways : things) {
    ways.push_back({0, 1.0 + static_cast<double>(random() % 100)});
    const size_t more = random() % 4;
    for (size_t i = 0; i < more; ++i)
      ways.push_back({static_cast<int64_t>(random() % 50), static_cast<double>(random() % 100)});
  }
  return things;
}

double LeastOfAll(const Things& things, size_t thing, int64_t most) {
  if (thing == things.size()) return 0.0;
  double least = std::numeric_limits<double>::infinity();
  for (const Way& way : things[thing]) {
    if (way.bytes <= most) least = std::min(least, way.error + LeastOfAll(things, thing + 1, most - way.bytes));
  }
  return least;
}

TEST(LeastError, IsThatOfAllCombinations) {
  std::mt19937 random(1);
  for (int round = 0; round < 300; ++round) {
    const Things things = Random(random);
    const auto most = static_cast<int64_t>(random() % 150);
    const std::vector<size_t> chosen = LeastError(things, most);
    double error = 0.0;
    int64_t bytes = 0;
    for (size_t i = 0; i < things.size(); ++i) {
      error += things[i][chosen[i]].error;
      bytes += things[i][chosen[i]].bytes;
    }
    EXPECT_LE(bytes, most);
    EXPECT_DOUBLE_EQ(error, LeastOfAll(things, 0, most)) << "round " << round;
  }
}

TEST(LeastError, ManyBytesAreCountedInUnitsAndNeverExceeded) {
  const Things things{{{0, 1.0}, {600'000'001, 0.0}}, {{0, 1.0}, {400'000'001, 0.0}}, {{0, 0.5}, {399'000'000, 0.0}}};
  EXPECT_EQ(LeastError(things, 1'000'000'000), (std::vector<size_t>{1, 0, 1}));
}

TEST(LeastError, NothingToSpend) {
  EXPECT_EQ(LeastError({{{0, 1.0}, {1, 0.0}}}, 0), std::vector<size_t>{0});
  EXPECT_EQ(LeastError({}, 10), std::vector<size_t>{});
}

}  // namespace
}  // namespace lockstep::sensitivity
