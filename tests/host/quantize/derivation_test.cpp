#include "quantize/derivation.h"

#include <gtest/gtest.h>

#include <cmath>

#include "small_graph.h"

namespace lockstep::quantize {
namespace {

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

TEST_F(Deriving, StatisticsFollowTheGraph) {
  Statistics observed;
  const std::vector<float> before{-5.0F, 1.0F, 2.0F, 3.0F};
  const std::vector<float> logits{-2.0F, 0.0F, 0.0F, 2.0F};
  observed[net_.Id("a.pre")].Observe(before);
  observed[net_.Id("b")].Observe(logits);
  const Derivation derivation(net_.graph);
  const TensorStatistics pooled = derivation.Of(net_.Id("p"), observed);
  EXPECT_NEAR(pooled.extremes().high, 3.0 / (1.0 + std::exp(-3.0)), 1e-6);
  EXPECT_NEAR(pooled.extremes().low, -0.27846, 1e-4);
  const TensorStatistics probabilities = derivation.Of(net_.Id("s"), observed);
  EXPECT_NEAR(probabilities.extremes().low, 1.0 / (1.0 + std::exp(2.0)), 1e-6);
  EXPECT_NEAR(probabilities.extremes().high, 1.0 / (1.0 + std::exp(-2.0)), 1e-6);
  const TensorStatistics joined = derivation.Of(net_.Id("joined"), observed);
  EXPECT_EQ(joined.histogram().total(), 12u);
  EXPECT_EQ(joined.extremes().high, 40.0);
}

TEST_F(Deriving, WhatWasNotObservedIsAFault) {
  EXPECT_THROW(Derivation(net_.graph).Of(net_.Id("p"), {}), std::logic_error);
}

}  // namespace
}  // namespace lockstep::quantize
