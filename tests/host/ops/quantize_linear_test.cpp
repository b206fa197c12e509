// QuantizeLinear and DequantizeLinear of constants, by hand: scales by tensor, axis and block, halves, limits.
#include <gtest/gtest.h>

#include <cmath>

#include "graph/error.h"
#include "optimize/optimize.h"
#include "support/small_graph.h"

namespace lockstep::ops {
namespace {

using graph::TensorId;
using testing::SmallGraph;
using Ints = std::vector<int64_t>;

TensorId Integers(SmallGraph& small, const graph::Shape& shape, Ints values) {
  return small.graph.AddTensor({small.graph.UniqueName("integers"), graph::ElementType::kInt64, shape,
                                graph::ConstantData{{}, std::move(values)}});
}

// The only output, folded.
graph::ConstantData Folded(SmallGraph& small, TensorId output) {
  graph::Graph graph = small.Finish({output});
  optimize::FoldConstants(graph);
  EXPECT_TRUE(graph.nodes.empty());
  return graph.tensor(graph.outputs[0]).constant.value_or(graph::ConstantData{});
}

TEST(QuantizeLinear, HalvesGoToTheEvenLevelAndLimitsHold) {
  const std::vector<float> reals = {0.25F, 0.75F, 1.25F, -0.25F, -0.75F, 1000.0F, -1000.0F, NAN};
  const std::pair<int64_t, Ints> types[] = {{2, {10, 12, 12, 10, 8, 255, 0, 10}},
                                            {3, {10, 12, 12, 10, 8, 127, -128, 10}},
                                            {4, {10, 12, 12, 10, 8, 2010, 0, 10}},
                                            {5, {10, 12, 12, 10, 8, 2010, -1990, 10}}};
  for (const auto& [type, expected] : types) {
    SmallGraph small;
    const TensorId x = small.Floats({8}, reals);
    const TensorId y =
        small.Add("QuantizeLinear", {x, small.Scalar(0.5F), Integers(small, {}, {10})}, {{"output_dtype", type}});
    EXPECT_EQ(Folded(small, y).ints, expected) << "ONNX type " << type;
  }
}

TEST(QuantizeLinear, WithoutAZeroPointItGivesUnsignedBytes) {
  SmallGraph small;
  const TensorId y = small.Add("QuantizeLinear", {small.Floats({3}, {-1.0F, 7.0F, 300.0F}), small.Scalar(1.0F)});
  EXPECT_EQ(Folded(small, y).ints, (Ints{0, 7, 255}));
}

TEST(QuantizeLinear, OfAnUnknownTypeItStays) {
  SmallGraph small;
  const TensorId y =
      small.Add("QuantizeLinear", {small.Floats({1}, {1.0F}), small.Scalar(1.0F), Integers(small, {}, {0})});
  graph::Graph graph = small.Finish({y});
  optimize::FoldConstants(graph);
  EXPECT_EQ(graph.nodes.size(), 1U);
}

TEST(DequantizeLinear, AScaleForEachPlaceAlongAnAxis) {
  for (const int64_t axis : {1, -2}) {
    SmallGraph small;
    const TensorId x = Integers(small, {2, 2, 2}, {0, 1, 2, 3, 4, 5, 6, -128});
    const TensorId y =
        small.Add("DequantizeLinear", {x, small.Floats({2}, {0.5F, 2.0F}), small.Ints({1, -1})}, {{"axis", axis}});
    EXPECT_EQ(Folded(small, y).floats, (std::vector<float>{-0.5F, 0.0F, 6.0F, 8.0F, 1.5F, 2.0F, 14.0F, -254.0F}));
  }
}

TEST(DequantizeLinear, AScaleForEachBlock) {
  SmallGraph small;
  const TensorId x = Integers(small, {2, 3, 2}, {1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2});
  const TensorId scale = small.Floats({2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8});
  const TensorId y = small.Add("DequantizeLinear", {x, scale}, {{"axis", int64_t{1}}, {"block_size", int64_t{2}}});
  EXPECT_EQ(Folded(small, y).floats, (std::vector<float>{1, 2, 1, 2, 3, 4, 10, 12, 10, 12, 14, 16}));
}

TEST(DequantizeLinear, SaysWhichScaleBelongsToIt) {
  const auto refusal = [](const graph::Shape& scale, std::map<std::string, graph::Attribute> attributes) {
    SmallGraph small;
    const TensorId x = Integers(small, {2, 3}, {1, 2, 3, 4, 5, 6});
    try {
      small.Finish({small.Add("DequantizeLinear", {x, small.Random(scale)}, std::move(attributes))});
    } catch (const BadInput& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(refusal({3}, {}), "");
  EXPECT_EQ(refusal({1}, {{"axis", int64_t{9}}}), "");
  EXPECT_NE(refusal({2}, {}).find("its scale is 2 where 3 belongs to an input of 2x3"), std::string::npos);
  EXPECT_NE(refusal({3}, {{"axis", int64_t{2}}}).find("axis"), std::string::npos);
  EXPECT_NE(refusal({2, 3}, {{"block_size", int64_t{2}}}).find("its scale is 2x3 where 2x2 belongs"),
            std::string::npos);
}

// Weights as exporters of quantised networks write them: the network is one in floats again.
TEST(DequantizeLinear, QuantisedWeightsAreConstants) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 1, 4, 4});
  const TensorId weights = Integers(small, {2, 1, 1, 1}, {3, -4});
  const TensorId y = small.Add(
      "Conv", {x, small.Add("DequantizeLinear", {weights, small.Floats({2}, {0.5F, 0.25F}), small.Ints({0, 0})},
                            {{"axis", int64_t{0}}})});
  graph::Graph graph = small.Finish({y});
  optimize::Optimize(graph);
  ASSERT_EQ(graph.nodes.size(), 1U);
  EXPECT_EQ(graph.tensor(graph.nodes[0].inputs[1]).constant->floats, (std::vector<float>{1.5F, -1.0F}));
  EXPECT_TRUE(optimize::FindBlockers(graph).empty());
}

}  // namespace
}  // namespace lockstep::ops
