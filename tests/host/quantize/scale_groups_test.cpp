#include "quantize/scale_groups.h"

#include <gtest/gtest.h>

#include "small_graph.h"

namespace lockstep::quantize {
namespace {

class Sharing : public testing::Test {
 protected:
  void SetUp() override {
    net_.Input("x", {1, 2, 4, 4});
    net_.Conv("a", net_.Id("x"), 2, {1, 0, 0, 1});
    net_.Conv("b", net_.Id("x"), 2, {1, 0, 0, 1});
  }
  graph::TensorId Concat(const std::string& name, const std::vector<std::string>& inputs) {
    std::vector<graph::TensorId> ids;
    ids.reserve(inputs.size());
    for (const std::string& input : inputs) ids.push_back(net_.Id(input));
    return net_.Node("Concat", name, ids, {1, 2 * static_cast<int64_t>(inputs.size()), 4, 4});
  }
  ScaleGroups Groups(const std::vector<std::string>& fixed = {}) {
    const Widths widths = ChooseWidths(net_.graph, 8);
    std::map<graph::TensorId, AffineParams> params;
    for (const std::string& name : fixed) params[net_.Id(name)] = {};
    return {net_.graph, widths, params};
  }
  bool Same(const ScaleGroups& groups, const std::string& a, const std::string& b) {
    return groups.Same(net_.Id(a), net_.Id(b));
  }

  SmallGraph net_;
};

TEST_F(Sharing, MovingOperatorsShare) {
  net_.Node("MaxPool", "pool", {net_.Id("a")}, {1, 2, 2, 2});
  net_.Node("Resize", "large", {net_.Id("pool")}, {1, 2, 4, 4});
  net_.Node("Transpose", "turned", {net_.Id("large")}, {1, 4, 4, 2});
  net_.Node("Slice", "part", {net_.Id("turned")}, {1, 4, 4, 1});
  net_.Node("Add", "sum", {net_.Id("part"), net_.Id("b")}, {1, 4, 4, 1});
  net_.Output(net_.Id("sum"));
  const ScaleGroups groups = Groups();
  for (const char* name : {"pool", "large", "turned", "part"}) EXPECT_TRUE(Same(groups, "a", name)) << name;
  EXPECT_FALSE(Same(groups, "a", "sum"));
  EXPECT_FALSE(Same(groups, "a", "b"));
  EXPECT_EQ(groups.Members(net_.Id("part")).size(), 5u);
}

TEST_F(Sharing, AveragesHaveAScaleOfTheirOwn) {
  net_.Node("AveragePool", "mean", {net_.Id("a")}, {1, 2, 1, 1});
  net_.Output(net_.Id("mean"));
  net_.Node("ReduceMean", "row", {net_.Id("b")}, {1, 2, 1, 1});
  net_.Output(net_.Id("row"));
  net_.Node("PRelu", "sloped", {net_.Id("b"), net_.Constant("slope", {2, 1, 1}, {0.5F, 0.25F})}, {1, 2, 4, 4});
  net_.Output(net_.Id("sloped"));
  EXPECT_FALSE(Same(Groups(), "b", "sloped"));
  EXPECT_FALSE(Same(Groups(), "a", "mean"));
  EXPECT_FALSE(Same(Groups(), "b", "row"));
}

// A fixed scale that has no level for what a Pad adds is not the output's.
TEST_F(Sharing, PadsShareWhereTheirValueHasALevel) {
  const graph::TensorId pads = net_.Integers("pads", {0, 0, 1, 0, 0, 0, 1, 0});
  const auto pad = [&](const std::string& name, float value) {
    net_.Node("Pad", name, {net_.Id("a"), pads, net_.Constant(name + "_value", {}, {value})}, {1, 2, 6, 4});
    net_.Output(net_.Id(name));
  };
  pad("zeros", 0.0F);
  pad("ones", 1.0F);
  pad("beyond", -7.0F);
  pad("lowest", -3.4e38F);
  for (const char* name : {"zeros", "ones", "beyond", "lowest"}) EXPECT_TRUE(Same(Groups(), "a", name)) << name;
  const Widths widths = ChooseWidths(net_.graph, 8);
  AffineParams fixed;
  fixed.scale = 1.0 / 128;
  fixed.zero_point = 0;
  const ScaleGroups groups(net_.graph, widths, {{net_.Id("a"), fixed}});
  for (const char* name : {"zeros", "ones", "lowest"}) EXPECT_TRUE(Same(groups, "a", name)) << name;
  EXPECT_FALSE(Same(groups, "a", "beyond"));
}

TEST_F(Sharing, SplitSharesWithAllOutputs) {
  graph::Tensor second;
  second.name = "second";
  second.shape = {1, 1, 4, 4};
  net_.Node("Split", "first", {net_.Id("a")}, {1, 1, 4, 4});
  net_.graph.nodes.back().outputs.push_back(net_.graph.AddTensor(second));
  net_.Node("Add", "sum", {net_.Id("first"), net_.Id("second")}, {1, 1, 4, 4});
  net_.Output(net_.Id("sum"));
  const ScaleGroups groups = Groups();
  EXPECT_TRUE(Same(groups, "a", "first"));
  EXPECT_TRUE(Same(groups, "a", "second"));
}

TEST_F(Sharing, ConcatTakesInputsThatNobodyElseReads) {
  Concat("joined", {"a", "b"});
  net_.Conv("y", net_.Id("joined"), 1, {1, 1, 1, 1});
  net_.Output(net_.Id("y"));
  const ScaleGroups groups = Groups();
  EXPECT_TRUE(Same(groups, "a", "joined"));
  EXPECT_TRUE(Same(groups, "b", "joined"));
}

TEST_F(Sharing, ConcatLeavesAnInputThatAConvolutionReads) {
  Concat("joined", {"a", "b"});
  net_.Conv("y", net_.Id("joined"), 1, {1, 1, 1, 1});
  net_.Conv("z", net_.Id("a"), 1, {1, 1});
  net_.Output(net_.Id("y"));
  net_.Output(net_.Id("z"));
  const ScaleGroups groups = Groups();
  EXPECT_FALSE(Same(groups, "a", "joined"));
  EXPECT_TRUE(Same(groups, "b", "joined"));
}

TEST_F(Sharing, PyramidOfPoolsBecomesOneGroup) {
  // a -> pool -> pool, all joined: every reader of `a` is a pool or the Concat.
  net_.Node("MaxPool", "p1", {net_.Id("a")}, {1, 2, 4, 4});
  net_.Node("MaxPool", "p2", {net_.Id("p1")}, {1, 2, 4, 4});
  Concat("joined", {"a", "p1", "p2"});
  net_.Conv("y", net_.Id("joined"), 1, {1, 1, 1, 1, 1, 1});
  net_.Output(net_.Id("y"));
  const ScaleGroups groups = Groups();
  for (const char* name : {"a", "p1", "p2"}) EXPECT_TRUE(Same(groups, name, "joined")) << name;
}

TEST_F(Sharing, ConcatOfConcats) {
  net_.Conv("c", net_.Id("x"), 2, {1, 0, 0, 1});
  Concat("inner", {"a", "b"});
  Concat("outer", {"inner", "c"});
  net_.Conv("y", net_.Id("outer"), 1, {1, 1, 1, 1, 1, 1});
  net_.Output(net_.Id("y"));
  const ScaleGroups groups = Groups();
  for (const char* name : {"a", "b", "c", "inner"}) EXPECT_TRUE(Same(groups, name, "outer")) << name;
}

TEST_F(Sharing, TwoConcatsDoNotPullOnOneInput) {
  Concat("left", {"a", "b"});
  Concat("right", {"a", "x"});
  net_.Conv("y", net_.Id("left"), 1, {1, 1, 1, 1});
  net_.Conv("z", net_.Id("right"), 1, {1, 1, 1, 1});
  net_.Output(net_.Id("y"));
  net_.Output(net_.Id("z"));
  const ScaleGroups groups = Groups({"x"});
  EXPECT_FALSE(Same(groups, "a", "left"));
  EXPECT_FALSE(Same(groups, "a", "right"));
  EXPECT_FALSE(Same(groups, "x", "right"));
  EXPECT_TRUE(Same(groups, "b", "left"));
}

TEST_F(Sharing, FixedParametersStayAlone) {
  net_.Node("Sigmoid", "p", {net_.Id("b")}, {1, 2, 4, 4});
  Concat("joined", {"a", "p"});
  net_.Conv("y", net_.Id("joined"), 1, {1, 1, 1, 1});
  net_.Output(net_.Id("y"));
  const ScaleGroups groups = Groups({"p"});
  EXPECT_TRUE(Same(groups, "a", "joined"));
  EXPECT_FALSE(Same(groups, "p", "joined"));
}

TEST_F(Sharing, AFloatConcatTakesNobody) {
  Concat("y", {"a", "b"});
  net_.Output(net_.Id("y"));
  const ScaleGroups groups = Groups();
  EXPECT_FALSE(Same(groups, "a", "b"));
  EXPECT_FALSE(Same(groups, "a", "y"));
}

TEST_F(Sharing, AnOutputKeepsItsOwnScale) {
  Concat("joined", {"a", "b"});
  net_.Conv("y", net_.Id("joined"), 1, {1, 1, 1, 1});
  net_.Output(net_.Id("y"));
  net_.Output(net_.Id("a"));
  EXPECT_FALSE(Same(Groups(), "a", "joined"));
}

}  // namespace
}  // namespace lockstep::quantize
