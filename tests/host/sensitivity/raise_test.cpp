// Two nodes with a table and a Concat, of 100, 200 and 300 elements, and 400 weights: 1,000 bytes.
#include "sensitivity/raise.h"

#include <gtest/gtest.h>

#include <cmath>

namespace lockstep::sensitivity {
namespace {

using quantize::AffineParams;
using quantize::QuantizedGraph;
using quantize::TensorFormat;

QuantizedGraph Network() {
  QuantizedGraph quantized;
  graph::Graph& graph = quantized.graph;
  const auto tensor = [&](const std::string& name, int64_t elements) {
    graph::Tensor added;
    added.name = name;
    added.shape = {elements};
    return graph.AddTensor(added);
  };
  const auto node = [&](const std::string& name, int64_t elements, bool table) {
    graph::Node added;
    added.name = name;
    added.op = table ? "Conv" : "Concat";
    added.outputs = {tensor(name, elements)};
    quantized.formats[added.outputs[0]] = AffineParams{1.0, 0, 8};
    if (table) {
      added.activation.kind = graph::ActivationKind::kSilu;
      added.pre_activation = tensor(name + ".pre", elements);
      quantized.formats[added.pre_activation] = AffineParams{1.0, 0, 8};
    }
    graph.nodes.push_back(added);
  };
  node("a", 100, true);
  node("b", 200, true);
  node("c", 300, false);
  quantize::QuantizedWeights& weights = quantized.weights[{"a", 1}];
  weights.format = TensorFormat::Weights(8, {1.0}, -1);
  weights.values.resize(400);
  return quantized;
}

// An error of this energy, of outputs of energy 1.
std::map<std::string, analyze::Metrics> Error(double error) {
  std::map<std::string, analyze::Metrics> outputs;
  outputs["y"].sqnr_db = -10.0 * std::log10(error);
  return outputs;
}

Trial Of(const std::string& node, double error) { return {node, "", {}, node, Error(error), Part::kOutput}; }
Trial Table(const std::string& node, double error) { return {node, "", {}, node, Error(error), Part::kTableInput}; }

std::vector<std::string> Names(const RaisePlan& plan) {
  std::vector<std::string> names;
  for (const Raise& raise : plan.raises) names.push_back(raise.node + (raise.table_input ? " table" : " output"));
  return names;
}

using Strings = std::vector<std::string>;

RaiseLimits BytesOf(double share) {
  RaiseLimits limits;
  limits.bytes = share;
  return limits;
}

TEST(Raise, AWideOutputHasAWideTable) {
  const RaisePlan plan = PlanRaises(Network(), {Table("a", 0.01), Of("a", 0.02)}, {}, BytesOf(10.0));
  EXPECT_EQ(Names(plan), (Strings{"a output", "a table"}));
  EXPECT_EQ(plan.raises[1].bits, 12);
  EXPECT_EQ(plan.raises[1].bytes, 4096 - 256);
  EXPECT_EQ(plan.raises[0].bytes, 100 + 4096);
  EXPECT_EQ(plan.bytes_before, 1000);
  EXPECT_EQ(plan.bytes_added, 100 + 2 * 4096 - 256);
  EXPECT_NEAR(plan.error_before, 0.03, 1e-9);
  EXPECT_NEAR(plan.error_after, 0.01 / 256 + 0.02 / 65536, 1e-9);
}

TEST(Raise, TheFewestBytesThatComeNearTheWeights) {
  // 0.013 of the activations, 0.0125 would do: c adds 300 bytes, a 100 and 256 of its table, b 200 and 256.
  const RaisePlan plan =
      PlanRaises(Network(), {Of("a", 0.002), Of("b", 0.008), Of("c", 0.003)}, Error(0.125), BytesOf(10.0));
  EXPECT_EQ(Names(plan), (Strings{"c output"}));
  EXPECT_EQ(plan.bytes_added, 300);
  EXPECT_NEAR(plan.weights_error, 0.125, 1e-9);
  EXPECT_NEAR(plan.error_after, 0.01, 1e-6);
}

TEST(Raise, TenBitsWhereTheyAreEnough) {
  const RaisePlan plan = PlanRaises(Network(), {Table("a", 0.01)}, Error(0.025), BytesOf(10.0));
  ASSERT_EQ(Names(plan), (Strings{"a table"}));
  EXPECT_EQ(plan.raises[0].bits, 10);
  EXPECT_EQ(plan.bytes_added, 1024 - 256);
}

TEST(Raise, SpendsNoMoreBytesThanAllowed) {
  const std::vector<Trial> trials{Of("a", 0.0079), Of("b", 0.0099), Of("c", 0.002)};
  EXPECT_EQ(Names(PlanRaises(Network(), trials, {}, BytesOf(0.35))), (Strings{"c output"}));
  EXPECT_EQ(Names(PlanRaises(Network(), trials, {}, BytesOf(0.45))), (Strings{"a output"}));
  // b with a has more than c with b, and more bytes.
  EXPECT_EQ(Names(PlanRaises(Network(), trials, {}, BytesOf(0.76))), (Strings{"b output", "c output"}));
}

TEST(Raise, LeavesWhatGainsNothing) {
  const std::vector<Trial> trials{Of("a", 0.00001), Of("b", 0.008)};
  EXPECT_EQ(Names(PlanRaises(Network(), trials, Error(0.0003), BytesOf(10.0))), (Strings{"b output"}));
}

TEST(Raise, WhatIsWideStaysAsItIs) {
  QuantizedGraph network = Network();
  network.formats[network.graph.Find("b")] = AffineParams{1.0, 0, 16};
  network.formats[network.graph.Find("a.pre")] = AffineParams{1.0, 0, 14};
  RaiseLimits limits;
  limits.bytes = 10.0;
  EXPECT_EQ(Names(PlanRaises(network, {Table("a", 0.1), Of("b", 0.1), Of("c", 0.1)}, {}, limits)),
            (Strings{"c output"}));
}

TEST(Raise, AnOutputThatIsNotANumberIsLost) {
  Trial broken = Of("a", 0.1);
  broken.outputs["y"].sqnr_db = std::nan("");
  EXPECT_NEAR(PlanRaises(Network(), {broken}, {}).error_before, 1.0, 1e-9);
}

}  // namespace
}  // namespace lockstep::sensitivity
