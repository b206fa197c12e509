// The padding of a ConvTranspose in every way that ONNX states it, against values found by hand.
#include <gtest/gtest.h>

#include "optimize/pass.h"
#include "refusal.h"

namespace lockstep::ops {
namespace {

// Along the width, pixels 1 and 10, each times the kernel 1 2 3, `stride` apart.
struct Padding {
  const char* name;
  int64_t stride;
  Attributes attributes;
  std::vector<double> expected;
  Ints pads;  // of the normal form
  int64_t output_padding;
};
void PrintTo(const Padding& padding, std::ostream* out) { *out << padding.name; }

class ConvTransposePadding : public ::testing::TestWithParam<Padding> {};

TEST_P(ConvTransposePadding, GivesTheValuesOfTheDefinition) {
  const Padding& padding = GetParam();
  SmallGraph small;
  Attributes attributes = padding.attributes;
  attributes["strides"] = Ints{1, padding.stride};
  const TensorId y = small.Add(
      "ConvTranspose", {small.Floats({1, 1, 1, 2}, {1, 10}), small.Floats({1, 1, 1, 3}, {1, 2, 3})}, attributes);
  graph::Graph graph = small.Finish({y});
  const std::string name = graph.tensor(y).name;
  EXPECT_EQ(testing::EvaluatePlain(graph, {}).at(name).values, padding.expected);
  optimize::MakeExplicit(graph);
  const graph::Node& node = graph.nodes[0];
  EXPECT_EQ(node.Ints("pads", {}), padding.pads);
  EXPECT_EQ(node.Ints("output_padding", {}), (Ints{0, padding.output_padding}));
  EXPECT_EQ(node.attributes.count("auto_pad") + node.attributes.count("output_shape"), 0U);
  EXPECT_EQ(testing::EvaluatePlain(graph, {}).at(name).values, padding.expected);
}

const Ints kOne{0, 1, 0, 1};

INSTANTIATE_TEST_SUITE_P(
    Ways, ConvTransposePadding,
    ::testing::Values(
        Padding{"None", 2, {}, {1, 2, 13, 20, 30}, {0, 0, 0, 0}, 0},
        Padding{"Pads", 2, {{"pads", kOne}}, {2, 13, 20}, kOne, 0},
        Padding{"PadsAndMore", 2, {{"pads", kOne}, {"output_padding", Ints{0, 1}}}, {2, 13, 20, 30}, {0, 1, 0, 0}, 0},
        Padding{"More", 2, {{"output_padding", Ints{0, 1}}}, {1, 2, 13, 20, 30, 0}, {0, 0, 0, 0}, 1},
        Padding{"Valid", 2, {{"auto_pad", std::string("VALID")}}, {1, 2, 13, 20, 30}, {0, 0, 0, 0}, 0},
        Padding{"ValidForgetsPads",
                2,
                {{"auto_pad", std::string("VALID")}, {"pads", kOne}},
                {1, 2, 13, 20, 30},
                {0, 0, 0, 0},
                0},
        Padding{"SameUpper", 2, {{"auto_pad", std::string("SAME_UPPER")}}, {1, 2, 13, 20}, {0, 0, 0, 1}, 0},
        Padding{"SameLower", 2, {{"auto_pad", std::string("SAME_LOWER")}}, {2, 13, 20, 30}, {0, 1, 0, 0}, 0},
        Padding{
            "SameOfFew", 4, {{"auto_pad", std::string("SAME_LOWER")}}, {1, 2, 3, 0, 10, 20, 30, 0}, {0, 0, 0, 0}, 1},
        Padding{"OutputShape", 2, {{"output_shape", Ints{1, 4}}}, {2, 13, 20, 30}, {0, 1, 0, 0}, 0},
        Padding{"OutputShapeUpper",
                2,
                {{"output_shape", Ints{1, 4}}, {"auto_pad", std::string("SAME_UPPER")}},
                {1, 2, 13, 20},
                {0, 0, 0, 1},
                0},
        Padding{"OutputShapeOfThree", 2, {{"output_shape", Ints{1, 3}}}, {2, 13, 20}, kOne, 0},
        Padding{"OutputShapeBeyond", 2, {{"output_shape", Ints{1, 6}}}, {1, 2, 13, 20, 30, 0}, {0, 0, 0, 0}, 1}),
    [](const auto& of) { return std::string(of.param.name); });

}  // namespace
}  // namespace lockstep::ops
