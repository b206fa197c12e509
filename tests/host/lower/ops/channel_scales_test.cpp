// Activations with a scale for each channel, between a convolution and depthwise ones.
#include <gtest/gtest.h>

#include "equal_layers.h"
#include "lowered.h"

namespace lockstep::test {
namespace {

using graph::ActivationKind;
using graph::TensorId;

struct Block {
  const char* maker;
  graph::Activation activation;
  int before_bits = 8;
  int64_t multiplier = 1;  // output channels of the depthwise convolution for each of its inputs
};

// Channels that differ a hundred times, made by a convolution and read by two depthwise ones.
Lowered LowerBlock(const Block& block, bool channels = true) {
  GraphBuilder builder(3);
  const TensorId x = builder.Input("x", {1, 3, 10, 12});
  TensorId wide = graph::kNoTensor;
  if (std::string(block.maker) == "ConvTranspose") {
    wide = builder.Node("ConvTranspose", {x, builder.Constant({3, 20, 2, 2}, builder.Random(240))},
                        {{"kernel_shape", std::vector<int64_t>{2, 2}}, {"strides", std::vector<int64_t>{2, 2}}},
                        block.activation);
  } else {
    const std::string maker = block.maker;
    const TensorId in = maker == "Depthwise" ? builder.Conv(x, 20, 1) : x;
    wide = builder.Conv(in, 20, 3, 1, maker == "Depthwise" ? 20 : 1);
    graph::Node& node = builder.graph().nodes.back();
    node.activation = block.activation;
    if (block.activation.kind != ActivationKind::kRelu && block.activation.kind != ActivationKind::kClip &&
        block.activation.kind != ActivationKind::kNone) {
      graph::Tensor before = builder.graph().tensor(wide);
      before.name += "/before";
      const TensorId id = builder.graph().AddTensor(before);
      builder.graph().nodes.back().pre_activation = id;
    }
  }
  graph::Node& maker = builder.graph().nodes.back();
  std::vector<float>& weights = builder.graph().tensor(maker.inputs[1]).constant->floats;
  const graph::Shape shape = builder.graph().tensor(maker.inputs[1]).shape;
  for (size_t i = 0; i < weights.size(); ++i) {
    const size_t channel = OutputChannelOf(maker, shape, i);
    if (channel % 3 != 0) weights[i] *= channel % 3 == 1 ? 0.1F : 0.01F;
  }
  PlainQuantization options;
  if (channels) options.channels = {wide};
  if (maker.pre_activation != graph::kNoTensor) options.bits[maker.pre_activation] = block.before_bits;
  builder.Output(builder.Conv(builder.Conv(wide, 20 * block.multiplier, 3, 2, 20, ActivationKind::kRelu), 5, 1));
  builder.Output(builder.Conv(wide, 20, 3, 1, 20));
  return LowerPlainly(builder, options);
}

const Block kBlocks[] = {
    {"Conv", {ActivationKind::kNone, 0.0, 0.0}},         {"Conv", {ActivationKind::kRelu, 0.0, 0.0}},
    {"Conv", {ActivationKind::kClip, 0.0, 6.0}},         {"Conv", {ActivationKind::kSilu, 0.0, 0.0}},
    {"Conv", {ActivationKind::kHardSwish, 0.0, 0.0}},    {"Conv", {ActivationKind::kHardSwish, 0.0, 0.0}, 12},
    {"Conv", {ActivationKind::kRelu, 0.0, 0.0}, 8, 2},   {"Depthwise", {ActivationKind::kRelu, 0.0, 0.0}},
    {"Depthwise", {ActivationKind::kSilu, 0.0, 0.0}},    {"ConvTranspose", {ActivationKind::kRelu, 0.0, 0.0}},
    {"ConvTranspose", {ActivationKind::kNone, 0.0, 0.0}}};

TEST(LowerChannelScales, EveryElementIsWithinHalfAStepOfItsChannel) {
  for (const Block& block : kBlocks) {
    SCOPED_TRACE(std::string(block.maker) + " " + graph::ActivationName(block.activation.kind));
    const Lowered lowered = LowerBlock(block);
    ExpectNodesWithinHalfAStep(lowered);
    const bool table =
        block.activation.kind == ActivationKind::kSilu || block.activation.kind == ActivationKind::kHardSwish;
    EXPECT_EQ(lowered.Count("ChannelLookup"), table ? 1 : 0);
    EXPECT_EQ(lowered.Count("Lookup"), 0);
    if (table) {
      const joint::Layer& lookup = *lowered.Find(joint::Options::ChannelLookup);
      const size_t entries = block.before_bits > 8 ? size_t{1} << block.before_bits : 256;
      EXPECT_EQ(lookup.options_as_ChannelLookup()->table()->size(), 20 * entries);
      EXPECT_EQ(lookup.version(), block.before_bits > 8 ? 2U : 1U);
    }
    EXPECT_EQ(LowerBlock(block, false).Count("ChannelLookup"), 0);
  }
}

TEST(LowerChannelScales, TheRuntimeComputesTheSameBytes) {
  uint32_t seed = 1;
  for (const Block& block : kBlocks) {
    SCOPED_TRACE(std::string(block.maker) + " " + graph::ActivationName(block.activation.kind));
    ExpectEqualLayers(LowerBlock(block).file, seed, 1 + static_cast<int>(seed % 3));
    ++seed;
  }
}

}  // namespace
}  // namespace lockstep::test
