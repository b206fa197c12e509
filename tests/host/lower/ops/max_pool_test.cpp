#include <gtest/gtest.h>

#include "lowered.h"

namespace lockstep::test {
namespace {

TEST(LowerMaxPool, RescalesWhereAScaleCannotBeShared) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 3, 8, 8});
  const auto stem = builder.Conv(x, 8, 3);
  const auto pooled = builder.Node(
      "MaxPool", {stem}, {{"kernel_shape", std::vector<int64_t>{2, 2}}, {"strides", std::vector<int64_t>{2, 2}}});
  builder.Output(builder.Conv(pooled, 4, 1));
  PlainQuantization options;
  options.share_moves = false;
  const Lowered lowered = LowerPlainly(builder, options);
  EXPECT_EQ(lowered.Count("Rescale"), 1);
  ExpectNodesWithinHalfAStep(lowered);
}

}  // namespace
}  // namespace lockstep::test
