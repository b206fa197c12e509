#include "quantize/corrections/equalization.h"

#include <gtest/gtest.h>

#include <cmath>

#include "graph/error.h"
#include "output_error.h"

namespace lockstep::quantize {
namespace {

const std::vector<float>& Weights(const SmallGraph& net, const char* name) {
  return net.graph.tensor(net.Id(name)).constant->floats;
}

// With r1 and r2 the largest weights that make and that read a channel, both become sqrt(r1 * r2).
TEST(Equalization, MakersAndReadersOfAChannelGetOneRange) {
  SmallGraph net = UnequalNetwork();
  const EqualizationResult result = Equalize(net.graph);
  ASSERT_EQ(result.pairs.size(), 1U);
  EXPECT_EQ(result.pairs[0].makers, "a");
  EXPECT_EQ(result.pairs[0].readers, "y");
  EXPECT_EQ(result.pairs[0].channels, 2U);
  const std::vector<float> makers = net.graph.tensor(net.graph.nodes[0].inputs[1]).constant->floats;
  const std::vector<float> readers = net.graph.tensor(net.graph.nodes[1].inputs[1]).constant->floats;
  EXPECT_NEAR(makers[0], 1.0, 2e-3);  // sqrt(100 * 0.01)
  EXPECT_NEAR(makers[1], -0.5, 1e-3);
  EXPECT_NEAR(makers[3], 1.0, 2e-3);  // sqrt(0.1 * 10)
  EXPECT_NEAR(readers[0], 1.0, 2e-3);
  EXPECT_NEAR(readers[1], 1.0, 2e-3);
  const std::vector<float> bias = net.graph.tensor(net.graph.nodes[0].inputs[2]).constant->floats;
  EXPECT_NEAR(bias[0], 0.1, 2e-4);
  EXPECT_NEAR(bias[1], 0.2, 4e-4);
}

TEST(Equalization, TheErrorOfOneScaleFallsAndTheNetworkStays) {
  const SmallGraph before = UnequalNetwork();
  SmallGraph after = UnequalNetwork();
  Equalize(after.graph);
  EXPECT_LT(OutputDifference(before, after), 1e-6);
  const double unequal = OutputError(before, "a");
  const double equal = OutputError(after, "a");
  EXPECT_LT(equal, kHalf * unequal) << unequal;
}

TEST(Equalization, NoFactorPassesThroughSiLU) {
  SmallGraph net;
  net.Input("x", {1, 2, kSide, kSide});
  net.Conv("a", net.Id("x"), 2, {100.0F, -50.0F, 0.05F, 0.1F});
  net.Fuse(graph::ActivationKind::kSilu);
  net.Conv("y", net.Id("a"), 1, {0.01F, 10.0F});
  net.Output(net.Id("y"));
  const std::vector<float> weights = Weights(net, "a.weight");
  const EqualizationResult result = Equalize(net.graph);
  EXPECT_TRUE(result.pairs.empty());
  EXPECT_NE(result.obstacles.find("SiLU"), std::string::npos) << result.obstacles;
  EXPECT_EQ(Weights(net, "a.weight"), weights);
}

// x -> Conv a with the function -> Conv y, which reads the first channel 0.02 and the second 2 times. The factors that
// are wanted are sqrt(first / 0.02) and sqrt(0.5 / 2) = 0.5.
SmallGraph Through(const graph::Activation& function, float first, const std::vector<float>& bias) {
  SmallGraph net;
  net.Input("x", {1, 2, kSide, kSide});
  net.Conv("a", net.Id("x"), 2, {first, -first, 0.5F, 0.5F}, bias);
  net.Fuse(function.kind);
  net.graph.nodes.back().activation = function;
  net.Conv("y", net.Id("a"), 1, {0.02F, 2.0F});
  net.Output(net.Id("y"));
  return net;
}

EqualizationResult EqualizeByNoise(SmallGraph& net) {
  NoiseSource source(2, 5);  // the pictures of OutputDifference
  return Equalize(net.graph, source, 1);
}

TEST(Equalization, LimitsThatNoValueReachesPassFactors) {
  const graph::Activation far{graph::ActivationKind::kClip, 0.0, 2000.0};
  const SmallGraph before = Through(far, 50.0F, {});
  SmallGraph net = before;
  const EqualizationResult result = EqualizeByNoise(net);
  ASSERT_EQ(result.pairs.size(), 1U) << result.obstacles;
  EXPECT_NEAR(result.pairs[0].largest_factor, 50.0, 0.1);
  EXPECT_NEAR(result.pairs[0].least_factor, 0.5, 0.001);
  EXPECT_EQ(result.obstacles, "");
  EXPECT_LT(OutputDifference(before, net), 1e-6);

  SmallGraph repeated = before;
  EqualizeBy(repeated.graph, {50.0, 0.5}, "file");
  EXPECT_LT(OutputDifference(repeated, before), 1e-6);
  EXPECT_THROW(EqualizeBy(repeated.graph, {1.0}, "file"), UsageError);
}

// The second channel's values reach about 1: divided by a half they would reach 2.
TEST(Equalization, ALimitThatAFactorWouldMeetEndsIt) {
  for (const double limit : {1.3, 0.5}) {
    const graph::Activation near{graph::ActivationKind::kClip, -1e9, limit};
    const SmallGraph before = Through(near, 1.0F, {-4.0F, 0.0F});  // the first channel is below 0
    SmallGraph net = before;
    const EqualizationResult result = EqualizeByNoise(net);
    ASSERT_EQ(result.factors.size(), 2U);
    EXPECT_NEAR(result.factors[0], std::sqrt(50.0), 0.02);
    if (limit > 1.0) {
      EXPECT_GT(result.factors[1], 0.65) << "about 1 / 1.3";
      EXPECT_LT(result.factors[1], 0.8);
    } else {
      EXPECT_EQ(result.factors[1], 1.0) << "it is clipped already";
    }
    EXPECT_LT(OutputDifference(before, net), 1e-2);
  }
}

// SiLU is a line where x is large. Of the second channel, which bends, the change is below a tenth of a step, which the
// first makes large.
TEST(Equalization, SiLUPassesFactorsWhereItIsALine) {
  const graph::Activation silu{graph::ActivationKind::kSilu, 0.0, 0.0};
  const SmallGraph before = Through(silu, 50.0F, {1000.0F, 0.0F});
  SmallGraph net = before;
  const EqualizationResult result = EqualizeByNoise(net);
  ASSERT_EQ(result.factors.size(), 2U);
  EXPECT_NEAR(result.factors[0], 50.0, 0.1);
  EXPECT_EQ(result.obstacles, "");
  const double step = 1100.0 / 255.0;
  const double largest = 0.02 * 1100.0 + 2.0;  // of y
  EXPECT_LT(OutputDifference(before, net) * largest, 0.1 * step * (0.02 + 2.0));
}

TEST(Equalization, NoPictureLetsAFactorThroughASiLUThatBends) {
  const graph::Activation silu{graph::ActivationKind::kSilu, 0.0, 0.0};
  SmallGraph net = Through(silu, 8.0F, {});
  const EqualizationResult result = EqualizeByNoise(net);
  EXPECT_EQ(result.channels, 0U);
  EXPECT_TRUE(result.pairs.empty());
  EXPECT_EQ(result.obstacles, "1 convolution ends in SiLU");
}

}  // namespace
}  // namespace lockstep::quantize
