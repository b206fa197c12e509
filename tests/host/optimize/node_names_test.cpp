// The names of nodes when all passes have run.
#include <set>

#include "optimize/optimize.h"
#include "pass_check.h"

namespace lockstep::optimize {
namespace {

using graph::TensorId;
using testing::SmallGraph;

TEST(Optimize, GivesEveryNodeANameOfItsOwn) {
  SmallGraph small;
  TensorId x = small.Input("x", {1, 3, 4, 4});
  for (int i = 0; i < 4; ++i) x = small.Add("Sin", {x});
  graph::Graph graph = small.Finish({x});
  const std::vector<std::string> names = {"a_2", "a", "a", "a"};
  for (size_t i = 0; i < names.size(); ++i) graph.nodes[i].name = names[i];
  Optimize(graph);
  std::set<std::string> seen;
  for (const graph::Node& node : graph.nodes) EXPECT_TRUE(seen.insert(node.name).second) << node.name;
  EXPECT_EQ(seen.size(), names.size());
}

TEST(Optimize, NamesOfTheNetworkStayWhereTwoAreAlike) {
  SmallGraph small;
  const TensorId x = small.Input("x", {2, 3});
  const TensorId y = small.Add("Tanh", {small.Add("Sin", {small.Add("Softmax", {x})})});
  graph::Graph graph = small.Finish({y});
  graph.nodes[0].name = graph.nodes[1].name = "act";
  graph.nodes[2].name = "act_2";
  Optimize(graph);
  ASSERT_EQ(graph.nodes.size(), 3U);
  EXPECT_EQ(graph.nodes[0].name, "act");
  EXPECT_EQ(graph.nodes[1].name, "act_3");
  EXPECT_EQ(graph.nodes[2].name, "act_2");
}

}  // namespace
}  // namespace lockstep::optimize
