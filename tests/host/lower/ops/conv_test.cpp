// Convolutions: activations, groups, swapped axes.
#include <gtest/gtest.h>

#include "lowered.h"

namespace lockstep::test {
namespace {

using graph::ActivationKind;

TEST(LowerConv, ConvolutionsWithEveryActivation) {
  for (const ActivationKind kind :
       {ActivationKind::kNone, ActivationKind::kRelu, ActivationKind::kSilu, ActivationKind::kLeakyRelu,
        ActivationKind::kSigmoid, ActivationKind::kTanh, ActivationKind::kHardSwish, ActivationKind::kMish}) {
    GraphBuilder builder;
    const auto x = builder.Input("x", {1, 3, 16, 12});
    builder.Output(builder.Conv(builder.Conv(x, 20, 3, 2, 1, kind), 7, 1));
    const Lowered lowered = LowerPlainly(builder);
    ExpectNodesWithinHalfAStep(lowered);
    // One layer for convolution and activation; the output is put into ONNX order as bytes, then made float.
    EXPECT_EQ(lowered.Count("Conv"), 2);
    EXPECT_EQ(lowered.Count("Lookup"), 0);
    EXPECT_EQ(lowered.Count("Transpose"), 1);
    EXPECT_EQ(lowered.Count("Dequantize"), 1);
    const joint::Conv& conv = *lowered.Find(joint::Options::Conv)->options_as_Conv();
    const bool clamp = kind == ActivationKind::kNone || kind == ActivationKind::kRelu;
    EXPECT_EQ(conv.table() == nullptr, clamp) << graph::ActivationName(kind);
  }
}

TEST(LowerConv, TablesOfEveryLength) {
  for (const int bits : {2, 5, 8, 9, 10, 12, 14, 16}) {
    for (const int out : {4, 8, 11, 16}) {
      SCOPED_TRACE(std::to_string(bits) + " bits in front of the table, " + std::to_string(out) + " behind");
      GraphBuilder builder;
      const auto x = builder.Input("x", {1, 3, 16, 12});
      const auto y = builder.Conv(x, 20, 3, 2, 1, ActivationKind::kSilu);
      const auto before = builder.graph().nodes.back().pre_activation;
      builder.Output(y);
      PlainQuantization options;
      options.bits = {{before, bits}, {y, out}};
      const Lowered lowered = LowerPlainly(builder, options);
      ExpectNodesWithinHalfAStep(lowered);
      const joint::Layer& layer = *lowered.Find(joint::Options::Conv);
      EXPECT_EQ(layer.options_as_Conv()->table()->size(), (bits > 8 ? 1U << bits : 256U) * (out > 8 ? 2 : 1));
      EXPECT_EQ(layer.version(), bits > 8 ? 2U : 1U);
    }
  }
}

TEST(LowerConv, AClipBecomesLimits) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 3, 8, 8});
  const auto y = builder.Conv(x, 8, 1);
  builder.graph().nodes[0].activation = {ActivationKind::kClip, 0.0, 0.5};
  builder.Output(builder.Conv(y, 4, 1));
  const Lowered lowered = LowerPlainly(builder);
  ExpectNodesWithinHalfAStep(lowered);
  EXPECT_EQ(lowered.Count("Conv"), 2);
}

TEST(LowerConv, DepthwiseAndGroupedConvolutions) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 3, 12, 12});
  const auto wide = builder.Conv(x, 16, 1);
  const auto deep = builder.Conv(wide, 16, 3, 1, 16, ActivationKind::kRelu);
  builder.Output(builder.Conv(deep, 8, 3, 2, 4));
  const Lowered lowered = LowerPlainly(builder);
  EXPECT_EQ(lowered.Count("DepthwiseConv"), 1);
  EXPECT_EQ(lowered.Count("Conv"), 2);
  ExpectNodesWithinHalfAStep(lowered);
}

TEST(LowerConv, SwappedSpatialAxesNeedNoCopy) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 3, 8, 6});
  const auto turned = builder.Node("Transpose", {x}, {{"perm", std::vector<int64_t>{0, 1, 3, 2}}});
  auto y = builder.Conv(turned, 8, 3, 1);
  builder.graph().nodes.back().attributes["strides"] = std::vector<int64_t>{1, 2};
  builder.graph().nodes.back().attributes["pads"] = std::vector<int64_t>{1, 0, 0, 1};
  builder.graph().tensor(y).shape = {1, 8, 4, 4};
  const auto pooled = builder.Node("MaxPool", {y},
                                   {{"kernel_shape", std::vector<int64_t>{1, 3}},
                                    {"strides", std::vector<int64_t>{2, 1}},
                                    {"pads", std::vector<int64_t>{0, 1, 0, 0}}});
  const auto back = builder.Node("Transpose", {pooled}, {{"perm", std::vector<int64_t>{0, 2, 3, 1}}});
  builder.Output(back);
  const Lowered lowered = LowerPlainly(builder);
  ExpectNodesWithinHalfAStep(lowered);
  EXPECT_EQ(lowered.Count("Transpose"), 1);  // before the output
}

}  // namespace
}  // namespace lockstep::test
