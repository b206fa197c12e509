// Slice, Split, Transpose: elements that are moved.
#include <gtest/gtest.h>

#include "lowered.h"

namespace lockstep::test {
namespace {

TEST(LowerPlacement, SlicesSplitsAndTransposes) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 3, 8, 9});
  const auto parts = builder.Split(builder.Conv(x, 10, 1), 1, {4, 6});
  const auto sliced = builder.Node(
      "Slice", {parts[1], builder.Ints({1, -6}), builder.Ints({100, -1}), builder.Ints({2, 3}), builder.Ints({3, 2})});
  const auto turned = builder.Node("Transpose", {sliced}, {{"perm", std::vector<int64_t>{0, 3, 1, 2}}});
  builder.Output(turned);
  builder.Output(builder.Node("Sigmoid", {parts[0]}));
  const Lowered lowered = LowerPlainly(builder);
  EXPECT_EQ(lowered.Count("Slice"), 3);
  EXPECT_EQ(lowered.Count("Lookup"), 1);
  ExpectNodesWithinHalfAStep(lowered);
}

}  // namespace
}  // namespace lockstep::test
