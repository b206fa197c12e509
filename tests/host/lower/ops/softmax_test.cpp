#include <gtest/gtest.h>

#include "lowered.h"

namespace lockstep::test {
namespace {

TEST(LowerSoftmax, OverEveryAxisInBothWidths) {
  for (const int64_t axis : {-1, 1, 2}) {
    for (const bool wide : {false, true}) {
      SCOPED_TRACE("axis " + std::to_string(axis) + (wide ? ", 16 bits" : ", 8 bits"));
      GraphBuilder builder;
      const auto x = builder.Input("x", {1, 5, 4, 6});
      const auto shares = builder.Node("Softmax", {builder.Conv(x, 7, 1)}, {{"axis", axis}});
      builder.Output(shares);
      PlainQuantization options;
      if (wide) options.sixteen_bits = {shares};
      const Lowered lowered = LowerPlainly(builder, options);
      ExpectNodesWithinHalfAStep(lowered);
      EXPECT_EQ(lowered.Count("Softmax"), 1);
    }
  }
}

}  // namespace
}  // namespace lockstep::test
