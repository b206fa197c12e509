#include "shrink.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "random_graph.h"

namespace lockstep::test {
namespace {

bool Has(const graph::Graph& graph, const std::string& op) {
  return std::any_of(graph.nodes.begin(), graph.nodes.end(), [&](const graph::Node& node) { return node.op == op; });
}

TEST(Shrink, FindsTheNodesThatAFailureNeeds) {
  int shrunk = 0;
  for (uint32_t seed = 1; seed <= 300; ++seed) {
    graph::Graph whole = RandomGraph(seed);
    graph::SortAndPrune(whole);  // some steps lead nowhere
    if (!Has(whole, "MaxPool") || !Has(whole, "Add")) continue;
    ++shrunk;
    const graph::Graph one = Shrink(whole, [](const graph::Graph& graph) { return Has(graph, "MaxPool"); });
    // What gives integers or several outputs cannot become an input.
    EXPECT_LE(one.nodes.size(), 2U) << "seed " << seed;
    EXPECT_EQ(one.nodes.back().op, "MaxPool");
    EXPECT_EQ(one.inputs.size(), 1U);
    const graph::Graph two =
        Shrink(whole, [](const graph::Graph& graph) { return Has(graph, "MaxPool") && Has(graph, "Add"); });
    EXPECT_TRUE(Has(two, "MaxPool") && Has(two, "Add"));
    EXPECT_LT(two.nodes.size(), whole.nodes.size()) << "seed " << seed;
  }
  EXPECT_GT(shrunk, 5) << "networks with both are too few to show anything";
}

TEST(Shrink, AnExceptionIsNoFailure) {
  const graph::Graph whole = RandomGraph(1);
  const graph::Graph same =
      Shrink(whole, [](const graph::Graph&) -> bool { throw std::runtime_error("of another kind"); });
  EXPECT_EQ(same.nodes.size(), whole.nodes.size());
}

}  // namespace
}  // namespace lockstep::test
