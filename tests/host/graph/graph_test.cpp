#include "graph/graph.h"

#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>

#include "graph/error.h"

namespace lockstep::graph {
namespace {

TensorId Make(Graph& graph, const std::string& name) { return graph.AddTensor({name, ElementType::kFloat, {1}, {}}); }

void Chain(Graph& graph, const std::string& name, std::vector<TensorId> inputs, std::vector<TensorId> outputs) {
  Node node;
  node.op = "Op";
  node.name = name;
  node.inputs = std::move(inputs);
  node.outputs = std::move(outputs);
  graph.nodes.push_back(std::move(node));
}

std::vector<std::string> Names(const Graph& graph) {
  std::vector<std::string> names;
  for (const Node& node : graph.nodes) names.push_back(node.name);
  return names;
}

TEST(Shape, CountsElements) {
  EXPECT_EQ(ElementCount({}), 1);
  EXPECT_EQ(ElementCount({2, 3, 4}), 24);
  EXPECT_EQ(ElementCount({2, 0, 4}), 0);
  EXPECT_EQ(ElementCount({int64_t{1} << 40, int64_t{1} << 40}), std::numeric_limits<int64_t>::max());
  EXPECT_EQ(ElementCount({int64_t{1} << 40, int64_t{1} << 40, 0}), 0);
}

TEST(Shape, HasText) {
  EXPECT_EQ(ToString({1, 3, 640, 640}), "1x3x640x640");
  EXPECT_EQ(ToString({}), "scalar");
  EXPECT_EQ(ToString({-1, 3}), "?x3");
  EXPECT_FALSE(IsKnown(kUnknownShape));
  EXPECT_TRUE(IsKnown({}));
}

TEST(Graph, KeepsNamesUnique) {
  Graph graph;
  const TensorId x = Make(graph, "x");
  EXPECT_THROW(Make(graph, "x"), std::logic_error);
  EXPECT_EQ(graph.Find("x"), x);
  EXPECT_EQ(graph.Find("y"), kNoTensor);
  EXPECT_EQ(graph.UniqueName("x"), "x_1");
  Make(graph, "x_1");
  EXPECT_EQ(graph.UniqueName("x"), "x_2");
  EXPECT_EQ(graph.UniqueName("y"), "y");
}

TEST(Graph, GivesAttributesOrTheFallback) {
  Node node;
  node.attributes = {
      {"axis", int64_t{2}}, {"alpha", 0.5F}, {"mode", std::string("x")}, {"pads", std::vector<int64_t>{1}}};
  EXPECT_EQ(node.Int("axis", 7), 2);
  EXPECT_EQ(node.Int("other", 7), 7);
  EXPECT_THROW(node.Int("alpha", 7), BadInput);  // of another type
  EXPECT_EQ(node.Float("alpha", 1.0F), 0.5F);
  EXPECT_EQ(node.String("mode", ""), "x");
  EXPECT_EQ(node.Ints("pads", {}), std::vector<int64_t>{1});
}

TEST(Graph, KnowsProducersAndConsumers) {
  Graph graph;
  const TensorId x = Make(graph, "x");
  const TensorId y = Make(graph, "y");
  const TensorId z = Make(graph, "z");
  graph.inputs = {x};
  graph.outputs = {z};
  Chain(graph, "a", {x, kNoTensor}, {y});
  Chain(graph, "b", {y, y, x}, {z});
  const Uses uses(graph);
  EXPECT_EQ(uses.producer, (std::vector<int32_t>{-1, 0, 1}));
  EXPECT_EQ(uses.consumers[static_cast<size_t>(x)], (std::vector<int32_t>{0, 1}));
  EXPECT_EQ(uses.consumers[static_cast<size_t>(y)], (std::vector<int32_t>{1}));
  EXPECT_TRUE(uses.is_output[static_cast<size_t>(z)]);
  EXPECT_FALSE(uses.is_output[static_cast<size_t>(y)]);
  EXPECT_EQ(graph.Producer(z), 1);
  EXPECT_EQ(graph.Producer(x), -1);
}

TEST(SortAndPrune, SortsAndDropsWhatNoOutputNeeds) {
  Graph graph;
  const TensorId x = Make(graph, "x");
  const TensorId y = Make(graph, "y");
  const TensorId z = Make(graph, "z");
  const TensorId w = Make(graph, "w");
  graph.inputs = {x};
  graph.outputs = {z};
  Chain(graph, "last", {y, x}, {z});
  Chain(graph, "dead", {y}, {w});
  Chain(graph, "first", {x}, {y});
  SortAndPrune(graph);
  EXPECT_EQ(Names(graph), (std::vector<std::string>{"first", "last"}));
}

TEST(SortAndPrune, LeavesASortedGraphInItsOrder) {
  Graph graph;
  const TensorId x = Make(graph, "x");
  graph.inputs = {x};
  std::vector<std::string> expected;
  std::vector<TensorId> made;
  for (int i = 0; i < 20; ++i) {
    const TensorId y = Make(graph, "t" + std::to_string(i));
    Chain(graph, "n" + std::to_string(i), {i % 3 == 0 || made.empty() ? x : made[static_cast<size_t>(i) / 2]}, {y});
    made.push_back(y);
    expected.push_back("n" + std::to_string(i));
  }
  graph.outputs = made;
  SortAndPrune(graph);
  EXPECT_EQ(Names(graph), expected);
}

TEST(SortAndPrune, ManagesADeepGraphAndFindsACycle) {
  Graph graph;
  TensorId last = Make(graph, "x");
  graph.inputs = {last};
  for (int i = 0; i < 100000; ++i) {
    const TensorId next = Make(graph, "t" + std::to_string(i));
    Chain(graph, "n" + std::to_string(i), {last}, {next});
    last = next;
  }
  graph.outputs = {last};
  SortAndPrune(graph);
  EXPECT_EQ(graph.nodes.size(), 100000U);
  graph.nodes[0].inputs = {last};
  EXPECT_THROW(SortAndPrune(graph), std::logic_error);
}

}  // namespace
}  // namespace lockstep::graph
