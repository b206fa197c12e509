#include "engine/float/node_by_node.h"

#include <gtest/gtest.h>

#include "graph/error.h"
#include "support/small_graph.h"

namespace lockstep::engine {
namespace {

using graph::TensorId;
using testing::SmallGraph;

ops::Value Floats(const graph::Shape& shape, std::vector<float> values) {
  return {graph::ElementType::kFloat, shape, {std::move(values), {}}};
}

// x, and what of it is not zero: a shape that the values decide, and a Gather behind it.
TEST(NodeByNode, FollowsShapesThatValuesDecide) {
  SmallGraph small;
  const TensorId x = small.Input("x", {5});
  const TensorId places = small.Add("NonZero", {x});
  const TensorId flat = small.Add("Reshape", {places, small.Ints({-1})});
  const graph::Graph graph = small.Finish({small.Add("Gather", {x, flat})});
  const std::string& output = graph.tensor(graph.outputs[0]).name;
  const auto two = RunNodeByNode(graph, {{"x", Floats({5}, {0, 3, 0, 4, 0})}});
  EXPECT_EQ(two.at(output).data.floats, (std::vector<float>{3, 4}));
  const auto none = RunNodeByNode(graph, {{"x", Floats({5}, {0, 0, 0, 0, 0})}});
  EXPECT_EQ(none.at(output).shape, (graph::Shape{0}));
}

TEST(NodeByNode, ComputesIntegersExactly) {
  SmallGraph small;
  const TensorId x = small.Input("x", {2});
  small.graph.tensor(x).type = graph::ElementType::kInt64;
  const graph::Graph graph = small.Finish({small.Add("Add", {x, small.Ints({1, -1})})});
  constexpr int64_t kBeyondFloats = (int64_t{1} << 53) + 1;
  const auto sums =
      RunNodeByNode(graph, {{"x", {graph::ElementType::kInt64, {2}, {{}, {kBeyondFloats, kBeyondFloats}}}}});
  EXPECT_EQ(sums.begin()->second.data.ints, (std::vector<int64_t>{kBeyondFloats + 1, kBeyondFloats - 1}));
}

TEST(NodeByNode, NamesTheNodeThatNothingComputes) {
  SmallGraph small;
  const graph::Graph graph = small.Finish({small.Add("Mystery", {small.Input("x", {2})})});
  try {
    RunNodeByNode(graph, {{"x", Floats({2}, {1, 2})}});
    FAIL() << "runs what nobody knows";
  } catch (const UnsupportedModel& error) {
    EXPECT_NE(std::string(error.what()).find("(Mystery): operator is not supported"), std::string::npos)
        << error.what();
  }
}

TEST(NodeByNode, NamesAnInputThatIsMissing) {
  SmallGraph small;
  const graph::Graph graph = small.Finish({small.Add("Relu", {small.Input("x", {2})})});
  EXPECT_THROW(RunNodeByNode(graph, {}), UsageError);
}

}  // namespace
}  // namespace lockstep::engine
