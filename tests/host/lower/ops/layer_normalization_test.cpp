#include <gtest/gtest.h>

#include "graph/error.h"
#include "lower/lower.h"
#include "lowered.h"

namespace lockstep::test {
namespace {

TEST(LowerLayerNormalization, OverLastAxesInEveryWidth) {
  for (const int64_t axis : {-1, 2, 1}) {
    for (const int wide : {0, 1, 2, 3}) {
      SCOPED_TRACE("axis " + std::to_string(axis) + ", wide " + std::to_string(wide));
      GraphBuilder builder;
      const auto x = builder.Conv(builder.Input("x", {1, 3, 5, 7}), 4, 1);
      const graph::Shape& shape = builder.shape(x);
      const graph::Shape row(shape.begin() + (axis < 0 ? axis + 4 : axis), shape.end());
      const auto count = static_cast<size_t>(graph::ElementCount(row));
      const auto scale = builder.Constant(row, builder.Random(count, -1.5F, 1.5F));
      const auto bias = builder.Constant(row, builder.Random(count));
      const auto y = builder.Node("LayerNormalization", {x, scale, bias}, {{"axis", axis}, {"epsilon", 1e-3F}});
      builder.Output(y);
      PlainQuantization options;
      if ((wide & 1) != 0) options.sixteen_bits.insert(x);
      if ((wide & 2) != 0) options.sixteen_bits.insert(y);
      const Lowered lowered = LowerPlainly(builder, options);
      EXPECT_EQ(lowered.Count("LayerNormalization"), 1);
      ExpectNodesWithinHalfAStep(lowered);
    }
  }
}

TEST(LowerLayerNormalization, BroadcastScaleWithoutBias) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 3, 4, 6});
  const auto narrow = builder.Node("LayerNormalization", {x, builder.Constant({4, 1}, {0.5F, -1.0F, 2.0F, 0.0F})},
                                   {{"axis", int64_t{2}}});
  builder.Output(builder.Node("LayerNormalization", {narrow, builder.Constant({1}, {1.0F})}));
  const Lowered lowered = LowerPlainly(builder);
  EXPECT_EQ(lowered.Count("LayerNormalization"), 2);
  ExpectNodesWithinHalfAStep(lowered);
}

// Small scales beside a large bias, and rows of one element: the bias is all there is.
TEST(LowerLayerNormalization, BiasesBeyondTheScale) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 2, 3, 1});
  const auto one =
      builder.Node("LayerNormalization", {x, builder.Constant({1}, {1e-7F}), builder.Constant({1}, {80.0F})});
  const auto many = builder.Node(
      "LayerNormalization", {x, builder.Constant({1}, {1e-6F}), builder.Constant({3, 1}, {-100.0F, 0.25F, 100.0F})},
      {{"axis", int64_t{2}}});
  builder.Output(one);
  builder.Output(many);
  PlainQuantization options;
  options.sixteen_bits = {many};
  ExpectNodesWithinHalfAStep(LowerPlainly(builder, options));
}

TEST(LowerLayerNormalization, SaysWhichRowsAreTooLong) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 1, 200, 200});
  const auto sum = builder.Node("Add", {x, x});
  const auto y = builder.Node("LayerNormalization", {sum, builder.Constant({1}, {1.0F})}, {{"axis", int64_t{1}}});
  builder.Output(y);
  quantize::QuantizedGraph quantized;
  quantized.graph = builder.graph();
  using quantize::AffineParams;
  quantized.formats = {{x, AffineParams{0.1, 0, 8}}, {sum, AffineParams{0.1, 0, 16}}, {y, AffineParams{0.1, 128, 8}}};
  try {
    lower::Lower(quantized, {});
    FAIL() << "no error";
  } catch (const UnsupportedModel& error) {
    EXPECT_NE(std::string(error.what()).find("rows of 40000 elements of 16 bits"), std::string::npos) << error.what();
  }
}

TEST(LowerLayerNormalization, OfFloatsWithABiasAndWithout) {
  for (const int bias : {0, 1, 2}) {
    for (const bool floats : {false, true}) {
      SCOPED_TRACE(std::to_string(bias) + (floats ? " in floats" : ""));
      GraphBuilder builder;
      const auto x = builder.Conv(builder.Input("x", {1, 3, 4, 6}), 3, 1);
      std::vector<graph::TensorId> inputs = {x, builder.Constant({6}, builder.Random(6))};
      if (bias == 1) inputs.push_back(graph::kNoTensor);
      if (bias == 2) inputs.push_back(builder.Constant({6}, builder.Random(6)));
      const auto y = builder.Node("LayerNormalization", inputs, {{"epsilon", 0.5F}});
      builder.Output(y);
      PlainQuantization options;
      if (floats) options.islands = {y};
      const Lowered lowered = LowerPlainly(builder, options);
      EXPECT_EQ(lowered.Count("LayerNormalization"), 1);
      ExpectNodesWithinHalfAStep(lowered);
    }
  }
}

TEST(LowerLayerNormalization, SaysWhichScalesAndEpsilonsItDoesNotTake) {
  const auto message = [](double x_scale, double y_scale) -> std::string {
    GraphBuilder builder;
    const auto x = builder.Input("x", {1, 1, 4, 4});
    const auto y = builder.Node("LayerNormalization", {x, builder.Constant({1}, {1.0F})}, {{"epsilon", 1.0F}});
    builder.Output(y);
    quantize::QuantizedGraph quantized;
    quantized.graph = builder.graph();
    using quantize::AffineParams;
    quantized.formats = {{x, AffineParams{x_scale, 0, 8}}, {y, AffineParams{y_scale, 128, 8}}};
    try {
      lower::Lower(quantized, {});
    } catch (const UnsupportedModel& error) {
      return error.what();
    }
    return {};
  };
  EXPECT_EQ(message(0.1, 0.1), "");
  EXPECT_NE(message(1e-9, 0.1).find("rows of 4 elements of 8 bits do not fit"), std::string::npos)
      << message(1e-9, 0.1);
  EXPECT_NE(message(0.1, 1e-14).find("steps of its output"), std::string::npos) << message(0.1, 1e-14);
}

// As many bits as the sum of a row of 8 bits has room for, or the epsilon.
TEST(LowerLayerNormalization, DifferencesTakeTheRoomThereIs) {
  for (const bool large : {false, true}) {
    GraphBuilder builder;
    const auto x = builder.Input("x", {1, 1, 4, 4});
    builder.Output(
        builder.Node("LayerNormalization", {x, builder.Constant({1}, {1.0F})}, {{"epsilon", large ? 1e6F : 1e-5F}}));
    const Lowered lowered = LowerPlainly(builder);
    const auto* layer = lowered.Find(joint::Options::LayerNormalization)->options_as_LayerNormalization();
    EXPECT_EQ(layer->variance_shift(), large ? 11 : 21) << "2^21 * 4 * 255 < 2^31, 2^22 * 1e6 * 4^2 * 255^2 < 2^62";
  }
}

}  // namespace
}  // namespace lockstep::test
