#include "quantize/fixed_params.h"

#include <gtest/gtest.h>

#include "quantize/affine.h"
#include "small_graph.h"

namespace lockstep::quantize {
namespace {

TEST(ConstantParams, PowersOfTwoWhereTheyAreExact) {
  const AffineParams anchors = ConstantParams({0.5F, 1.5F, 79.5F}, 16);
  EXPECT_EQ(anchors.scale, 0.5);
  EXPECT_EQ(anchors.zero_point, 0);
  EXPECT_EQ(anchors.bits, 16);
  EXPECT_EQ(ConstantParams({8, 16, 32}, 8).scale, 8.0);
  const AffineParams negative = ConstantParams({-3, 2}, 8);
  EXPECT_EQ(negative.scale, 1.0);
  EXPECT_EQ(negative.zero_point, 3);
}

// The scale of an operand must not be millions of times that of the sum.
TEST(ConstantParams, ZerosHaveASmallScale) {
  for (const int bits : {8, 16}) EXPECT_LE(ConstantParams({0.0F, 0.0F}, bits).scale, 1.0);
}

TEST(ConstantParams, EveryValueIsRepresented) {
  for (const std::vector<float>& values :
       {std::vector<float>{0.1F}, {-0.7F}, {0.001F, 1000.0F}, {-1.0F, 1.0F / 3.0F}, {65536.0F, 1.0F}, {0.0F}}) {
    const AffineParams params = ConstantParams(values, 16);
    for (const float value : values) {
      const double error = DequantizeValue(QuantizeValue(value, params), params) - value;
      EXPECT_LE(std::abs(error), params.scale * 0.51) << value;
    }
  }
  const AffineParams single = ConstantParams({0.1F}, 8);
  EXPECT_NEAR(DequantizeValue(QuantizeValue(0.1, single), single), 0.1, 1e-7);
}

AffineParams InputParams(const InputPreprocess& preprocess) {
  SmallGraph net;
  net.Input("x", {1, 3, 2, 2});
  net.Conv("y", net.Id("x"), 1, {1, 1, 1});
  net.Output(net.Id("y"));
  const Widths widths = ChooseWidths(net.graph, 16);
  return FixedParams(net.graph, widths, {{"x", preprocess}}).at(net.Id("x"));
}

TEST(FixedParams, ALevelIsAGreyLevel) {
  InputPreprocess preprocess;
  EXPECT_EQ(InputParams(preprocess).scale, static_cast<double>(1.0F / 255.0F));
  EXPECT_EQ(InputParams(preprocess).zero_point, 0);
  preprocess.mean = {128, 128, 128};
  preprocess.std = {2};
  EXPECT_EQ(InputParams(preprocess).scale, 0.5);
  EXPECT_EQ(InputParams(preprocess).zero_point, 128);
}

TEST(FixedParams, DifferentChannelsSpanWhatAnyCanBe) {
  InputPreprocess preprocess;
  preprocess.mean = {100, 50, 0};
  preprocess.std = {50, 100, 51};
  // -100/50 = -2 to 255/51 = 5.
  const AffineParams params = InputParams(preprocess);
  EXPECT_NEAR(params.scale, 7.0 / 255, 1e-8);
  EXPECT_EQ(params.zero_point, 73);
}

TEST(FixedParams, ProbabilitiesAndSoftmax) {
  SmallGraph net;
  net.Input("x", {1, 2, 2, 2});
  net.Conv("a", net.Id("x"), 2, {1, 0, 0, 1});
  net.Node("Softmax", "s", {net.Id("a")}, {1, 2, 2, 2});
  net.Node("Sigmoid", "p", {net.Id("s")}, {1, 2, 2, 2});
  net.Conv("q", net.Id("p"), 2, {1, 0, 0, 1});
  net.Fuse(graph::ActivationKind::kSigmoid);
  net.Output(net.Id("q"));
  const Widths widths = ChooseWidths(net.graph, 16);
  const auto fixed = FixedParams(net.graph, widths, {});
  EXPECT_EQ(fixed.at(net.Id("s")), (AffineParams{1.0 / 256, 0, 8}));
  EXPECT_EQ(fixed.at(net.Id("p")).zero_point, 0);
  EXPECT_NEAR(fixed.at(net.Id("p")).scale, 1.0 / 255, 1e-9);
  // Scores that are an output.
  EXPECT_EQ(fixed.at(net.Id("q")).zero_point, 0);
  EXPECT_NEAR(fixed.at(net.Id("q")).scale, 1.0 / 65535, 1e-12);
  EXPECT_EQ(fixed.count(net.Id("a")), 0u);
  EXPECT_EQ(fixed.count(net.Id("x")), 0u);
}

}  // namespace
}  // namespace lockstep::quantize
