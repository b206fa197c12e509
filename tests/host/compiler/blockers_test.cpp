#include "compiler/blockers.h"

#include <gtest/gtest.h>

#include "graph/error.h"
#include "support/small_graph.h"

namespace lockstep::compiler {
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

TEST(InputBlockers, NameEveryShapeThatIsNoPicture) {
  for (const graph::Shape& shape : {graph::Shape{}, {9}, {1, 9}, {3, 8, 6}, {1, 1, 3, 8, 6}}) {
    const std::string text = OfShape(shape);
    EXPECT_EQ(text.rfind("x|input|its shape is " + graph::ToString(shape) + "; only a picture, 1xCxHxW", 0), 0U)
        << text;
    EXPECT_EQ(text.find("batch of 1"), std::string::npos) << "no batch is not a wrong batch: " << text;
  }
  EXPECT_EQ(OfShape({4, 3, 2, 2}),
            "x|input|its shape is 4x3x2x2; only a batch of 1 is supported (set it with --input-shape)\n");
  EXPECT_EQ(
      OfShape({1, 6, 8, 8}),
      "x|input|it has 6 channels; only pictures of 1 or 3 are supported: cut the network with --input-nodes where it "
      "has as many\n");
}

TEST(InputBlockers, ShowTheWayBehindATranspose) {
  SmallGraph small;
  const TensorId turned =
      small.Add("Transpose", {small.Input("x", {1, 8, 8, 3})}, {{"perm", std::vector<int64_t>{0, 3, 1, 2}}});
  const graph::Graph graph = small.Finish({small.Conv(turned, 3, 4, 1)});
  EXPECT_EQ(Text(graph),
            "x|input|its shape is 1x8x8x3, with the channels last; let the network begin behind its "
            "Transpose: --input-nodes " +
                graph.tensor(turned).name + "\n");
  EXPECT_EQ(
      OfShape({1, 8, 8, 3}),
      "x|input|its shape is 1x8x8x3, with the channels last; export the network with the channels first, 1xCxHxW\n");
}

TEST(InputBlockers, ShowTheWayBehindACastOfPixels) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 3, 8, 8});
  small.graph.tensor(x).type = graph::ElementType::kInt64;
  const TensorId cast = small.Add("Cast", {x}, {{"to", graph::kOnnxFloat}});
  const graph::Graph graph = small.Finish({small.Conv(cast, 3, 4, 1)});
  EXPECT_EQ(Text(graph), "x|input|it holds integers; let the network begin behind its Cast: --input-nodes " +
                             graph.tensor(cast).name + "\n");
}

TEST(InputBlockers, CountTheInputs) {
  SmallGraph small;
  const TensorId sum = small.Add("Add", {small.Input("a", {1, 3, 8, 8}), small.Input("b", {1, 3, 8, 8})});
  EXPECT_EQ(Text(small.Finish({sum})),
            "a, b|input|the network has 2 inputs; only one, a picture, is supported: cut it with --input-nodes or "
            "--output-nodes\n");
}

TEST(RequireSupported, PutsEveryBlockerOnALineOfItsOwn) {
  SmallGraph small;
  const TensorId x = small.Input("x", {2, 3, 4, 4});
  graph::Graph graph = small.Finish({small.Add("Foo", {x}), small.Add("Bar", {x})});
  try {
    RequireSupported(graph, "net.onnx");
    FAIL() << "no error";
  } catch (const UnsupportedModel& error) {
    EXPECT_EQ(std::string(error.what()),
              "'net.onnx' cannot be compiled, for 3 reasons (cut the graph with --output-nodes, or replace these):\n"
              "  x (input): its shape is 2x3x4x4; only a batch of 1 is supported (set it with --input-shape)\n"
              "  Foo_0 (Foo): the operator is not supported\n"
              "  Bar_1 (Bar): the operator is not supported");
  }
}

}  // namespace
}  // namespace lockstep::compiler
