#include "quantize/simulation.h"

#include <gtest/gtest.h>

#include "graph/error.h"
#include "small_graph.h"

namespace lockstep::quantize {
namespace {

// x -> a (Conv+SiLU) -> y (Conv, the output)
SmallGraph Network() {
  SmallGraph net;
  net.Input("x", {1, 2, 4, 4});
  net.Conv("a", net.Id("x"), 2, {1.27F, 0.304F, 0.5F, 2.54F}, {0.25F, -0.5F});
  net.Fuse(graph::ActivationKind::kSilu);
  net.Conv("y", net.Id("a"), 1, {0.5F, 1.0F});
  net.Output(net.Id("y"));
  return net;
}

const std::vector<float>& Floats(const graph::Graph& graph, const graph::Node& node, size_t operand) {
  return graph.tensor(node.inputs.at(operand)).constant->floats;
}

TEST(Simulation, WeightsBecomeTheValuesOfTheirIntegers) {
  SmallGraph net = Network();
  WeightOptions options;
  options.range = WeightRangeKind::kMax;
  options.policy.nodes.resize(2);
  options.policy.nodes[1].weight_bits = 2;
  KeepWeightsOnly(net.graph, options);
  const std::vector<float> wanted{1.27F, 0.30F, 0.50F, 2.54F};
  for (size_t i = 0; i < 4; ++i) EXPECT_NEAR(Floats(net.graph, net.graph.nodes[0], 1)[i], wanted[i], 1e-6) << i;
  EXPECT_NEAR(Floats(net.graph, net.graph.nodes[0], 2)[0], 0.25, 1e-6);
  EXPECT_NEAR(Floats(net.graph, net.graph.nodes[0], 2)[1], -0.5, 1e-6);
  EXPECT_EQ(Floats(net.graph, net.graph.nodes[1], 1), (std::vector<float>{1.0F, 1.0F})) << "round(0.5) is 1";
}

TEST(Simulation, TheBiasMakesUpForRoundedWeights) {
  SmallGraph net = Network();
  WeightOptions options;
  options.range = WeightRangeKind::kMax;
  options.means[net.Id("x")] = {0.0, 10.0};
  options.means[net.Id("a")] = {2.0, 3.0};
  KeepWeightsOnly(net.graph, options);
  EXPECT_NEAR(Floats(net.graph, net.graph.nodes[0], 2)[0], 0.25 + 0.004 * 10, 1e-6);
  // 0.5 of 1.0 is 64 of 127, and no bias was there before.
  EXPECT_NEAR(Floats(net.graph, net.graph.nodes[1], 2).at(0), (0.5 - 64.0 / 127.0) * 2.0, 1e-6);
}

TEST(Simulation, NodesInFloatsKeepTheirWeights) {
  SmallGraph net = Network();
  WeightOptions options;
  options.policy.floats = {true, false};
  KeepWeightsOnly(net.graph, options);
  EXPECT_EQ(Floats(net.graph, net.graph.nodes[0], 1), (std::vector<float>{1.27F, 0.304F, 0.5F, 2.54F}));
}

TEST(Simulation, FeaturesAreCopiedBetweenNodesInFloats) {
  SmallGraph net = Network();
  const Widths widths = ChooseActivationWidths(net.graph, 16);
  RangeMethods methods;
  methods.tensors[net.Id("a")].kind = ObserverKind::kMse;
  const Policy policy = KeepFeaturesOnly(net.graph, widths, methods);
  std::string order;
  for (size_t i = 0; i < net.graph.nodes.size(); ++i) {
    order += net.graph.nodes[i].name + (policy.floats[i] ? " float, " : ", ");
  }
  EXPECT_EQ(order, "x/copy/quantised, a float, a/quantised, y float, y/quantised, ");
  const Widths after = ChooseActivationWidths(net.graph, 8, policy);
  const auto width = [&](const char* name) { return after[static_cast<size_t>(net.Id(name))]; };
  EXPECT_EQ(width("x"), 8);
  EXPECT_EQ(width("a"), 8);
  EXPECT_EQ(width("a.pre"), kFloatWidth);
  EXPECT_EQ(width("y"), 16);
  EXPECT_EQ(net.graph.outputs, (std::vector<graph::TensorId>{net.Id("y")}));
  EXPECT_EQ(ChooseRangeMethods(net.graph, policy, after, {}).Of(net.Id("a")).kind, ObserverKind::kMse);
}

TEST(Simulation, WhatIsSaidOfTheOthersIsRefused) {
  const auto message = [](Rule rule, QuantizeOnly only) -> std::string {
    const SmallGraph net = Network();
    rule.source = "setting";
    rule.scopes = {{Scope::Kind::kNode, "a"}};
    try {
      RequireQuantized(MatchAll(net.graph, {rule}), only);
    } catch (const UsageError& error) {
      return error.what();
    }
    return "";
  };
  Rule features;
  features.choices.activation_bits = 16;
  Rule weights;
  weights.choices.weight_bits = 4;
  EXPECT_EQ(message(features, QuantizeOnly::kFeatures), "");
  EXPECT_EQ(message(weights, QuantizeOnly::kWeights), "");
  EXPECT_EQ(message(features, QuantizeOnly::kWeights),
            "setting has no effect: quantize_only keeps features in floats; leave it out");
  EXPECT_EQ(message(weights, QuantizeOnly::kFeatures),
            "setting has no effect: quantize_only keeps weights in floats; leave it out");
}

}  // namespace
}  // namespace lockstep::quantize
