#include "quantize/derivation.h"

#include <gtest/gtest.h>

#include <cmath>

#include "small_graph.h"

namespace lockstep::quantize {
namespace {

TensorStatistics Of(const graph::Graph& graph, graph::TensorId id, const Statistics& observed) {
  TensorStatistics found;
  Derivation(graph).Derive({id}, observed, 2, [&](graph::TensorId taken, const TensorStatistics& statistics) {
    EXPECT_EQ(taken, id);
    found = statistics;
  });
  return found;
}

// x -> Conv+SiLU a -> MaxPool p; x -> Conv b -> Sigmoid s; Concat(p, s, constant c) -> Conv+Relu y.
class Deriving : public testing::Test {
 protected:
  void SetUp() override {
    net_.Input("x", {1, 1, 2, 2});
    net_.Conv("a", net_.Id("x"), 1, {1});
    net_.Fuse(graph::ActivationKind::kSilu);
    net_.Node("MaxPool", "p", {net_.Id("a")}, {1, 1, 2, 2});
    net_.Conv("b", net_.Id("x"), 1, {1});
    net_.Node("Sigmoid", "s", {net_.Id("b")}, {1, 1, 2, 2});
    net_.Constant("c", {1, 1, 2, 2}, {1, 2, 3, 40});
    net_.Node("Concat", "joined", {net_.Id("p"), net_.Id("s"), net_.Id("c")}, {1, 3, 2, 2});
    net_.Conv("y", net_.Id("joined"), 1, {1, 1, 1});
    net_.Fuse(graph::ActivationKind::kRelu);
    net_.Output(net_.Id("y"));
  }
  std::set<std::string> Sources(const std::set<std::string>& wanted) const {
    std::set<graph::TensorId> ids;
    for (const std::string& name : wanted) ids.insert(net_.Id(name));
    std::set<std::string> names;
    for (const graph::TensorId id : Derivation(net_.graph).Sources(ids)) names.insert(net_.graph.tensor(id).name);
    return names;
  }

  SmallGraph net_;
};

TEST_F(Deriving, OnlyWhatDoesNotFollowIsObserved) {
  using Names = std::set<std::string>;
  EXPECT_EQ(Sources({"a"}), Names{"a.pre"});
  EXPECT_EQ(Sources({"p"}), Names{"a.pre"});
  EXPECT_EQ(Sources({"a.pre"}), Names{"a.pre"});
  EXPECT_EQ(Sources({"s"}), Names{"b"});
  EXPECT_EQ(Sources({"joined"}), (Names{"a.pre", "b"}));
  EXPECT_EQ(Sources({"y"}), Names{"y"});  // limits: the output itself
  EXPECT_EQ(Sources({"x"}), Names{"x"});
  EXPECT_EQ(Sources({"c"}), Names{});
}

// Between two values that were seen a function may be infinite.
TEST(DerivingThroughFunctions, WhatIsNotDefinedEverywhereIsObserved) {
  for (const auto& [op, source] :
       {std::pair{"Log", "y"}, {"Reciprocal", "y"}, {"Sqrt", "y"}, {"Cos", "x"}, {"Floor", "x"}}) {
    SmallGraph net;
    net.Input("x", {1, 1, 2, 2});
    net.Node(op, "y", {net.Id("x")}, {1, 1, 2, 2});
    net.Output(net.Id("y"));
    EXPECT_EQ(Derivation(net.graph).Sources({net.Id("y")}), std::set<graph::TensorId>{net.Id(source)}) << op;
  }
}

TEST_F(Deriving, StatisticsFollowTheGraph) {
  Statistics observed;
  const std::vector<float> before{-5.0F, 1.0F, 2.0F, 3.0F};
  const std::vector<float> logits{-2.0F, 0.0F, 0.0F, 2.0F};
  observed[net_.Id("a.pre")].Observe(before);
  observed[net_.Id("b")].Observe(logits);
  const TensorStatistics pooled = Of(net_.graph, net_.Id("p"), observed);
  EXPECT_NEAR(pooled.extremes().high, 3.0 / (1.0 + std::exp(-3.0)), 1e-6);
  EXPECT_NEAR(pooled.extremes().low, -0.27846, 1e-4);
  const TensorStatistics probabilities = Of(net_.graph, net_.Id("s"), observed);
  EXPECT_NEAR(probabilities.extremes().low, 1.0 / (1.0 + std::exp(2.0)), 1e-6);
  EXPECT_NEAR(probabilities.extremes().high, 1.0 / (1.0 + std::exp(-2.0)), 1e-6);
  const TensorStatistics joined = Of(net_.graph, net_.Id("joined"), observed);
  EXPECT_EQ(joined.histogram().total(), 12u);
  EXPECT_EQ(joined.extremes().high, 40.0);
}

TEST_F(Deriving, EveryWantedTensorIsHandedOverOnce) {
  Statistics observed;
  observed[net_.Id("a.pre")].Observe({-5.0F, 1.0F, 2.0F, 3.0F});
  observed[net_.Id("b")].Observe({-2.0F, 0.0F, 0.0F, 2.0F});
  const std::set<graph::TensorId> wanted = {net_.Id("b"), net_.Id("p"), net_.Id("s"), net_.Id("c"), net_.Id("joined")};
  std::multiset<graph::TensorId> taken;
  Derivation(net_.graph).Derive(wanted, observed, 3, [&](graph::TensorId id, const TensorStatistics& statistics) {
    taken.insert(id);
    EXPECT_EQ(statistics.histogram().total(), id == net_.Id("joined") ? 12u : 4u);
  });
  EXPECT_EQ(taken, std::multiset<graph::TensorId>(wanted.begin(), wanted.end()));
}

// Two paths to every tensor of the level before: as many paths as 2^100 from the last to the first.
TEST(DerivingInLevels, TakesNoLongerThanTheGraphIsLarge) {
  SmallGraph net;
  graph::TensorId x = net.Input("x", {1, 4, 2, 2});
  Statistics observed;
  observed[x].Observe({-5.0F, 1.0F, 2.0F, 3.0F});
  for (int level = 0; level < 100; ++level) {
    const std::string name = std::to_string(level);
    const graph::TensorId a = net.Node("MaxPool", "a" + name, {x}, {1, 4, 2, 2});
    const graph::TensorId b = net.Node("Sigmoid", "b" + name, {x}, {1, 4, 2, 2});
    x = net.Node("Slice", "x" + name, {net.Node("Concat", "k" + name, {a, b}, {1, 8, 2, 2})}, {1, 4, 2, 2});
  }
  net.Output(x);
  const TensorStatistics last = Of(net.graph, x, observed);
  EXPECT_EQ(last.extremes().low, -5.0);
  EXPECT_EQ(last.extremes().high, 3.0);
  uint64_t sum = 0;
  for (const uint64_t count : last.histogram().counts()) sum += count;
  EXPECT_EQ(sum, last.histogram().total());
  EXPECT_GT(sum, uint64_t{1} << 60);
}

TEST_F(Deriving, WhatWasNotObservedIsAFault) { EXPECT_THROW(Of(net_.graph, net_.Id("p"), {}), std::logic_error); }

}  // namespace
}  // namespace lockstep::quantize
