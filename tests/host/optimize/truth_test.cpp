// TruthToNumbers: every operator that gives or takes truth values gives the same numbers without them.
#include <functional>
#include <limits>

#include "optimize/optimize.h"
#include "pass_check.h"

namespace lockstep::optimize {
namespace {

using graph::TensorId;
using testing::SmallGraph;
using Make = std::function<TensorId(SmallGraph&, TensorId x, TensorId y)>;

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// Whole and half numbers, many of which are equal.
TensorId Steps(SmallGraph& g, TensorId x) {
  return g.Add("Mul", {g.Add("Round", {g.Add("Mul", {x, g.Scalar(4.0F)})}), g.Scalar(0.5F)});
}

graph::Graph Network(const Make& make) {
  SmallGraph small;
  const TensorId x = Steps(small, small.Input("x", {2, 3, 4}));
  const TensorId y = Steps(small, small.Input("y", {3, 1}));
  return small.Finish({make(small, x, y)});
}

void ExpectSame(const Make& make, const std::string& expected) {
  const graph::Graph before = Network(make);
  graph::Graph after = before;
  EXPECT_GE(TruthToNumbers(after), 1);
  EXPECT_EQ(testing::Operators(after), "Mul Round Mul " + expected);
  EXPECT_EQ(testing::LargestOutputDifference(before, after), 0.0);
  const graph::Tensor& output = after.tensor(after.outputs[0]);
  EXPECT_EQ(output.type, graph::ElementType::kFloat);
  EXPECT_EQ(output.name, before.tensor(before.outputs[0]).name);
  EXPECT_EQ(output.shape, before.tensor(before.outputs[0]).shape);
  EXPECT_EQ(TruthToNumbers(after), 0) << "a second run changes the graph again";
}

TEST(TruthToNumbers, ComparisonsWithANumber) {
  for (const auto& [op, left, right] : {std::tuple{"Less", "IsBelow", "IsAtLeast"},
                                        {"LessOrEqual", "IsBelow", "IsAtLeast"},
                                        {"Greater", "IsAtLeast", "IsBelow"},
                                        {"GreaterOrEqual", "IsAtLeast", "IsBelow"},
                                        {"Equal", "IsEqual", "IsEqual"}}) {
    for (const float number : {0.0F, 0.5F, -1.0F}) {
      SCOPED_TRACE(std::string(op) + " " + std::to_string(number));
      const std::string name = op;
      ExpectSame([&](SmallGraph& g, TensorId x, TensorId) { return g.Add(name, {x, g.Scalar(number)}); }, left);
      ExpectSame([&](SmallGraph& g, TensorId x, TensorId) { return g.Add(name, {g.Scalar(number), x}); }, right);
    }
  }
}

TEST(TruthToNumbers, ComparisonsOfTwoTensors) {
  for (const auto& [op, mask] : {std::pair{"Less", "IsBelow"},
                                 {"LessOrEqual", "IsAtLeast"},
                                 {"Greater", "IsBelow"},
                                 {"GreaterOrEqual", "IsAtLeast"},
                                 {"Equal", "IsEqual"}}) {
    SCOPED_TRACE(op);
    const std::string name = op;
    ExpectSame(
        [&](SmallGraph& g, TensorId x, TensorId y) {
          return g.Add(name, {x, y});
        },
        std::string("Mul Round Mul Sub ") + mask);
    ExpectSame(
        [&](SmallGraph& g, TensorId x, TensorId) {
          return g.Add(name, {x, g.Floats({4}, {0, 0.5F, 1, -1})});
        },
        std::string("Sub ") + mask);
    // The number gives the result another shape.
    ExpectSame(
        [&](SmallGraph& g, TensorId, TensorId y) {
          return g.Add(name, {y, g.Floats({2, 1, 1}, {1, 1})});
        },
        std::string("Sub ") + mask);
  }
}

TEST(TruthToNumbers, Logic) {
  const auto both = [](const char* op) {
    return [op](SmallGraph& g, TensorId x, TensorId y) {
      return g.Add(op, {g.Add("Less", {x, g.Scalar(0.5F)}), g.Add("Greater", {y, g.Scalar(0.0F)})});
    };
  };
  ExpectSame(both("And"), "Mul Round Mul IsBelow IsAtLeast Mul");
  ExpectSame(both("Or"), "Mul Round Mul IsBelow IsAtLeast Add IsAtLeast");
  ExpectSame(both("Xor"), "Mul Round Mul IsBelow IsAtLeast Sub Abs IsAtLeast");
  ExpectSame(both("Equal"), "Mul Round Mul IsBelow IsAtLeast Sub Abs IsAtLeast IsBelow");
  ExpectSame(
      [](SmallGraph& g, TensorId x, TensorId) {
        return g.Add("Not", {g.Add("Less", {x, g.Scalar(0.5F)})});
      },
      "IsBelow IsBelow");
}

TEST(TruthToNumbers, QuestionsAndCasts) {
  const auto root = [](SmallGraph& g, TensorId x) { return g.Add("Div", {g.Add("Sqrt", {x}), x}); };  // NaN, infinities
  ExpectSame([&](SmallGraph& g, TensorId x, TensorId) { return g.Add("IsNaN", {root(g, x)}); },
             "Sqrt Div IsBelow IsAtLeast Add IsBelow");
  const auto inverse = [](SmallGraph& g, TensorId x) { return g.Add("Div", {g.Scalar(1.0F), x}); };
  for (const auto& [negative, positive, expected] : {std::tuple{1, 1, "Div Abs Neg IsBelow"},
                                                     {1, 0, "Div IsBelow"},
                                                     {0, 1, "Div Neg IsBelow"},
                                                     {0, 0, "Div Neg IsBelow IsAtLeast"}}) {
    const std::map<std::string, graph::Attribute> asked = {{"detect_negative", int64_t{negative}},
                                                           {"detect_positive", int64_t{positive}}};
    ExpectSame([&](SmallGraph& g, TensorId x, TensorId) { return g.Add("IsInf", {inverse(g, x)}, asked); }, expected);
  }
  const auto cast = [](SmallGraph& g, TensorId x, int64_t to) { return g.Add("Cast", {x}, {{"to", to}}); };
  ExpectSame([&](SmallGraph& g, TensorId x, TensorId) { return cast(g, x, graph::kOnnxBool); }, "IsEqual IsBelow");
  ExpectSame(
      [&](SmallGraph& g, TensorId x, TensorId) {
        return cast(g, g.Add("Less", {x, g.Scalar(0.5F)}), graph::kOnnxFloat);
      },
      "IsBelow Identity");
}

TensorId Bools(SmallGraph& g, const graph::Shape& shape, std::vector<int64_t> values) {
  return g.graph.AddTensor(
      {g.graph.UniqueName("truth"), graph::ElementType::kBool, shape, graph::ConstantData{{}, std::move(values)}});
}

TEST(TruthToNumbers, Choices) {
  const auto below = [](SmallGraph& g, TensorId x) { return g.Add("Less", {x, g.Scalar(0.5F)}); };
  ExpectSame(
      [&](SmallGraph& g, TensorId x, TensorId y) {
        return g.Add("Where", {below(g, x), x, y});
      },
      "Mul Round Mul IsBelow Mul IsBelow Mul Add");
  ExpectSame(
      [&](SmallGraph& g, TensorId x, TensorId) {
        return g.Add("Where", {below(g, x), x, g.Scalar(0.0F)});
      },
      "IsBelow Mul Add");
  ExpectSame(
      [&](SmallGraph& g, TensorId x, TensorId y) {
        return g.Add("Where", {below(g, y), g.Scalar(0.0F), x});
      },
      "Mul Round Mul IsBelow IsBelow Mul Add");
  ExpectSame(
      [&](SmallGraph& g, TensorId x, TensorId) {
        return g.Add("Where", {below(g, x), g.Scalar(1.0F), x});
      },
      "IsBelow IsBelow Mul Add");
  ExpectSame(
      [&](SmallGraph& g, TensorId x, TensorId y) {
        return g.Add("Where", {below(g, x), g.Scalar(0.0F), g.Add("Mul", {y, g.Scalar(0.0F)})});
      },
      "Mul Round Mul IsBelow Mul IsBelow Mul Add");
  ExpectSame(
      [&](SmallGraph& g, TensorId x, TensorId) {
        return g.Add("Where", {below(g, x), g.Scalar(0.0F), g.Scalar(0.0F)});
      },
      "IsBelow Mul Add");
  ExpectSame(
      [&](SmallGraph& g, TensorId x, TensorId y) {
        return g.Add("Where", {Bools(g, {4}, {0, 1, 1, 0}), x, y});
      },
      "Mul Round Mul Mul IsBelow Mul Add");
}

// exp makes 0 of what stands for infinity, as of infinity itself.
TEST(TruthToNumbers, InfinityBehindAMask) {
  const graph::Graph before = Network([](SmallGraph& g, TensorId x, TensorId) {
    const TensorId masked = g.Add("Where", {g.Add("Less", {x, g.Scalar(10.0F)}), x, g.Scalar(-kInfinity)});
    const TensorId half = g.Add("Where", {Bools(g, {4}, {0, 1, 1, 0}), g.Scalar(-kInfinity), masked});
    return g.Add("Softmax", {half}, {{"axis", int64_t{2}}});
  });
  graph::Graph after = before;
  Optimize(after);
  EXPECT_LE(testing::LargestOutputDifference(before, after), 1e-6);
  EXPECT_TRUE(FindBlockers(after).empty()) << FindBlockers(after)[0].reason;
}

TEST(TruthToNumbers, ThroughWhatMovesElements) {
  ExpectSame(
      [](SmallGraph& g, TensorId x, TensorId) {
        const TensorId mask = g.Add("Reshape", {g.Add("Less", {x, g.Scalar(0.5F)}), g.Ints({6, 4})});
        const TensorId more = g.Add("Concat", {mask, Bools(g, {1, 4}, {1, 0, 0, 1})}, {{"axis", int64_t{0}}});
        return g.Add("Not", {more});
      },
      "IsBelow Reshape Concat IsBelow");
}

// A whole tensor of positions is made of truth values: then they stay, and are named.
TEST(TruthToNumbers, LeavesWhatOthersNeed) {
  SmallGraph small;
  const TensorId x = small.Input("x", {2, 3});
  const TensorId mask = small.Add("Less", {x, small.Scalar(0.5F)});
  const TensorId counted = small.Add("Cast", {mask}, {{"to", graph::kOnnxInt64}});
  const TensorId opposite = small.Add("Not", {mask});
  graph::Graph graph = small.Finish({counted, opposite});
  ExpectUntouched(graph, TruthToNumbers);
  Optimize(graph);
  const std::vector<Blocker> blockers = FindBlockers(graph);
  ASSERT_EQ(blockers.size(), 3U);
  EXPECT_EQ(blockers[0].reason,
            "its truth values meet an operator that does not take them, or come from one; cut the network with "
            "--output-nodes");
}

TEST(TruthToNumbers, LeavesIntegers) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 4});
  const auto best = small.AddMany("TopK", {x, small.Ints({3})}, 2);
  const TensorId first = small.Add("Less", {best[1], small.Ints({2})});
  graph::Graph graph = small.Finish({small.Add("Where", {first, best[0], small.Scalar(0.0F)})});
  Optimize(graph);
  const std::vector<Blocker> blockers = FindBlockers(graph);
  ASSERT_EQ(blockers.size(), 2U);
  EXPECT_EQ(blockers[0].reason,
            "it asks about integers that a run makes, '" + graph.tensor(graph.nodes.at(1).inputs[0]).name +
                "'; only floats and inputs of 8 or 16 bits are supported: cast them to float first, or "
                "cut the network with --output-nodes");
  EXPECT_EQ(blockers[1].reason, "its condition 'Less_1' does not come from comparisons of floats");
}

}  // namespace
}  // namespace lockstep::optimize
