#include "report/progress.h"

#include <gtest/gtest.h>

namespace lockstep::report {
namespace {

TEST(ProgressTest, TheRestTakesAsLongAsWhatIsDone) {
  EXPECT_EQ(TimeLeft(10.0, 100, 200), "10 s");
  EXPECT_EQ(TimeLeft(10.0, 3, 4), "4 s");
  EXPECT_EQ(TimeLeft(59.0, 1, 2), "59 s");
  EXPECT_EQ(TimeLeft(60.0, 1, 2), "1 min");
  EXPECT_EQ(TimeLeft(61.0, 1, 2), "2 min");
  EXPECT_EQ(TimeLeft(3600.0, 1, 2), "1 h 0 min");
  EXPECT_EQ(TimeLeft(100.0, 1, 100), "2 h 45 min");
}

TEST(ProgressTest, NothingIsSaidBeforeThereIsAnythingToSay) {
  EXPECT_EQ(TimeLeft(1.0, 1, 100), "");
  EXPECT_EQ(TimeLeft(100.0, 0, 100), "");
  EXPECT_EQ(TimeLeft(100.0, 100, 100), "");
}

}  // namespace
}  // namespace lockstep::report
