#include "info/blockers.h"

#include <gtest/gtest.h>

#include "graph/error.h"
#include "support/small_graph.h"

namespace lockstep::info {
namespace {

using graph::TensorId;
using testing::SmallGraph;

std::string Text(graph::Graph graph) {
  optimize::Optimize(graph);
  std::string text;
  for (const optimize::Blocker& blocker : FindBlockers(graph)) {
    text += blocker.node + "|" + blocker.op + "|" + blocker.reason + "\n";
  }
  return text;
}

// A network that only its input can block.
std::string OfShape(const graph::Shape& shape) {
  SmallGraph small;
  return Text(small.Finish({small.Add("Relu", {small.Input("x", shape)})}));
}

TEST(InputBlockers, TakeAPicture) {
  EXPECT_EQ(OfShape({1, 3, 8, 6}), "");
  EXPECT_EQ(OfShape({1, 1, 8, 6}), "");
  EXPECT_EQ(OfShape({1, 3, 8, 3}), "") << "channels first is meant where both can be";
}

TEST(InputBlockers, TakeEveryKnownShape) {
  for (const graph::Shape& shape :
       {graph::Shape{}, {9}, {1, 9}, {3, 8, 6}, {1, 1, 3, 8, 6}, {4, 3, 2, 2}, {1, 6, 8, 8}}) {
    EXPECT_EQ(OfShape(shape), "");
  }
}

TEST(InputBlockers, TakeNarrowIntegersThatAreCast) {
  for (const int64_t type :
       {graph::kOnnxUint8, graph::kOnnxInt8, graph::kOnnxUint16, graph::kOnnxInt16, graph::kOnnxInt64}) {
    SmallGraph small;
    const TensorId x = small.Input("x", {1, 3, 8, 8});
    small.graph.tensor(x).type = graph::ElementType::kInt64;
    small.graph.tensor(x).onnx_type = type;
    const TensorId cast = small.Add("Cast", {x}, {{"to", graph::kOnnxFloat}});
    const std::string text = Text(small.Finish({small.Conv(cast, 3, 4, 1)}));
    if (type == graph::kOnnxInt64) {
      EXPECT_EQ(text.rfind(
                    "x|input|it holds integers that are not cast to floats or compared first, or more than 16 bits", 0),
                0U)
          << text;
    } else {
      EXPECT_EQ(text, "");
    }
  }
}

TEST(RequireSupported, PutsEveryBlockerOnALineOfItsOwn) {
  SmallGraph small;
  const TensorId x = small.Input("x", {2, 3, 4, 4});
  small.graph.tensor(x).type = graph::ElementType::kInt64;
  graph::Graph graph = small.Finish({small.Add("Foo", {x}), small.Add("Bar", {x})});
  try {
    RequireSupported(graph, "net.onnx");
    FAIL() << "no error";
  } catch (const UnsupportedModel& error) {
    EXPECT_EQ(std::string(error.what()),
              "'net.onnx' cannot be compiled, for 3 reasons (cut the graph with --output-nodes, or replace these):\n"
              "  x (input): it holds integers that are not cast to floats or compared first, or more than 16 bits of "
              "them; give it its value with --input-value x=NUMBER if it always has one, declare it as FLOAT, or cut "
              "the network behind it with --input-nodes\n"
              "  Foo_0 (Foo): the operator is not supported\n"
              "  Bar_1 (Bar): the operator is not supported");
  }
}

}  // namespace
}  // namespace lockstep::info
