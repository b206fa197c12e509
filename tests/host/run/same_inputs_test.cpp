#include "run/same_inputs.h"

#include <gtest/gtest.h>

#include "graph/error.h"

namespace lockstep::run {
namespace {

input::InputInfo Input(const std::string& name, const graph::Shape& shape) {
  input::InputInfo info;
  info.name = name;
  info.layout.dtype = "f32";
  info.layout.shape = shape;
  return info;
}

std::string ErrorOf(const std::vector<input::InputInfo>& first, const std::vector<input::InputInfo>& second) {
  try {
    RequireSameInputs(first, second);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

TEST(SameInputs, NamesMayDifferWhereShapesDoNot) {
  EXPECT_EQ(ErrorOf({Input("a", {2, 6}), Input("b", {2, 6})}, {Input("a", {2, 6}), Input("b", {2, 6})}), "");
  EXPECT_EQ(ErrorOf({Input("images", {1, 3, 8, 8})}, {Input("input", {1, 3, 8, 8})}), "");
}

TEST(SameInputs, DifferentOnesAreListed) {
  const std::string advice = "; compare models of one network, or run each alone";
  EXPECT_EQ(ErrorOf({Input("images", {1, 3, 8, 8}), Input("vec", {2, 6})}, {Input("vec", {2, 6})}),
            "the two models have different inputs: images, vec / vec" + advice);
  EXPECT_EQ(ErrorOf({Input("x", {2, 6})}, {Input("x", {2, 7})}),
            "the two models have different inputs: x 2x6 / x 2x7" + advice);
}

// Data is given by position: the first model's a would go into the second's b.
TEST(SameInputs, AnotherOrderIsRefused) {
  EXPECT_NE(
      ErrorOf({Input("a", {2, 6}), Input("b", {2, 6})}, {Input("b", {2, 6}), Input("a", {2, 6})}).find("a, b / b, a"),
      std::string::npos);
  EXPECT_NE(ErrorOf({Input("a", {2, 6}), Input("b", {2, 6})}, {Input("b", {2, 6}), Input("c", {2, 6})}), "");
}

}  // namespace
}  // namespace lockstep::run
