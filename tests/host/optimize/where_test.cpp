// Where: what is not chosen leaves no trace, not even infinity or NaN.
#include <cmath>
#include <limits>

#include "optimize/optimize.h"
#include "pass_check.h"

namespace lockstep::optimize {
namespace {

using graph::TensorId;
using testing::SmallGraph;

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// Finds what differs, NaN being equal to NaN alone.
void ExpectSameBehind(const graph::Graph& before, int (*pass)(graph::Graph&)) {
  graph::Graph after = before;
  EXPECT_GE(pass(after), 1);
  EXPECT_LE(testing::LargestOutputDifference(before, after), 1e-6);
  for (const graph::Node& node : after.nodes) EXPECT_NE(node.op, "Where");
}

TEST(Where, BranchesThatAConditionGuards) {
  using Make = TensorId (*)(SmallGraph&, TensorId x, TensorId y);
  const std::pair<const char*, Make> networks[] = {
      {"a logarithm",
       [](SmallGraph& g, TensorId x, TensorId) {
         return g.Add("Where", {g.Add("Greater", {x, g.Scalar(0.0F)}), g.Add("Log", {x}), g.Scalar(-1.0F)});
       }},
      {"a root in the other branch",
       [](SmallGraph& g, TensorId x, TensorId y) {
         return g.Add("Where", {g.Add("Less", {x, g.Scalar(0.0F)}), y, g.Add("Sqrt", {x})});
       }},
      {"a quotient",
       [](SmallGraph& g, TensorId x, TensorId y) {
         const TensorId rounded = g.Add("Round", {x});
         const TensorId zero = g.Add("Equal", {rounded, g.Scalar(0.0F)});
         return g.Add("Where", {zero, g.Scalar(0.0F), g.Add("Div", {y, rounded})});
       }},
      {"a quotient by what is not small",
       [](SmallGraph& g, TensorId x, TensorId y) {
         const TensorId rounded = g.Add("Round", {x});
         const TensorId large = g.Add("Greater", {g.Add("Abs", {rounded}), g.Scalar(0.5F)});
         return g.Add("Where", {large, g.Add("Mul", {g.Add("Div", {y, rounded}), g.Scalar(3.0F)}), x});
       }},
      {"exp of large numbers, as in Elu",
       [](SmallGraph& g, TensorId x, TensorId) {
         const TensorId far = g.Add("Mul", {x, g.Scalar(100.0F)});
         const TensorId below = g.Add("Sub", {g.Add("Exp", {far}), g.Scalar(1.0F)});
         return g.Add("Where", {g.Add("Greater", {far, g.Scalar(0.0F)}), far, below});
       }},
      {"Softplus with a threshold",
       [](SmallGraph& g, TensorId x, TensorId) {
         const TensorId far = g.Add("Mul", {x, g.Scalar(100.0F)});
         const TensorId soft = g.Add("Log", {g.Add("Add", {g.Add("Exp", {far}), g.Scalar(1.0F)})});
         return g.Add("Where", {g.Add("Greater", {far, g.Scalar(20.0F)}), far, soft});
       }},
      {"Atanh within its bounds",
       [](SmallGraph& g, TensorId x, TensorId) {
         const TensorId inside = g.Add("Less", {g.Add("Abs", {x}), g.Scalar(0.75F)});
         return g.Add("Where", {inside, g.Add("Atanh", {x}), g.Scalar(2.0F)});
       }},
  };
  for (const auto& [what, make] : networks) {
    SCOPED_TRACE(what);
    SmallGraph g;
    const TensorId x = g.Input("x", {2, 3, 4});
    const TensorId y = g.Input("y", {3, 1});
    ExpectSameBehind(g.Finish({make(g, x, y)}), TruthToNumbers);
  }
}

// What a branch reads twice is copied once, so that doubling does not double the copies.
TEST(Where, GuardsWhatABranchReadsTwiceOnce) {
  SmallGraph g;
  const TensorId x = g.Input("x", {2, 3});
  TensorId sum = g.Add("Log", {x});
  for (int i = 0; i < 7; ++i) sum = g.Add("Add", {sum, sum});
  const graph::Graph before = g.Finish({g.Add("Where", {g.Add("Greater", {x, g.Scalar(0.0F)}), sum, g.Scalar(0.0F)})});
  ExpectSameBehind(before, TruthToNumbers);
  graph::Graph after = before;
  TruthToNumbers(after);
  EXPECT_LE(after.nodes.size(), 16U);
}

// What gives the result its shape is no more than a one or a zero.
TEST(Where, NumbersWithMoreAxesThanTheMask) {
  for (const float number : {0.0F, 1.0F, 2.0F}) {
    for (const bool yes : {false, true}) {
      for (const graph::Shape& shape : {graph::Shape{2, 1, 1}, graph::Shape{4}, graph::Shape{1, 1, 1}}) {
        SCOPED_TRACE(std::to_string(number) + " " + graph::ToString(shape));
        SmallGraph g;
        const TensorId mask = g.Add("Less", {g.Input("x", {3, 1}), g.Scalar(0.0F)});
        const size_t count = static_cast<size_t>(graph::ElementCount(shape));
        const TensorId numbers = g.Floats(shape, std::vector<float>(count, number));
        const TensorId other = g.Scalar(0.5F);
        const graph::Graph before = g.Finish({g.Add("Where", {mask, yes ? numbers : other, yes ? other : numbers})});
        graph::Graph after = before;
        TruthToNumbers(after);
        EXPECT_EQ(testing::LargestOutputDifference(before, after), 0.0);
        EXPECT_EQ(after.tensor(after.outputs[0]).shape, before.tensor(before.outputs[0]).shape);
      }
    }
  }
}

// The mask is no matter of the numbers: nothing is guarded, and nothing costs more.
TEST(Where, BranchesThatNothingGuardsAreTakenAsTheyAre) {
  SmallGraph g;
  const TensorId x = g.Input("x", {2, 3});
  const TensorId mask = g.Add("Less", {g.Input("y", {2, 3}), g.Scalar(0.0F)});
  graph::Graph graph = g.Finish({g.Add("Where", {mask, g.Add("Exp", {x}), g.Scalar(0.0F)})});
  EXPECT_EQ(TruthToNumbers(graph), 2);
  EXPECT_EQ(testing::Operators(graph), "IsBelow Exp Mul Add");
}

graph::Graph Infinite(float value, bool constant_condition, const std::string& reader) {
  SmallGraph g;
  const TensorId x = g.Input("x", {2, 4});
  const TensorId truth =
      g.graph.AddTensor({"truth", graph::ElementType::kBool, {4}, graph::ConstantData{{}, {0, 1, 0, 1}}});
  const TensorId condition = constant_condition ? truth : g.Add("Less", {x, g.Scalar(0.0F)});
  const TensorId chosen = g.Add("Where", {condition, g.Scalar(value), x});
  return g.Finish({reader.empty() ? chosen : g.Add(reader, {chosen})});
}

TEST(Where, InfinityAndNaNAreNoNumbers) {
  for (const bool constant : {false, true}) {
    for (const auto& [value, reader] :
         {std::pair{-kInfinity, ""}, {-kInfinity, "Relu"}, {kInfinity, "Exp"}, {std::nanf(""), "Exp"}}) {
      SCOPED_TRACE(std::to_string(value) + " in front of " + reader);
      const graph::Graph before = Infinite(value, constant, reader);
      ExpectUntouched(before, TruthToNumbers);
      graph::Graph after = before;
      Optimize(after);
      EXPECT_EQ(testing::LargestOutputDifference(before, after), 0.0);
      const std::vector<Blocker> blockers = FindBlockers(after);
      ASSERT_FALSE(blockers.empty());
      EXPECT_NE(blockers.back().reason.find("infinity or NaN"), std::string::npos) << blockers.back().reason;
    }
    ExpectSameBehind(Infinite(-kInfinity, constant, "Exp"), TruthToNumbers);
    ExpectSameBehind(Infinite(-kInfinity, constant, "Softmax"), TruthToNumbers);
  }
}

// Softmax as exporters write it out.
TEST(Where, MinusInfinityInFrontOfASoftmaxInItsParts) {
  SmallGraph g;
  const TensorId x = g.Input("x", {2, 4});
  const TensorId chosen = g.Add("Where", {g.Add("Less", {x, g.Scalar(-1.9F)}), g.Scalar(-kInfinity), x});
  const std::map<std::string, graph::Attribute> rows = {{"axes", std::vector<int64_t>{1}}};
  const TensorId powers = g.Add("Exp", {g.Add("Sub", {chosen, g.Add("ReduceMax", {chosen}, rows)})});
  ExpectSameBehind(g.Finish({g.Add("Div", {powers, g.Add("ReduceSum", {powers}, rows)})}), TruthToNumbers);
}

// What it is taken from is infinite, and what is added must not bring back what stands for it.
TEST(Where, MinusInfinityThatDoesNotStayFarBelow) {
  using Make = TensorId (*)(SmallGraph&, TensorId x, TensorId chosen);
  const std::pair<const char*, Make> networks[] = {
      {"taken from something",
       [](SmallGraph& g, TensorId x, TensorId chosen) {
         return g.Add("Sub", {x, chosen});
       }},
      {"taken from itself",
       [](SmallGraph& g, TensorId, TensorId chosen) {
         return g.Add("Sub", {chosen, chosen});
       }},
      {"and a large number",
       [](SmallGraph& g, TensorId, TensorId chosen) {
         return g.Add("Add", {chosen, g.Scalar(2e7F)});
       }},
      {"less a large number below 0",
       [](SmallGraph& g, TensorId, TensorId chosen) {
         return g.Add("Sub", {chosen, g.Scalar(-2e7F)});
       }},
  };
  for (const auto& [what, make] : networks) {
    SCOPED_TRACE(what);
    SmallGraph g;
    const TensorId x = g.Input("x", {2, 4});
    const TensorId chosen = g.Add("Where", {g.Add("Less", {x, g.Scalar(0.0F)}), g.Scalar(-kInfinity), x});
    ExpectUntouched(g.Finish({g.Add("Exp", {make(g, x, chosen)})}), TruthToNumbers);
  }
  SmallGraph g;
  const TensorId x = g.Input("x", {2, 4});
  const TensorId chosen = g.Add("Where", {g.Add("Less", {x, g.Scalar(0.0F)}), g.Scalar(-kInfinity), x});
  const TensorId mask = g.Floats({4}, {0.0F, -1e9F, 1000.0F, 0.0F});
  ExpectSameBehind(g.Finish({g.Add("Exp", {g.Add("Sub", {g.Add("Add", {mask, chosen}), g.Scalar(990.0F)})})}),
                   TruthToNumbers);
}

}  // namespace
}  // namespace lockstep::optimize
