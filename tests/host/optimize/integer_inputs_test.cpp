// TakeIntegerInputs: inputs of narrow integers become floats where nothing needs them as integers.
#include <limits>

#include "optimize/optimize.h"
#include "pass_check.h"

namespace lockstep::optimize {
namespace {

using graph::TensorId;
using testing::SmallGraph;

TensorId NarrowInput(SmallGraph& g, int64_t type) {
  const TensorId x = g.Input("x", {1, 4});
  g.graph.tensor(x).type = graph::ElementType::kInt64;
  g.graph.tensor(x).onnx_type = type;
  return x;
}

TensorId CastTo(SmallGraph& g, TensorId x, int64_t onnx_type) {
  const bool wide = onnx_type == graph::kOnnxInt64;
  std::map<std::string, graph::Attribute> attributes = {{"to", graph::kOnnxInt64}};
  if (!wide) attributes["integer_type"] = onnx_type;
  return g.Add("Cast", {x}, attributes);
}

TensorId CastToFloat(SmallGraph& g, TensorId x) { return g.Add("Cast", {x}, {{"to", graph::kOnnxFloat}}); }

// ONNX wraps what the type of a Cast does not hold; floats do not.
TEST(TakeIntegerInputs, CastsThatMayWrapStay) {
  constexpr int64_t kOnnxUint32 = 12;
  constexpr int64_t kOnnxUint64 = 13;
  struct Case {
    int64_t from, to;
    bool holds;
  };
  const Case cases[] = {{graph::kOnnxInt16, graph::kOnnxUint8, false},  {graph::kOnnxInt8, graph::kOnnxUint8, false},
                        {graph::kOnnxInt8, graph::kOnnxUint16, false},  {graph::kOnnxUint8, graph::kOnnxInt8, false},
                        {graph::kOnnxUint16, graph::kOnnxInt16, false}, {graph::kOnnxInt8, kOnnxUint32, false},
                        {graph::kOnnxInt16, kOnnxUint64, false},        {graph::kOnnxUint16, kOnnxUint32, true},
                        {graph::kOnnxUint8, kOnnxUint64, true},         {graph::kOnnxUint8, graph::kOnnxInt16, true},
                        {graph::kOnnxInt8, graph::kOnnxInt8, true},     {graph::kOnnxInt16, graph::kOnnxInt64, true}};
  for (const Case& one : cases) {
    SCOPED_TRACE(std::to_string(one.from) + " to " + std::to_string(one.to));
    SmallGraph g;
    graph::Graph graph = g.Finish({CastToFloat(g, CastTo(g, NarrowInput(g, one.from), one.to))});
    graph::Graph taken = graph;
    EXPECT_EQ(TakeIntegerInputs(taken), one.holds ? 1 : 0);
    Optimize(graph);  // no other pass drops the Cast
    EXPECT_EQ(FindBlockers(graph).empty(), one.holds);
  }
}

// Its values are those of the input, whatever the types between.
TEST(TakeIntegerInputs, ACastBackHoldsWhatTheInputHad) {
  for (const int64_t back : {graph::kOnnxUint8, graph::kOnnxInt8}) {
    SmallGraph g;
    const TensorId wide = CastTo(g, NarrowInput(g, graph::kOnnxUint8), graph::kOnnxInt16);
    graph::Graph graph = g.Finish({CastToFloat(g, CastTo(g, wide, back))});
    EXPECT_EQ(TakeIntegerInputs(graph), back == graph::kOnnxUint8 ? 1 : 0);
  }
}

// What a Pad puts there becomes a float as well.
TEST(TakeIntegerInputs, APadFillsWithTheSameNumber) {
  SmallGraph g;
  const TensorId seven = g.graph.AddTensor({"seven", graph::ElementType::kInt64, {}, graph::ConstantData{{}, {7}}});
  const TensorId padded = g.Add("Pad", {NarrowInput(g, graph::kOnnxUint8), g.Ints({0, 1, 0, 2}), seven});
  const graph::Graph before = g.Finish({CastToFloat(g, padded)});
  graph::Graph after = before;
  EXPECT_EQ(TakeIntegerInputs(after), 1);
  Optimize(after);
  EXPECT_TRUE(FindBlockers(after).empty());
  const testing::PlainTensors outputs = testing::EvaluatePlain(after, {{"x", {{1, 4}, {3, 0, 255, 9}}}});
  EXPECT_EQ(outputs.begin()->second.values, (std::vector<double>{7, 3, 0, 255, 9, 7, 7}));
}

TEST(TakeIntegerInputs, ConstantsThatFloatsDoNotHaveStay) {
  constexpr int64_t kLowest = std::numeric_limits<int64_t>::min();
  for (const int64_t number : {int64_t{1} << 24, (int64_t{1} << 24) + 1, kLowest, kLowest + 1}) {
    SCOPED_TRACE(number);
    SmallGraph g;
    const TensorId less = g.Add("Less", {NarrowInput(g, graph::kOnnxInt16), g.Ints({number})});
    graph::Graph graph = g.Finish({CastToFloat(g, less)});
    EXPECT_EQ(TakeIntegerInputs(graph), number == int64_t{1} << 24 ? 1 : 0);
  }
}

}  // namespace
}  // namespace lockstep::optimize
