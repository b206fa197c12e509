// Errors add up by energy here, so every mix can be judged by hand.
#include "tune/search.h"

#include <gtest/gtest.h>

#include <cmath>

namespace lockstep::tune {
namespace {

// What is left of the errors as dB, and what the raised ones cost.
Outcome Judge(const std::vector<Candidate>& candidates, const Levels& levels) {
  double error = 1e-6;
  double cost = 100.0;
  for (size_t i = 0; i < levels.size(); ++i) {
    if (levels[i] == 0) error += candidates[i].error;
    if (levels[i] == candidates[i].levels) cost += candidates[i].cost;
  }
  return {-10.0 * std::log10(error), cost};
}

SearchResult Find(const std::vector<Candidate>& candidates, double target, int most_checks = 100) {
  return FindCheapest(candidates, target, most_checks, [&](const Levels& levels) { return Judge(candidates, levels); });
}

TEST(Search, NothingIsRaisedWhereTheTargetIsMet) {
  const SearchResult result = Find({{0, 0.001, 1.0}, {1, 0.002, 1.0}}, 20.0);
  EXPECT_TRUE(result.reached);
  EXPECT_EQ(result.levels, (Levels{0, 0}));
  EXPECT_EQ(result.steps.size(), 1U);
}

TEST(Search, RaisesTheNodesThatCostMostAndNoMore) {
  // 0.01 may be left: nodes 3 and 1 must go.
  const SearchResult result =
      Find({{0, 0.001, 1.0}, {1, 0.05, 1.0}, {2, 0.004, 1.0}, {3, 0.2, 1.0}, {4, 0.002, 1.0}}, 20.0);
  EXPECT_TRUE(result.reached);
  EXPECT_EQ(result.threshold_nodes, 2U);
  EXPECT_EQ(result.levels, (Levels{0, 1, 0, 1, 0}));
}

TEST(Search, DropsThePartsOfANodeThatNobodyNeeds) {
  // Node 0 has weights that cost much and make no error to speak of.
  const SearchResult result = Find({{0, 0.1, 1.0}, {0, 0.0001, 50.0}, {1, 0.05, 1.0}}, 25.0);
  EXPECT_EQ(result.levels, (Levels{1, 0, 1}));
  EXPECT_DOUBLE_EQ(result.outcome.cost, 102.0);
}

// Where the order is wrong (what ranks first does not help), fewer nodes remain than the order alone needs.
TEST(Search, NeedsFewerNodesThanTheOrderAlone) {
  const std::vector<Candidate> ranked{{0, 0.9, 1.0}, {1, 0.8, 1.0}, {2, 0.7, 1.0}, {3, 0.6, 1.0}};
  const std::vector<Candidate> real{{0, 0.0, 1.0}, {1, 0.8, 1.0}, {2, 0.0, 1.0}, {3, 0.6, 1.0}};
  const SearchResult result =
      FindCheapest(ranked, 40.0, 100, [&](const Levels& levels) { return Judge(real, levels); });
  EXPECT_EQ(result.threshold_nodes, 4U);
  EXPECT_EQ(result.levels, (Levels{0, 1, 0, 1}));
}

// 32 nodes whose outputs are needed, with weights that are not: the parts are sorted, not tried one by one.
TEST(Search, TakesWhatGainsMostForItsCost) {
  std::vector<Candidate> candidates;
  for (size_t i = 0; i < 32; ++i) {
    candidates.push_back({i, 0.01, 1.0});
    candidates.push_back({i, 0.0001, 50.0});
  }
  const SearchResult result = Find(candidates, 20.0, 16);
  EXPECT_TRUE(result.reached);
  for (size_t i = 1; i < candidates.size(); i += 2) EXPECT_EQ(result.levels[i], 0) << i;
  EXPECT_LE(result.outcome.cost, 132.0);
}

// As where a value that has few levels makes its node compute in floats.
TEST(Search, KeepsWhatWouldCostMoreWithout) {
  const std::vector<Candidate> candidates{{0, 0.5, 1.0}, {1, 0.4, 1.0}};
  const SearchResult result = FindCheapest(candidates, 10.0, 100, [](const Levels& levels) {
    return levels[0] == 0 ? Outcome{0.0, 100.0} : Outcome{20.0, levels[1] == 0 ? 150.0 : 101.0};
  });
  EXPECT_EQ(result.threshold_nodes, 1U);
  EXPECT_EQ(result.levels, (Levels{1, 1}));
}

TEST(Search, TakesFewerBitsWhereTheyAreEnough) {
  const SearchResult result = Find({{0, 0.5, 1.0, 2}}, 40.0);
  EXPECT_EQ(result.levels, (Levels{1}));
  EXPECT_DOUBLE_EQ(result.outcome.cost, 100.0);
}

TEST(Search, SaysWhatIsOutOfReach) {
  const SearchResult result = Find({{0, 0.5, 1.0}, {1, 0.5, 1.0}}, 100.0);
  EXPECT_FALSE(result.reached);
  EXPECT_EQ(result.levels, (Levels{1, 1}));
  EXPECT_NEAR(result.outcome.value, 60.0, 1e-9);
}

TEST(Search, StopsAfterItsChecks) {
  std::vector<Candidate> candidates;
  for (size_t i = 0; i < 64; ++i) candidates.push_back({i, 0.01, 1.0});
  EXPECT_EQ(Find(candidates, 50.0, 20).steps.size(), 20U);
}

}  // namespace
}  // namespace lockstep::tune
