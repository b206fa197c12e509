#include "tune/subgraphs.h"

#include <gtest/gtest.h>

#include "support/small_graph.h"

namespace lockstep::tune {
namespace {

// Relu_0 -> Abs_1 -> (Neg_2, Exp_3) -> Add_4 -> Sigmoid_5, by position in the graph.
graph::Graph Diamond() {
  testing::SmallGraph net;
  const graph::TensorId first = net.Add("Relu", {net.Input("x", {1, 4})});
  const graph::TensorId split = net.Add("Abs", {first});
  const graph::TensorId left = net.Add("Neg", {split});
  const graph::TensorId right = net.Add("Exp", {split});
  return net.Finish({net.Add("Sigmoid", {net.Add("Add", {left, right})})});
}

TEST(Subgraphs, ConnectedNodesAreOne) {
  const graph::Graph graph = Diamond();
  const std::vector<Subgraph> subgraphs = ProposeSubgraphs(graph, {1, 2, 4});
  ASSERT_EQ(subgraphs.size(), 1U);
  EXPECT_EQ(subgraphs[0].from, graph.nodes[1].name);
  EXPECT_EQ(subgraphs[0].to, graph.nodes[4].name);
  EXPECT_EQ(subgraphs[0].nodes, 4U);  // the other branch too
  EXPECT_EQ(subgraphs[0].raised, 3U);
}

TEST(Subgraphs, SingleNodesAreNone) { EXPECT_TRUE(ProposeSubgraphs(Diamond(), {0, 2, 5}).empty()); }

TEST(Subgraphs, SeveralGroupsLargestFirst) {
  const graph::Graph graph = Diamond();
  const std::vector<Subgraph> subgraphs = ProposeSubgraphs(graph, {0, 1, 4, 5, 3});
  ASSERT_EQ(subgraphs.size(), 1U);  // through the other branch
  const std::vector<Subgraph> two = ProposeSubgraphs(graph, {0, 1, 4, 5});
  ASSERT_EQ(two.size(), 2U);
  EXPECT_EQ(two[0].from, graph.nodes[0].name);
  EXPECT_EQ(two[1].to, graph.nodes[5].name);
}

// The two branches share neither start nor end that is raised.
TEST(Subgraphs, BranchesWithoutAWayBetweenThemAreNone) { EXPECT_TRUE(ProposeSubgraphs(Diamond(), {2, 3}).empty()); }

}  // namespace
}  // namespace lockstep::tune
