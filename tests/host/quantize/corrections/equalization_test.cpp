#include "quantize/corrections/equalization.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace lockstep::quantize
