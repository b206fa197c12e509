#include <gtest/gtest.h>

#include <cmath>

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

TEST(LowerSoftmax, EveryWidthOfInputAndOutput) {
  for (const int in : {3, 8, 10, 16}) {
    for (const int out : {3, 8, 9, 16}) {
      SCOPED_TRACE(std::to_string(in) + " to " + std::to_string(out) + " bits");
      GraphBuilder builder;
      const auto logits = builder.Conv(builder.Input("x", {1, 5, 4, 6}), 7, 1);
      const auto shares = builder.Node("Softmax", {logits}, {{"axis", int64_t{1}}});
      builder.Output(shares);
      PlainQuantization options;
      options.bits = {{logits, in}, {shares, out}};
      const Lowered lowered = LowerPlainly(builder, options);
      ExpectNodesWithinHalfAStep(lowered);
      const bool second = in > 8 || (out != 8 && out != 16);
      EXPECT_EQ(lowered.Find(joint::Options::Softmax)->version(), second ? 2U : 1U);
    }
  }
}

// One of 300 levels stands for 1, or the levels are those of something else.
TEST(LowerSoftmax, LevelsOfItsOwn) {
  for (const quantize::AffineParams& levels :
       {quantize::AffineParams{1.0F / 300.0F, 0, 8}, {1.0F / 300.5F, 0, 8}, {0.0031F, 77, 8}, {0.01F, 3, 12}}) {
    SCOPED_TRACE(levels.scale);
    GraphBuilder builder;
    const auto logits = builder.Conv(builder.Input("x", {1, 5, 4, 6}), 7, 1);
    const auto shares = builder.Node("Softmax", {logits}, {{"axis", int64_t{1}}});
    builder.Output(shares);
    QuantizedSample sample = QuantizePlainly(builder.graph(), {});
    sample.quantized.formats[shares] = levels;
    const Lowered lowered = LowerSample(std::move(sample));
    EXPECT_EQ(lowered.Count("Rescale"), levels.scale == 1.0F / 300.0F ? 0 : 1);
    const double half = 0.51 * levels.scale + (lowered.Count("Rescale") != 0 ? 0.51 / 65536 : 0.0);
    const std::vector<float>& in = lowered.values.at(builder.graph().tensor(logits).name);
    const std::vector<float>& out = lowered.values.at(builder.graph().tensor(shares).name);
    constexpr size_t kPlane = 24;
    for (size_t i = 0; i < out.size(); ++i) {
      double sum = 0.0;
      for (size_t c = 0; c < 7; ++c) sum += std::exp(in[c * kPlane + i % kPlane] - in[i]);
      const double most = levels.scale * (levels.high() - levels.zero_point);
      ASSERT_NEAR(out[i], std::min(1.0 / sum, most), half) << i;
    }
  }
}

}  // namespace
}  // namespace lockstep::test
