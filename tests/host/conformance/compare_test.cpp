#include "conformance/compare.h"

#include <gtest/gtest.h>

#include <cmath>

namespace lockstep::conformance {
namespace {

ops::Value Floats(const graph::Shape& shape, std::vector<float> values) {
  return {graph::ElementType::kFloat, shape, {std::move(values), {}}};
}
ops::Value Ints(std::vector<int64_t> values) {
  return {graph::ElementType::kInt64, {static_cast<int64_t>(values.size())}, {{}, std::move(values)}};
}

TEST(Difference, OfFloatsIsWithinBothTolerances) {
  EXPECT_EQ(Difference(Floats({2}, {1000.9F, 0.0F}), Floats({2}, {1000.0F, 9e-7F})), "");
  EXPECT_EQ(Difference(Floats({2}, {1.0F, 5.25F}), Floats({2}, {1.0F, 5.0F})), "element 1 is 5.25 instead of 5");
  EXPECT_EQ(Difference(Floats({1}, {0.00390625F}), Floats({1}, {0.0F})), "element 0 is 0.00390625 instead of 0");
}

TEST(Difference, NamesTypeAndShape) {
  EXPECT_EQ(Difference(Floats({2}, {1, 2}), Floats({1, 2}, {1, 2})), "shape 2 instead of 1x2");
  EXPECT_EQ(Difference(Floats({2}, {1, 2}), Ints({1, 2})), "floating point numbers instead of integers");
}

TEST(Difference, OfIntegersIsExact) {
  EXPECT_EQ(Difference(Ints({1000000}), Ints({1000000})), "");
  EXPECT_EQ(Difference(Ints({1000001}), Ints({1000000})), "element 0 is 1000001 instead of 1000000");
}

TEST(Difference, TakesNaNAndInfinitiesForThemselvesAlone) {
  const float nan = std::nanf("");
  for (const float special : {nan, INFINITY, -INFINITY}) {
    EXPECT_EQ(Difference(Floats({1}, {special}), Floats({1}, {special})), "");
  }
  EXPECT_EQ(Difference(Floats({1}, {1.0F}), Floats({1}, {nan})), "element 0 is 1 instead of NaN");
  EXPECT_EQ(Difference(Floats({1}, {nan}), Floats({1}, {1.0F})), "element 0 is NaN instead of 1");
  EXPECT_EQ(Difference(Floats({1}, {1.0F}), Floats({1}, {INFINITY})), "element 0 is 1 instead of infinity");
  EXPECT_EQ(Difference(Floats({1}, {-INFINITY}), Floats({1}, {3.4e38F})), "element 0 is -infinity instead of 3.4e+38");
  EXPECT_EQ(Difference(Floats({1}, {INFINITY}), Floats({1}, {-INFINITY})),
            "element 0 is infinity instead of -infinity");
  EXPECT_EQ(Difference(Floats({1}, {nan}), Floats({1}, {INFINITY})), "element 0 is NaN instead of infinity");
}

TEST(Difference, TellsWhere) {
  EXPECT_EQ(Difference(Floats({2, 3, 1}, {0, 1, 2, 3, 4, 5}), Floats({2, 3, 1}, {0, 1, 2, 3, 4, INFINITY})),
            "element 5 (1, 2, 0) is 5 instead of infinity");
}

}  // namespace
}  // namespace lockstep::conformance
