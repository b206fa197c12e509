#include <gtest/gtest.h>

#include "run/run_models.h"

namespace lockstep::run {
namespace {

ItemRun Item(const std::string& input, double cosine, double sqnr_db) {
  ItemRun item;
  item.input = input;
  item.agreement.push_back({"y", "y", {}});
  item.agreement[0].metrics.cosine = cosine;
  item.agreement[0].metrics.sqnr_db = sqnr_db;
  return item;
}

TEST(Spread, LowestMeanAndWorstOfSeveralInputs) {
  const std::vector<OutputSpread> spread = Spread({Item("a", 0.9, 20), Item("b", 0.5, 30), Item("c", 1.0, 40)});
  ASSERT_EQ(spread.size(), 1U);
  EXPECT_EQ(spread[0].output, "y");
  EXPECT_EQ(spread[0].min_cosine, 0.5);
  EXPECT_NEAR(spread[0].mean_cosine, 0.8, 1e-12);
  EXPECT_EQ(spread[0].min_sqnr_db, 20.0);
  EXPECT_EQ(spread[0].worst, "b");
}

TEST(Spread, OneInputHasNone) { EXPECT_TRUE(Spread({Item("a", 0.9, 20)}).empty()); }

}  // namespace
}  // namespace lockstep::run
