#include "quantize/channel_scales.h"

#include <gtest/gtest.h>

#include <cmath>

#include "noise_network.h"
#include "quantize/affine.h"
#include "quantize/decisions.h"

namespace lockstep::quantize {
namespace {

using graph::ActivationKind;

graph::TensorId Depthwise(SmallGraph& net, const std::string& name, graph::TensorId x) {
  const graph::Shape shape = net.graph.tensor(x).shape;
  const std::vector<float> weights(static_cast<size_t>(shape[1]), 0.5F);
  const graph::TensorId id = net.Conv(name, x, shape[1], weights);
  net.graph.tensor(net.graph.nodes.back().inputs[1]).shape = {shape[1], 1, 1, 1};
  net.graph.nodes.back().attributes["group"] = shape[1];
  return id;
}

// x -> Conv a of four channels, 40 times as large from one to the next but one -> function -> depthwise Conv d -> Conv
// y.
SmallGraph Block(ActivationKind kind) {
  SmallGraph net;
  net.Input("x", {1, 2, kSide, kSide});
  net.Conv("a", net.Id("x"), 4, {4.0F, 0.0F, 0.0F, 4.0F, 0.1F, 0.0F, 0.0F, 0.1F});
  if (kind != ActivationKind::kNone) {
    net.graph.nodes.back().activation.kind = kind;
    if (kind == ActivationKind::kClip) net.graph.nodes.back().activation.beta = 3.0F;
    if (kind != ActivationKind::kClip && kind != ActivationKind::kRelu) net.Fuse(kind);
  }
  Depthwise(net, "d", net.Id("a"));
  net.Conv("y", net.Id("d"), 1, {1, 1, 1, 1});
  net.Output(net.Id("y"));
  return net;
}

bool MayHave(const SmallGraph& net, const FloatNodes& floats = {}) {
  const auto tensors = ChannelScaleTensors(net.graph, floats);
  for (const auto& [id, node] : tensors) EXPECT_EQ(net.graph.tensor(id).name, "a");
  return !tensors.empty();
}

TEST(ChannelScales, OnlyWhereDepthwiseConvolutionsReadAConvolution) {
  for (const ActivationKind kind :
       {ActivationKind::kNone, ActivationKind::kRelu, ActivationKind::kClip, ActivationKind::kSilu}) {
    EXPECT_TRUE(MayHave(Block(kind))) << graph::ActivationName(kind);
  }
  SmallGraph twice = Block(ActivationKind::kRelu);
  Depthwise(twice, "e", twice.Id("a"));
  EXPECT_TRUE(MayHave(twice));
  SmallGraph summed = Block(ActivationKind::kRelu);
  summed.Conv("e", summed.Id("a"), 1, {1, 1, 1, 1});
  EXPECT_FALSE(MayHave(summed)) << "another convolution sums the channels";
  SmallGraph added = Block(ActivationKind::kRelu);
  added.Node("Add", "e", {added.Id("a"), added.Id("d")}, {1, 4, kSide, kSide});
  EXPECT_FALSE(MayHave(added));
  SmallGraph delivered = Block(ActivationKind::kRelu);
  delivered.Output(delivered.Id("a"));
  EXPECT_FALSE(MayHave(delivered)) << "an output of the network has one scale";
  SmallGraph below = Block(ActivationKind::kClip);
  below.graph.nodes[0].activation.alpha = -1.0F;
  EXPECT_FALSE(MayHave(below)) << "the lower limit would be another level in each channel";
  EXPECT_FALSE(MayHave(Block(ActivationKind::kRelu), {true, false, false})) << "it is made in floats";
  EXPECT_FALSE(MayHave(Block(ActivationKind::kRelu), {false, true, false})) << "it is read in floats";
}

// The levels of the channels reach as far as each was seen to.
TEST(ChannelScales, OfAConvolutionWithLimits) {
  for (const ActivationKind kind : {ActivationKind::kRelu, ActivationKind::kClip}) {
    const SmallGraph net = Block(kind);
    const QuantizedGraph result = Quantized(net, {});
    const TensorFormat& a = result.formats.at(net.Id("a"));
    ASSERT_TRUE(a.has_channel_scales());
    EXPECT_EQ(a.axis, 1);
    EXPECT_EQ(a.zero_points, (std::vector<int32_t>{0, 0, 0, 0}));
    const double top = kind == ActivationKind::kClip ? 3.0 : 4.0;  // of noise within -1..1
    for (size_t c = 0; c < 4; ++c) {
      const double reach = a.scales[c] * 255 / (c < 2 ? top : 0.1);
      EXPECT_GE(reach, 0.95) << c;
      EXPECT_LE(reach, c < 2 ? 1.01 : 1.2) << c;  // what all channels reach no channel passes
    }
    EXPECT_TRUE(result.formats.at(net.Id("d")).is_affine());
    // The bias of what reads a channel is in units of that channel's scale.
    const QuantizedWeights& d = result.weights.at({"d", 1});
    EXPECT_EQ(d.bias, (std::vector<int64_t>{0, 0, 0, 0}));
  }
}

TEST(ChannelScales, InFrontOfATableAndBehindIt) {
  const SmallGraph net = Block(ActivationKind::kSilu);
  const QuantizedGraph result = Quantized(net, {});
  const TensorFormat& a = result.formats.at(net.Id("a"));
  const TensorFormat& before = result.formats.at(net.Id("a.pre"));
  ASSERT_TRUE(a.has_channel_scales());
  ASSERT_TRUE(before.has_channel_scales());
  EXPECT_TRUE(HasChannelTables(result, net.graph.nodes[0]));
  EXPECT_FALSE(HasChannelTables(result, net.graph.nodes[1]));
  for (size_t c = 0; c < 4; ++c) {
    const double largest = c < 2 ? 4.0 : 0.1;
    const Range range = RangeOf(before.channel(c));
    EXPECT_NEAR(range.high, largest, largest * 0.2 + before.scales[c]) << c;
    EXPECT_LE(range.low, -largest * 0.9) << c;
    const Range values = RangeOf(a.channel(c));
    const double silu = largest / (1.0 + std::exp(-largest));
    EXPECT_GE(values.high, silu * 0.95 - a.scales[c]) << c;
    EXPECT_LE(values.low, c < 2 ? -0.26 : -0.045) << c;
    EXPECT_EQ(a.zero_points[c], a.zero_points[0]);
  }
  EXPECT_LT(a.scales[2] * 10, a.scales[0]);
  QuantizeOptions without;
  without.channel_tables = false;
  EXPECT_TRUE(Quantized(net, without).formats.at(net.Id("a")).is_affine());
  EXPECT_TRUE(Quantized(Block(ActivationKind::kRelu), without).formats.at(net.Id("a")).has_channel_scales());
}

TEST(ChannelScales, NotWhereItDoesNotPay) {
  SmallGraph alike = Block(ActivationKind::kSilu);
  alike.graph.tensor(alike.graph.nodes[0].inputs[1]).constant->floats = {4, 0, 0, 4, 3, 0, 0, 3};
  EXPECT_TRUE(Quantized(alike, {}).formats.at(alike.Id("a")).is_affine()) << "a layer more for nothing";
  SmallGraph limits = Block(ActivationKind::kRelu);
  limits.graph.tensor(limits.graph.nodes[0].inputs[1]).constant->floats = {4, 0, 0, 4, 4, 0, 0, 4};
  EXPECT_TRUE(Quantized(limits, {}).formats.at(limits.Id("a")).is_affine());
}

TEST(ChannelScales, NotAboveEightBitsAndNotWhereOneScaleIsAskedFor) {
  const SmallGraph net = Block(ActivationKind::kRelu);
  QuantizeOptions wide;
  wide.policy = {{"test", {{}}, {}}};
  wide.policy[0].choices.activation_bits = 16;
  EXPECT_TRUE(Quantized(net, wide).formats.at(net.Id("a")).is_affine());
  QuantizeOptions narrow = wide;
  narrow.policy[0].choices.activation_bits = 4;
  const TensorFormat a = Quantized(net, narrow).formats.at(net.Id("a"));
  EXPECT_TRUE(a.has_channel_scales());
  EXPECT_NEAR(a.scales[0] * 15, 4.0, 0.2);
  QuantizeOptions one;
  one.activations_per_tensor = true;
  EXPECT_TRUE(Quantized(net, one).formats.at(net.Id("a")).is_affine());
}

// An observer that cuts the tensor's range off cuts the channels' off as well, and a symmetric range keeps its middle.
TEST(ChannelScales, TheObserverLimitsTheChannels) {
  const SmallGraph net = Block(ActivationKind::kNone);
  QuantizeOptions options;
  options.observer = {ObserverKind::kPercentile, 60.0, true};
  QuantizeOptions common = options;
  common.activations_per_tensor = true;
  const AffineParams whole = Quantized(net, common).formats.at(net.Id("a")).affine();
  const TensorFormat a = Quantized(net, options).formats.at(net.Id("a"));
  ASSERT_TRUE(a.has_channel_scales());
  for (size_t c = 0; c < 4; ++c) {
    EXPECT_EQ(a.zero_points[c], 128) << c;
    EXPECT_LE(a.scales[c], whole.scale * 1.01) << c;
  }
  EXPECT_NEAR(a.scales[0], whole.scale, whole.scale * 0.01);
}

TEST(ChannelScales, DecisionsMakeTheSameIntegersAgain) {
  for (const ActivationKind kind : {ActivationKind::kRelu, ActivationKind::kSilu}) {
    const SmallGraph net = Block(kind);
    QuantizeOptions options;
    options.threads = 1;
    NoiseSource source(6);
    const Calibration calibration = Observe(net.graph, options, source);
    const QuantizedGraph first = Decide(net.graph, options, calibration);
    const Decisions decisions = DecisionsOf(first, calibration);
    EXPECT_EQ(ProblemOf(net.graph, options, decisions), "");
    const QuantizedGraph again = Decide(net.graph, options, decisions);
    EXPECT_EQ(first.formats, again.formats);
    for (const auto& [operand, weights] : first.weights) {
      EXPECT_EQ(weights.values, again.weights.at(operand).values) << operand.first;
      EXPECT_EQ(weights.bias, again.weights.at(operand).bias) << operand.first;
    }
  }
}

TEST(ChannelScales, DecisionsThatNoLayerCanCarryOutAreRefused) {
  const SmallGraph net = Block(ActivationKind::kClip);
  QuantizeOptions options;
  options.threads = 1;
  NoiseSource source(6);
  const Calibration calibration = Observe(net.graph, options, source);
  const Decisions good = DecisionsOf(Decide(net.graph, options, calibration), calibration);
  const auto problem = [&](const char* tensor, const std::vector<double>& scales) {
    Decisions changed = good;
    changed.tensors.at(net.Id(tensor)).channel_scales = scales;
    return ProblemOf(net.graph, options, changed);
  };
  EXPECT_NE(problem("d", {1, 1, 1, 1}).find("nothing but depthwise"), std::string::npos) << problem("d", {1, 1, 1, 1});
  EXPECT_NE(problem("a", {1, 1}).find("has 2 scales and 4 channels"), std::string::npos) << problem("a", {1, 1});
  EXPECT_NE(problem("a", {0.1, 0.01, 0.01, 0.01}).find("is cut off at 3"), std::string::npos);
  EXPECT_EQ(problem("a", {0.01, 0.01, 0.001, 0.01}), "");
}

}  // namespace
}  // namespace lockstep::quantize
