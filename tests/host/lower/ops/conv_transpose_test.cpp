// Transposed convolutions: strides, pads, output padding, groups, activations, swapped axes.
#include <gtest/gtest.h>

#include "lowered.h"

namespace lockstep::test {
namespace {

using graph::ActivationKind;
using Ints = std::vector<int64_t>;

graph::TensorId Transposed(GraphBuilder& builder, graph::TensorId x, int64_t channels, const Ints& kernel,
                           int64_t group, std::map<std::string, graph::Attribute> attributes,
                           ActivationKind activation) {
  const int64_t in = builder.shape(x)[1];
  const auto weights =
      builder.Constant({in, channels / group, kernel[0], kernel[1]},
                       builder.Random(static_cast<size_t>(in * channels / group * kernel[0] * kernel[1])));
  const auto bias = builder.Constant({channels}, builder.Random(static_cast<size_t>(channels)));
  attributes["group"] = group;
  return builder.Node("ConvTranspose", {x, weights, bias}, std::move(attributes), {activation, 0.0, 0.0});
}

TEST(LowerConvTranspose, StridesPadsAndOutputPadding) {
  struct Case {
    Ints kernel, strides, pads, extra;
    int64_t group;
  };
  const Case cases[] = {
      {{2, 2}, {2, 2}, {0, 0, 0, 0}, {0, 0}, 1}, {{4, 4}, {2, 2}, {1, 1, 1, 1}, {0, 0}, 1},
      {{3, 3}, {2, 2}, {1, 1, 1, 1}, {1, 1}, 2}, {{3, 5}, {1, 3}, {2, 0, 0, 4}, {0, 2}, 4},
      {{1, 2}, {2, 4}, {0, 1, 0, 0}, {1, 3}, 1},
  };
  for (const bool turned : {false, true}) {
    for (const Case& c : cases) {
      for (const ActivationKind kind : {ActivationKind::kNone, ActivationKind::kRelu, ActivationKind::kSilu}) {
        SCOPED_TRACE(std::to_string(&c - cases) + (turned ? " turned " : " ") + graph::ActivationName(kind));
        GraphBuilder builder;
        auto x = builder.Conv(builder.Input("x", {1, 3, 5, 7}), 8, 3);
        if (turned) x = builder.Node("Transpose", {x}, {{"perm", Ints{0, 1, 3, 2}}});
        const auto y = Transposed(builder, x, 12, c.kernel, c.group,
                                  {{"strides", c.strides}, {"pads", c.pads}, {"output_padding", c.extra}}, kind);
        builder.Output(builder.Conv(y, 4, 1));
        const Lowered lowered = LowerPlainly(builder);
        ExpectNodesWithinHalfAStep(lowered);
        EXPECT_EQ(lowered.Count("ConvTranspose"), 1);
        EXPECT_EQ(lowered.Count("Lookup"), 0);
      }
    }
  }
}

TEST(LowerConvTranspose, TheOutputAsTheAttributesWantIt) {
  const std::map<std::string, graph::Attribute> cases[] = {
      {{"auto_pad", std::string("SAME_UPPER")}},
      {{"auto_pad", std::string("SAME_LOWER")}},
      {{"auto_pad", std::string("VALID")}},
      {{"output_shape", Ints{10, 15}}},
      {{"output_shape", Ints{10, 15}}, {"auto_pad", std::string("SAME_LOWER")}},
      {{"output_shape", Ints{11, 16}}, {"pads", Ints{0, 0, 0, 0}}},
  };
  for (auto attributes : cases) {
    SCOPED_TRACE(attributes.begin()->first);
    attributes["strides"] = Ints{2, 2};
    GraphBuilder builder;
    const auto x = builder.Conv(builder.Input("x", {1, 3, 5, 7}), 4, 3);
    builder.Output(Transposed(builder, x, 6, {3, 3}, 2, attributes, ActivationKind::kNone));
    const Lowered lowered = LowerPlainly(builder);
    ExpectNodesWithinHalfAStep(lowered);
    EXPECT_EQ(lowered.Count("ConvTranspose"), 1);
  }
}

TEST(LowerConvTranspose, AKernelSmallerThanItsStrideLeavesTheBias) {
  GraphBuilder builder;
  const auto x = builder.Conv(builder.Input("x", {1, 3, 4, 4}), 4, 1);
  builder.Output(Transposed(builder, x, 2, {1, 2}, 1, {{"strides", Ints{3, 3}}}, ActivationKind::kNone));
  ExpectNodesWithinHalfAStep(LowerPlainly(builder));
}

}  // namespace
}  // namespace lockstep::test
