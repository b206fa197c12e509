#include <gtest/gtest.h>

#include <cmath>

#include "lowered.h"

namespace lockstep::test {
namespace {

using graph::TensorId;
using Ints = std::vector<int64_t>;

// Places within the image and around it, that follow from the input.
TensorId ComputedGrid(GraphBuilder& builder, TensorId picture, const graph::Shape& shape) {
  const TensorId offsets = builder.Conv(picture, 2, 3);
  const TensorId last = builder.Node("Transpose", {offsets}, {{"perm", Ints{0, 2, 3, 1}}});
  const auto count = static_cast<size_t>(graph::ElementCount(shape));
  return builder.Node("Add", {last, builder.Constant(shape, builder.Random(count, -1.6F, 1.6F))});
}

TensorId Sampled(GraphBuilder& builder, TensorId x, TensorId grid, const char* mode, const char* padding,
                 int64_t align) {
  return builder.Node("GridSample", {x, grid},
                      {{"mode", std::string(mode)}, {"padding_mode", std::string(padding)}, {"align_corners", align}});
}

constexpr const char* kPaddings[] = {"zeros", "border", "reflection"};

TEST(LowerGridSample, LinearOfEveryPaddingAndWidth) {
  for (const char* padding : kPaddings) {
    for (const int64_t align : {0, 1}) {
      for (int wide = 0; wide < 8; ++wide) {
        SCOPED_TRACE(std::string(padding) + ", corners " + std::to_string(align) + ", wide " + std::to_string(wide));
        GraphBuilder builder;
        const TensorId picture = builder.Input("x", {2, 3, 5, 6});
        const TensorId x = builder.Conv(picture, 4, 1);
        const TensorId grid = ComputedGrid(builder, picture, {2, 5, 6, 2});
        const TensorId y = Sampled(builder, x, grid, "bilinear", padding, align);
        builder.Output(y);
        PlainQuantization options;
        if ((wide & 1) != 0) options.sixteen_bits.insert(x);
        if ((wide & 2) != 0) options.sixteen_bits.insert(grid);
        if ((wide & 4) != 0) options.sixteen_bits.insert(y);
        const Lowered lowered = LowerPlainly(builder, options);
        EXPECT_EQ(lowered.Count("GridSample"), 1);
        ExpectNodesWithinHalfAStep(lowered);
      }
    }
  }
}

// A place that lies half way between two elements is rounded as the float engine does, and others are not so near it.
TEST(LowerGridSample, Nearest) {
  for (const char* padding : kPaddings) {
    for (const int64_t align : {0, 1}) {
      for (const bool wide : {false, true}) {
        SCOPED_TRACE(std::string(padding) + ", corners " + std::to_string(align) + (wide ? ", wide" : ""));
        GraphBuilder builder;
        const TensorId x = builder.Conv(builder.Input("x", {1, 3, 5, 6}), 4, 1);
        std::vector<float> places;
        for (int i = 0; i < 2 * 7 * 9; ++i) places.push_back(static_cast<float>(i * 37 % 97 - 48) / 32.0F);
        const TensorId grid = builder.Constant({1, 7, 9, 2}, places);
        const TensorId y = Sampled(builder, x, grid, "nearest", padding, align);
        builder.Output(y);
        PlainQuantization options;
        if (wide) options.sixteen_bits = {x, y};
        const Lowered lowered = LowerPlainly(builder, options);
        const auto* layer = lowered.Find(joint::Options::GridSample);
        ASSERT_NE(layer, nullptr);
        EXPECT_TRUE(layer->options_as_GridSample()->nearest());
        ExpectNodesWithinHalfAStep(lowered);
      }
    }
  }
}

TEST(LowerGridSample, AConstantGridHasSixteenBits) {
  GraphBuilder builder;
  const TensorId x = builder.Conv(builder.Input("x", {1, 3, 5, 6}), 4, 1);
  const TensorId grid = builder.Constant({1, 5, 6, 2}, builder.Random(60, -1.3F, 1.3F));
  builder.Output(Sampled(builder, x, grid, "bilinear", "zeros", 0));
  const Lowered lowered = LowerPlainly(builder);
  const joint::Model& model = *joint::GetModel(lowered.file.data());
  const auto* layer = lowered.Find(joint::Options::GridSample);
  ASSERT_NE(layer, nullptr);
  EXPECT_EQ(model.tensors()->Get(static_cast<uint32_t>(layer->inputs()->Get(1)))->dtype(), joint::DType::U16);
  ExpectNodesWithinHalfAStep(lowered);
}

// The image is brought into the order in which the grid has its pixels.
TEST(LowerGridSample, OfATurnedImageAndOfOnePixel) {
  for (const graph::Shape& shape : {graph::Shape{1, 3, 5, 4}, graph::Shape{1, 3, 1, 1}}) {
    for (const int64_t align : {0, 1}) {
      GraphBuilder builder;
      const TensorId x = builder.Conv(builder.Input("x", shape), 4, 1);
      const TensorId turned = builder.Node("Transpose", {x}, {{"perm", Ints{0, 1, 3, 2}}});
      const TensorId grid = builder.Constant({1, 3, 4, 2}, builder.Random(24, -1.3F, 1.3F));
      for (const char* padding : kPaddings) builder.Output(Sampled(builder, turned, grid, "bilinear", padding, align));
      ExpectNodesWithinHalfAStep(LowerPlainly(builder));
    }
  }
}

TEST(LowerGridSample, OfFloats) {
  for (const bool computed : {false, true}) {
    for (const char* mode : {"bilinear", "nearest"}) {
      GraphBuilder builder;
      const TensorId picture = builder.Input("x", {1, 3, 5, 6});
      const TensorId x = builder.Conv(picture, 4, 1);
      const TensorId grid = computed ? ComputedGrid(builder, picture, {1, 5, 6, 2})
                                     : builder.Constant({1, 5, 6, 2}, builder.Random(60, -1.3F, 1.3F));
      const TensorId y = Sampled(builder, x, grid, mode, "reflection", 0);
      builder.Output(y);
      PlainQuantization options;
      options.islands = {y};
      const Lowered lowered = LowerPlainly(builder, options);
      EXPECT_EQ(lowered.Count("GridSample"), 1);
      EXPECT_EQ(lowered.Count("Dequantize"), computed ? 2 : 1);
      ExpectNodesWithinHalfAStep(lowered);
    }
  }
}

// In dB, of the sampled image against the float network, whose places are not rounded.
double SignalToNoise(int grid_bits) {
  GraphBuilder builder;
  const TensorId picture = builder.Input("x", {1, 3, 40, 40});
  const TensorId x = builder.Conv(picture, 8, 5);
  const TensorId grid = ComputedGrid(builder, picture, {1, 40, 40, 2});
  const TensorId y = Sampled(builder, x, grid, "bilinear", "zeros", 0);
  builder.Output(y);
  PlainQuantization options;
  if (grid_bits == 16) {
    for (const graph::Node& node : builder.graph().nodes) options.sixteen_bits.insert(node.outputs[0]);
    options.sixteen_bits.erase(x);
    options.sixteen_bits.erase(y);
  }
  const Lowered lowered = LowerPlainly(builder, options);
  const std::string name = lowered.sample.quantized.graph.tensor(y).name;
  const std::vector<float>& expected = lowered.sample.float_values.at(name).data;
  double signal = 0.0;
  double noise = 0.0;
  for (size_t i = 0; i < expected.size(); ++i) {
    signal += std::pow(expected[i], 2.0);
    noise += std::pow(lowered.outputs[0][i] - expected[i], 2.0);
  }
  return 10.0 * std::log10(signal / noise);
}

TEST(LowerGridSample, PlacesOfSixteenBitsCostNothing) {
  const double bytes = SignalToNoise(8);
  const double words = SignalToNoise(16);
  RecordProperty("bytes", std::to_string(bytes));
  RecordProperty("words", std::to_string(words));
  EXPECT_GT(words, bytes + 10.0) << bytes << " and " << words << " dB";
  EXPECT_GT(words, 33.0);
}

TEST(LowerGridSample, RefusesAGridOfSteps) {
  GraphBuilder builder;
  const TensorId x = builder.Conv(builder.Input("x", {1, 3, 5, 6}), 4, 1);
  const TensorId grid = builder.Constant({1, 1, 1, 2}, {3e9F, 0.5F});
  builder.Output(Sampled(builder, x, grid, "nearest", "zeros", 0));
  try {
    LowerPlainly(builder);
    FAIL() << "was lowered";
  } catch (const std::exception& error) {
    EXPECT_NE(std::string(error.what()).find("limit the grid's numbers"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace lockstep::test
