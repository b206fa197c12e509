#include <gtest/gtest.h>

#include "run_damages.h"
#include "support/joint_models.h"
#include "support/row_plans.h"

namespace lockstep::test {
namespace {

constexpr int kCount = 500;

TEST(RandomDamage, IsRefusedWithTheDigest) {
  for (uint64_t seed = 1; seed <= 2; ++seed) {
    const DamageFigures figures = RunDamages(Write(SmallNetwork()), kCount, seed, true);
    EXPECT_EQ(figures.accepted, "");
    EXPECT_EQ(figures.refused + figures.unchanged, kCount);
  }
}

TEST(RandomDamage, IsRefusedOrRunsWithoutTheDigest) {
  for (const std::vector<uint8_t>& file : {Write(SmallNetwork()), Write(WideNetwork()), Write(GroupedNetwork())}) {
    for (uint64_t seed = 1; seed <= 2; ++seed) {
      const DamageFigures figures = RunDamages(file, kCount, seed, false);
      EXPECT_EQ(figures.refused + figures.ran + figures.unchanged, kCount);
      // Both must happen, or the damages do not test what they should.
      EXPECT_GT(figures.refused, kCount / 10);
      EXPECT_GT(figures.ran, kCount / 100);
    }
  }
}

}  // namespace
}  // namespace lockstep::test
