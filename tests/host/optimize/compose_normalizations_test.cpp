#include <gtest/gtest.h>

#include "optimize/optimize.h"
#include "pass_check.h"

namespace lockstep::optimize {
namespace {

using graph::Shape;
using graph::TensorId;
using testing::SmallGraph;

int Normal(graph::Graph& graph) {
  MakeExplicit(graph);
  return ComposeNormalizations(graph);
}

using Ints = std::vector<int64_t>;

TEST(ComposeNormalizations, InstancesOfEveryRank) {
  const std::pair<Shape, const char*> all[] = {
      {{2, 3, 5}, "LayerNormalization Mul Add"},
      {{2, 3, 4, 5}, "Reshape LayerNormalization Reshape Conv"},
      {{2, 3, 4, 5, 2}, "Reshape LayerNormalization Reshape Mul Add"},
      {{1, 3, 1, 1}, "Reshape LayerNormalization Reshape Conv"},
  };
  for (const auto& [shape, operators] : all) {
    SCOPED_TRACE(graph::ToString(shape));
    SmallGraph g;
    const TensorId y =
        g.Add("InstanceNormalization", {g.Input("x", shape), g.Random({3}), g.Random({3})}, {{"epsilon", 0.01F}});
    CheckPass(g.Finish({y}), ComposeNormalizations, 1, operators);
  }
}

TEST(ComposeNormalizations, InstancesWithComputedScales) {
  SmallGraph g;
  const TensorId y =
      g.Add("InstanceNormalization", {g.Input("x", {2, 3, 4, 5}), g.Input("scale", {3}), g.Input("bias", {3})});
  CheckPass(g.Finish({y}), ComposeNormalizations, 1, "Reshape LayerNormalization Reshape Reshape Mul Reshape Add");
}

TEST(ComposeNormalizations, WhatTorchMakesOfAGroupNormalization) {
  SmallGraph g;
  const TensorId x = g.Input("x", {2, 6, 4, 5});
  const TensorId groups = g.Add("Reshape", {x, g.Ints({0, 3, -1})});
  const TensorId normal = g.Add("InstanceNormalization", {groups, g.Floats({3}, {1, 1, 1}), g.Floats({3}, {0, 0, 0})});
  const TensorId whole = g.Add("Reshape", {normal, g.Ints({2, 6, 4, 5})});
  const TensorId scaled = g.Add("Mul", {whole, g.Random({6, 1, 1})});
  const graph::Graph before = g.Finish({g.Add("Add", {scaled, g.Random({6, 1, 1})})});
  CheckPass(before, ComposeNormalizations, 1, "Reshape LayerNormalization Reshape Reshape Mul Add");
  graph::Graph after = before;
  Optimize(after);
  EXPECT_EQ(testing::Operators(after), "Reshape LayerNormalization Reshape Mul Add");
  EXPECT_LE(testing::LargestOutputDifference(before, after), 1e-5);
}

TEST(ComposeNormalizations, GroupsWithScalesByChannelAndByGroup) {
  for (const int64_t entries : {6, 3}) {
    SmallGraph g;
    const TensorId y =
        g.Add("GroupNormalization", {g.Input("x", {2, 6, 4, 5}), g.Random({entries}), g.Random({entries})},
              {{"num_groups", int64_t{3}}});
    const graph::Graph before = g.Finish({y});
    graph::Graph after = before;
    Optimize(after);
    EXPECT_EQ(testing::Operators(after), "Reshape LayerNormalization Reshape Conv");
    EXPECT_LE(testing::LargestOutputDifference(before, after), 1e-5);
  }
}

TEST(ComposeNormalizations, MeansAndVariancesOfAnyAxes) {
  for (const Ints& axes : {Ints{0, 2, 3}, Ints{-1}, Ints{1}, Ints{3, 0, 1, 2}}) {
    SmallGraph g;
    const TensorId y = g.Add("MeanVarianceNormalization", {g.Input("x", {2, 3, 4, 5})}, {{"axes", axes}});
    CheckPass(g.Finish({y}), ComposeNormalizations, 1, "Transpose LayerNormalization Transpose");
  }
}

TEST(ComposeNormalizations, ResponsesOfNeighbouringChannels) {
  for (const int64_t size : {1, 2, 3, 5, 9}) {
    SmallGraph g;
    const TensorId y =
        g.Add("LRN", {g.Input("x", {2, 6, 3, 4})}, {{"size", size}, {"alpha", 0.3F}, {"beta", 0.6F}, {"bias", 1.5F}});
    CheckPass(g.Finish({y}), ComposeNormalizations, 1, "Mul Conv Pow Mul Reshape");
  }
  SmallGraph row;
  CheckPass(row.Finish({row.Add("LRN", {row.Input("x", {2, 6, 7})}, {{"size", int64_t{3}}})}), ComposeNormalizations, 1,
            "Reshape Mul Conv Pow Mul Reshape");
}

TEST(ComposeNormalizations, LogarithmsOfShares) {
  for (const int64_t axis : {1, -1, 3}) {
    SmallGraph g;
    const TensorId x = g.Add("Mul", {g.Input("x", {2, 6, 3, 4}), g.Scalar(20.0F)});
    CheckPass(g.Finish({g.Add("LogSoftmax", {x}, {{"axis", axis}})}), ComposeNormalizations, 1,
              "Mul ReduceMax Sub Exp ReduceSum Log Sub");
  }
}

// Of equal elements the first; the input's elements are a few steps apart.
TEST(ComposeNormalizations, HardmaxIsTheFirstOfTheLargest) {
  for (const int64_t axis : {1, -1, 0}) {
    SmallGraph g;
    const TensorId x = g.Add("Round", {g.Input("x", {2, 6, 5})});
    CheckPass(g.Finish({g.Add("Hardmax", {x}, {{"axis", axis}})}), Normal, 1,
              "Round ReduceMax Sub IsAtLeast CumSum IsBelow Mul", 0.0);
  }
  SmallGraph large;
  graph::Graph graph = large.Finish({large.Add("Hardmax", {large.Input("x", {1, 4097})})});
  Optimize(graph);
  ASSERT_EQ(FindBlockers(graph).size(), 1U);
  EXPECT_EQ(FindBlockers(graph)[0].reason.rfind("it chooses among 4097 elements; up to 4096 are supported", 0), 0U);
}

TEST(ComposeNormalizations, SaysWhyGroupsAreNotSupported) {
  SmallGraph g;
  const TensorId y = g.Add("GroupNormalization", {g.Input("x", {2, 6, 4, 5}), g.Input("scale", {3}), g.Random({6})},
                           {{"num_groups", int64_t{3}}});
  graph::Graph graph = g.Finish({y});
  Optimize(graph);
  ASSERT_EQ(FindBlockers(graph).size(), 1U);
  EXPECT_EQ(FindBlockers(graph)[0].reason,
            "its scale or bias by group is computed; export the network for opset 21, where they are by channel");
}

}  // namespace
}  // namespace lockstep::optimize
