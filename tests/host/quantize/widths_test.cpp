#include "quantize/widths.h"

#include <gtest/gtest.h>

#include "small_graph.h"

namespace lockstep::quantize {
namespace {

// The end of a detector: two convolutions, coordinates computed from one, probabilities from the other, joined.
class Detector : public testing::Test {
 protected:
  void SetUp() override {
    net_.Input("x", {1, 2, 4, 4});
    net_.Conv("boxes", net_.Id("x"), 2, {1, 0, 0, 1});
    net_.Conv("scores", net_.Id("x"), 2, {1, 0, 0, 1});
    net_.Constant("anchors", {1, 2, 16}, std::vector<float>(32, 0.5F));
    net_.Constant("strides", {1, 1, 16}, std::vector<float>(16, 8.0F));
    net_.Integers("flat", {1, 2, 16});
    net_.Node("Reshape", "boxes_flat", {net_.Id("boxes"), net_.Id("flat")}, {1, 2, 16});
    net_.Node("Reshape", "scores_flat", {net_.Id("scores"), net_.Id("flat")}, {1, 2, 16});
    net_.Node("Add", "centres", {net_.Id("boxes_flat"), net_.Id("anchors")}, {1, 2, 16});
    net_.Node("Mul", "pixels", {net_.Id("centres"), net_.Id("strides")}, {1, 2, 16});
    net_.Node("Sigmoid", "probabilities", {net_.Id("scores_flat")}, {1, 2, 16});
    net_.Node("Concat", "y", {net_.Id("pixels"), net_.Id("probabilities")}, {1, 4, 16});
    net_.graph.nodes.back().attributes["axis"] = int64_t{1};
  }
  int Width(const Widths& widths, const std::string& name) const { return widths[static_cast<size_t>(net_.Id(name))]; }

  SmallGraph net_;
};

TEST_F(Detector, CoordinatesAndProbabilitiesAreWideTheOutputFloat) {
  net_.Output(net_.Id("y"));
  const Widths widths = ChooseWidths(net_.graph, 16);
  for (const char* name : {"boxes", "boxes_flat", "centres", "pixels", "anchors", "strides", "probabilities"}) {
    EXPECT_EQ(Width(widths, name), 16) << name;
  }
  // What the table of the Sigmoid has an entry for.
  for (const char* name : {"scores", "scores_flat"}) EXPECT_EQ(Width(widths, name), 12) << name;
  EXPECT_EQ(Width(widths, "x"), 8);
  for (const char* name : {"y", "boxes.weight", "flat"}) EXPECT_EQ(Width(widths, name), kFloatWidth) << name;
}

// Boxes and scores that are selected from, whatever is said of the tail.
TEST_F(Detector, WhatIsSelectedFromIsWide) {
  net_.Node("NonMaxSuppression", "selected", {net_.Id("pixels"), net_.Id("probabilities")}, {16, 3});
  net_.graph.tensor(net_.Id("selected")).type = graph::ElementType::kInt64;
  net_.Output(net_.Id("selected"));
  const Policy policy = ResolvePolicy(net_.graph, {});
  const Widths widths = ChooseWidths(net_.graph, 8, policy);
  for (const char* name : {"boxes", "boxes_flat", "centres", "pixels", "anchors", "probabilities"}) {
    EXPECT_EQ(Width(widths, name), 16) << name;
  }
  for (const char* name : {"scores", "scores_flat"}) EXPECT_EQ(Width(widths, name), 12) << name;
  for (const char* name : {"x"}) EXPECT_EQ(Width(widths, name), 8) << name;
}

// The places of a GridSample, and what they are computed from; its image is not.
TEST(Widths, PlacesInAnImageAreWide) {
  SmallGraph net;
  net.Input("x", {1, 2, 4, 4});
  net.Conv("image", net.Id("x"), 2, {1, 0, 0, 1});
  net.Conv("offsets", net.Id("x"), 2, {1, 0, 0, 1});
  net.Fuse(graph::ActivationKind::kTanh);
  net.Node("Transpose", "turned", {net.Id("offsets")}, {1, 4, 4, 2});
  net.Constant("base", {1, 4, 4, 2}, std::vector<float>(32, 0.5F));
  net.Node("Add", "grid", {net.Id("turned"), net.Id("base")}, {1, 4, 4, 2});
  net.Node("GridSample", "y", {net.Id("image"), net.Id("grid")}, {1, 2, 4, 4});
  net.Output(net.Conv("z", net.Id("y"), 2, {1, 0, 0, 1}));
  const auto width = [&](const Widths& widths, const char* name) { return widths[static_cast<size_t>(net.Id(name))]; };
  const Widths widths = ChooseWidths(net.graph, 8);
  for (const char* name : {"grid", "base", "turned", "offsets"}) EXPECT_EQ(width(widths, name), 16) << name;
  EXPECT_EQ(width(widths, "offsets.pre"), 12);
  for (const char* name : {"x", "image", "y", "z"}) EXPECT_EQ(width(widths, name), 8) << name;
  // What is said counts.
  Rule rule;
  rule.source = "test";
  rule.scopes.push_back({Scope::Kind::kNode, "y"});
  rule.choices.activation_bits = 8;
  EXPECT_EQ(width(ChooseWidths(net.graph, 8, ResolvePolicy(net.graph, {rule})), "grid"), 8);
}

TEST_F(Detector, EightBitTail) {
  net_.Output(net_.Id("y"));
  const Widths widths = ChooseWidths(net_.graph, 8);
  for (const char* name : {"boxes", "centres", "pixels", "anchors", "strides"})
    EXPECT_EQ(Width(widths, name), 8) << name;
  EXPECT_EQ(Width(widths, "y"), kFloatWidth);
}

TEST_F(Detector, ViewsBehindTheFloatConcatAreFloat) {
  net_.Node("Transpose", "turned", {net_.Id("y")}, {1, 16, 4});
  net_.Output(net_.Id("turned"));
  const Widths widths = ChooseWidths(net_.graph, 16);
  EXPECT_EQ(Width(widths, "turned"), kFloatWidth);
  EXPECT_EQ(Width(widths, "y"), kFloatWidth);
  EXPECT_EQ(Width(widths, "pixels"), 16);
  EXPECT_EQ(Width(widths, "probabilities"), 16);
}

TEST_F(Detector, AConcatThatIsReadElsewhereIsQuantised) {
  net_.Node("Softmax", "again", {net_.Id("y")}, {1, 4, 16});
  net_.Output(net_.Id("y"));
  net_.Output(net_.Id("again"));
  const Widths widths = ChooseWidths(net_.graph, 16);
  EXPECT_EQ(Width(widths, "y"), 8);
  EXPECT_EQ(Width(widths, "pixels"), 8);
  EXPECT_EQ(Width(widths, "boxes"), 8);
}

TEST_F(Detector, AConvolutionBehindEndsTheTail) {
  net_.Output(net_.Id("y"));
  net_.Conv("more", net_.Id("boxes"), 1, {1, 1});
  net_.Output(net_.Id("more"));
  const Widths widths = ChooseWidths(net_.graph, 16);
  // A convolution reads `boxes`, so it has 8 bits, and so has everything computed from it.
  for (const char* name : {"boxes", "boxes_flat", "centres", "pixels", "anchors"}) {
    EXPECT_EQ(Width(widths, name), 8) << name;
  }
  // A convolution into an output is a tail by itself.
  EXPECT_EQ(Width(widths, "more"), 16);
}

TEST_F(Detector, AnOperandOutsideTheTailKeepsTheNodeNarrow) {
  net_.Node("Softmax", "shares", {net_.Id("scores_flat")}, {1, 2, 16});
  net_.Node("Mul", "weighted", {net_.Id("pixels"), net_.Id("shares")}, {1, 2, 16});
  net_.Output(net_.Id("weighted"));
  const Widths widths = ChooseWidths(net_.graph, 16);
  for (const char* name : {"weighted", "pixels", "centres", "boxes"}) EXPECT_EQ(Width(widths, name), 8) << name;
}

TEST_F(Detector, AConstantOfTwoWidthsIsDoubled) {
  net_.Node("Softmax", "shares", {net_.Id("scores_flat")}, {1, 2, 16});
  net_.Node("Mul", "narrow", {net_.Id("shares"), net_.Id("anchors")}, {1, 2, 16});
  net_.Output(net_.Id("y"));
  net_.Output(net_.Id("narrow"));
  const auto tensors = net_.graph.tensor_count();
  const Widths widths = ChooseWidths(net_.graph, 16);
  EXPECT_EQ(net_.graph.tensor_count(), tensors + 1);
  const graph::Node* wide = nullptr;
  const graph::Node* narrow = nullptr;
  for (const graph::Node& node : net_.graph.nodes) {
    if (node.name == "centres") wide = &node;
    if (node.name == "narrow") narrow = &node;
  }
  EXPECT_EQ(widths[static_cast<size_t>(wide->inputs[1])], 16);
  EXPECT_EQ(widths[static_cast<size_t>(narrow->inputs[1])], 8);
  EXPECT_EQ(net_.graph.tensor(narrow->inputs[1]).constant->floats, net_.graph.tensor(wide->inputs[1]).constant->floats);
}

TEST(Widths, AConvolutionWithATableIsTheFirstOfTheTail) {
  SmallGraph net;
  net.Input("x", {1, 1, 2, 2});
  net.Conv("y", net.Id("x"), 1, {1});
  net.Fuse(graph::ActivationKind::kSigmoid);
  net.Output(net.Id("y"));
  const Widths widths = ChooseWidths(net.graph, 16);
  EXPECT_EQ(widths[static_cast<size_t>(net.Id("y"))], 16);
  EXPECT_EQ(widths[static_cast<size_t>(net.Id("y.pre"))], 12);
}

TEST(Widths, ASumWithATableIsOfTheTail) {
  SmallGraph net;
  net.Input("x", {1, 1, 2, 2});
  net.Conv("high", net.Id("x"), 1, {1});
  net.Conv("low", net.Id("x"), 1, {1});
  net.Node("Add", "y", {net.Id("high"), net.Id("low")}, {1, 1, 2, 2});
  net.Fuse(graph::ActivationKind::kSigmoid);
  net.Output(net.Id("y"));
  const Widths widths = ChooseWidths(net.graph, 16);
  for (const char* name : {"high", "low", "y"}) EXPECT_EQ(widths[static_cast<size_t>(net.Id(name))], 16) << name;
  EXPECT_EQ(widths[static_cast<size_t>(net.Id("y.pre"))], 12);
}

TEST(Widths, LimitsAreNoTable) {
  SmallGraph net;
  net.Input("x", {1, 1, 2, 2});
  net.Conv("y", net.Id("x"), 1, {1});
  net.Fuse(graph::ActivationKind::kRelu);
  net.Output(net.Id("y"));
  const Widths widths = ChooseWidths(net.graph, 16);
  EXPECT_EQ(widths[static_cast<size_t>(net.Id("y"))], 16);
  EXPECT_EQ(widths[static_cast<size_t>(net.Id("y.pre"))], kFloatWidth);
}

TEST_F(Detector, ASliceOfAFloatConcatIsFloat) {
  net_.Node("Slice", "top", {net_.Id("y"), net_.Integers("from", {0}), net_.Integers("to", {8})}, {1, 4, 8});
  net_.Output(net_.Id("top"));
  const Widths widths = ChooseWidths(net_.graph, 16);
  EXPECT_EQ(Width(widths, "top"), kFloatWidth);
  EXPECT_EQ(Width(widths, "y"), kFloatWidth);
  EXPECT_EQ(Width(widths, "pixels"), 16);
}

// The heads of a detector, each joined and flattened by itself, are joined again.
TEST_F(Detector, ConcatsOfFloatConcatsAreFloat) {
  net_.Node("Reshape", "flat_y", {net_.Id("y"), net_.Integers("one_row", {1, 1, 64})}, {1, 1, 64});
  net_.Node("Reshape", "flat_scores", {net_.Id("scores_flat"), net_.Integers("row", {1, 1, 32})}, {1, 1, 32});
  net_.Node("Concat", "all", {net_.Id("flat_y"), net_.Id("flat_scores")}, {1, 1, 96});
  net_.graph.nodes.back().attributes["axis"] = int64_t{2};
  net_.Output(net_.Id("all"));
  const Widths widths = ChooseWidths(net_.graph, 16);
  for (const char* name : {"all", "flat_y", "y"}) EXPECT_EQ(Width(widths, name), kFloatWidth) << name;
  EXPECT_EQ(Width(widths, "flat_scores"), 12);
  EXPECT_EQ(Width(widths, "pixels"), 16);
}

TEST_F(Detector, ARawOutputAndWhatLeadsToItStayIntegers) {
  net_.Node("Reshape", "flat_y", {net_.Id("y"), net_.Integers("one_row", {1, 1, 64})}, {1, 1, 64});
  net_.Output(net_.Id("flat_y"));
  const Widths widths = ChooseWidths(net_.graph, 16, {}, {net_.Id("flat_y")});
  EXPECT_NE(Width(widths, "flat_y"), kFloatWidth);
  EXPECT_NE(Width(widths, "y"), kFloatWidth);
}

}  // namespace
}  // namespace lockstep::quantize
