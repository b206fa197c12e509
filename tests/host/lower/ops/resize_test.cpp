#include <gtest/gtest.h>

#include "lowered.h"

namespace lockstep::test {
namespace {

TEST(LowerResize, NearestRowsAndColumnsAlsoOfATurnedImage) {
  for (const bool turned : {false, true}) {
    SCOPED_TRACE(turned ? "turned" : "upright");
    GraphBuilder builder;
    auto x = builder.Input("x", {1, 3, 5, 4});
    if (turned) x = builder.Node("Transpose", {x}, {{"perm", std::vector<int64_t>{0, 1, 3, 2}}});
    builder.Output(builder.Node("Resize", {x, graph::kNoTensor, builder.Constant({4}, {1.0F, 1.0F, 3.0F, 2.0F})},
                                {{"mode", std::string("nearest")},
                                 {"coordinate_transformation_mode", std::string("asymmetric")},
                                 {"nearest_mode", std::string("floor")}}));
    const Lowered lowered = LowerPlainly(builder);
    ExpectNodesWithinHalfAStep(lowered);
    EXPECT_EQ(lowered.Count("Resize"), 1);
    EXPECT_EQ(lowered.Count("Rescale"), 0);
  }
}

}  // namespace
}  // namespace lockstep::test
