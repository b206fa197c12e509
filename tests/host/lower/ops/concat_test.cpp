#include <gtest/gtest.h>

#include <algorithm>

#include "lower/lower.h"
#include "lowered.h"

namespace lockstep::test {
namespace {

// The class token of a transformer, and a constant channel of an image, beside tensors of other ranges.
TEST(LowerConcat, OfConstantsThatHaveTheScaleOfTheWhole) {
  for (const bool wide : {false, true}) {
    SCOPED_TRACE(wide ? "wide" : "narrow");
    GraphBuilder builder;
    const auto image = builder.Conv(builder.Input("x", {1, 3, 5, 7}), 4, 1);
    const auto plane = builder.Constant({1, 1, 5, 7}, builder.Random(35, -0.4F, 1.5F));
    const auto joined = builder.Node("Concat", {plane, image, plane}, {{"axis", int64_t{1}}});
    const auto tokens = builder.Node("Reshape", {builder.Conv(joined, 8, 1), builder.Ints({1, 35, 8})});
    const auto token = builder.Constant({1, 1, 8}, builder.Random(8, -3.0F, 2.0F));
    const auto all = builder.Node("Concat", {token, tokens}, {{"axis", int64_t{1}}});
    builder.Output(all);
    PlainQuantization options;
    if (wide) options.sixteen_bits = {joined};
    const Lowered lowered = LowerPlainly(builder, options);
    ASSERT_EQ(lowered.Count("Concat"), 2);
    const auto* concat = lowered.Find(joint::Options::Concat)->options_as_Concat();
    EXPECT_EQ(concat->multiplier()->Get(0), 0) << "a constant is copied";
    EXPECT_EQ(concat->multiplier()->Get(2), 0);
    ExpectNodesWithinHalfAStep(lowered);
  }
}

TEST(LowerConcat, OfAConstantAndFloats) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 2, 3, 4});
  const auto plane = builder.Constant({1, 1, 3, 4}, builder.Random(12, -0.4F, 1.5F));
  const auto joined = builder.Node("Concat", {plane, builder.Conv(x, 3, 1)}, {{"axis", int64_t{1}}});
  builder.Output(joined);
  PlainQuantization options;
  options.floats = {joined};
  const Lowered lowered = LowerPlainly(builder, options);
  EXPECT_EQ(lowered.Count("Concat"), 1);
  ExpectNodesWithinHalfAStep(lowered);
}

}  // namespace
}  // namespace lockstep::test
