// What random networks are compared with must not call everything equal once a value is not finite.
#include <gtest/gtest.h>

#include <cmath>

#include "random_count.h"

namespace lockstep::test {
namespace {

std::string Difference(std::vector<float> values, std::vector<float> expected) {
  const graph::Shape shape = {static_cast<int64_t>(expected.size())};
  return DifferenceOf({shape, std::move(values)}, {shape, std::move(expected)});
}

TEST(DifferenceOf, TakesInfinitiesAndNaNForThemselvesAlone) {
  const float nan = std::nanf("");
  EXPECT_EQ(Difference({INFINITY, -INFINITY, nan, 1}, {INFINITY, -INFINITY, nan, 1}), "");
  EXPECT_NE(Difference({1, 2}, {1, INFINITY}), "");
  EXPECT_NE(Difference({1, INFINITY}, {1, 2}), "");
  EXPECT_NE(Difference({1, -INFINITY}, {1, INFINITY}), "");
  EXPECT_NE(Difference({1, nan}, {1, 2}), "");
  EXPECT_NE(Difference({1, 2}, {1, nan}), "");
  EXPECT_NE(Difference({5, INFINITY}, {1, INFINITY}), "") << "an infinity makes no bound for the others";
}

TEST(DifferenceOf, IsAShareOfTheRange) {
  EXPECT_EQ(Difference({0, 10.0009F}, {0, 10}), "");
  EXPECT_NE(Difference({0, 10.002F}, {0, 10}), "");
}

}  // namespace
}  // namespace lockstep::test
