#include "evaluate/result_store.h"

#include <gtest/gtest.h>

#include <cmath>

#include "evaluate/bootstrap.h"
#include "graph/error.h"
#include "support/temporary_test_folder.h"

namespace lockstep::evaluate {
namespace {

class ResultStoreTest : public testing::FolderTest {};

PictureResult SomeResult() {
  PictureResult result;
  result.rank = 3;
  result.boxes = {{0.1F, 79, 0x3ff, 0}, {1e-3F, 0, 0, 7}};
  result.objects = {{4, 2}};
  result.areas = {{21, int64_t{1} << 40, 5, 6}};
  return result;
}

TEST_F(ResultStoreTest, ResultsComeBackAsTheyWere) {
  { ResultStore(Path("a.evaluation")).Add("key", SomeResult()); }
  const ResultStore store(Path("a.evaluation"));
  const std::optional<PictureResult> found = store.Find("key");
  ASSERT_TRUE(found);
  EXPECT_EQ(ToText(*found), ToText(SomeResult()));
  EXPECT_EQ(found->boxes[0].score, 0.1F);
  EXPECT_EQ(found->areas[0].common, int64_t{1} << 40);
  EXPECT_FALSE(store.Find("other"));
}

TEST_F(ResultStoreTest, WhatAnInterruptionCutOffIsMissingAndTheRestIsThere) {
  {
    ResultStore store(Path("a.evaluation"));
    store.Add("one", SomeResult());
    store.Add("two", SomeResult());
  }
  const std::string whole = ReadText(Path("a.evaluation"));
  // Without its line's end alone a result is whole.
  for (size_t cut = 2; cut < ToText(SomeResult()).size() + 5; ++cut) {
    WriteText(Path("a.evaluation"), whole.substr(0, whole.size() - cut));
    {
      ResultStore store(Path("a.evaluation"));
      EXPECT_TRUE(store.Find("one")) << cut;
      EXPECT_FALSE(store.Find("two")) << cut;
      store.Add("three", SomeResult());
    }
    const ResultStore store(Path("a.evaluation"));
    EXPECT_TRUE(store.Find("three")) << cut << ": what is appended begins on a line of its own";
    EXPECT_FALSE(store.Find("two")) << cut;
  }
}

TEST_F(ResultStoreTest, AnotherFileIsNotTouched) {
  WriteText(Path("notes.txt"), "mine\n");
  EXPECT_THROW(ResultStore(Path("notes.txt")), BadInput);
  EXPECT_EQ(ReadText(Path("notes.txt")), "mine\n");
}

TEST(PictureResultTest, TextThatIsNoneIsRefused) {
  const std::string text = ToText(SomeResult());
  ASSERT_TRUE(ParseResult(text));
  for (size_t length = 0; length < text.size(); ++length) {
    // A number may end early and still be one: the last of them alone.
    const bool shorter_number = length + 1 == text.size() && text[length - 1] != ' ';
    EXPECT_TRUE(shorter_number || !ParseResult(text.substr(0, length))) << length;
  }
  EXPECT_FALSE(ParseResult(text + " 1"));
  EXPECT_FALSE(ParseResult("0 999999999999 0 0"));
}

TEST(BootstrapTest, TheErrorOfAMean) {
  // Of n numbers with the standard deviation s (over n), the mean of n drawn ones has s / sqrt(n).
  const std::vector<double> values = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  const auto mean = [&](const std::vector<int>& times_taken) {
    double sum = 0;
    int taken = 0;
    for (size_t i = 0; i < values.size(); ++i) {
      sum += times_taken[i] * values[i];
      taken += times_taken[i];
    }
    EXPECT_EQ(taken, 10);
    return sum / taken;
  };
  const double expected = std::sqrt(8.25 / 10);
  EXPECT_NEAR(BootstrapError(10, {4000, 0}, mean), expected, 0.03);
  EXPECT_EQ(BootstrapError(10, {50, 7}, mean), BootstrapError(10, {50, 7}, mean));
  EXPECT_NE(BootstrapError(10, {50, 7}, mean), BootstrapError(10, {50, 8}, mean));
  EXPECT_EQ(BootstrapError(10, {50, 0}, [](const std::vector<int>&) { return 3.0; }), 0.0);
  EXPECT_TRUE(std::isnan(BootstrapError(10, {50, 0}, [](const std::vector<int>&) { return NAN; })));
}

}  // namespace
}  // namespace lockstep::evaluate
