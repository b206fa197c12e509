// SinkTransposes, and FoldScale, which looks through them.
#include <gtest/gtest.h>

#include "optimize/optimize.h"
#include "pass_check.h"

namespace lockstep::optimize {
namespace {

using graph::TensorId;
using testing::SmallGraph;

using Ints = std::vector<int64_t>;

TensorId Turn(SmallGraph& g, TensorId x, const Ints& perm) { return g.Add("Transpose", {x}, {{"perm", perm}}); }
TensorId Last(SmallGraph& g, TensorId x) { return Turn(g, x, {0, 2, 3, 1}); }
TensorId First(SmallGraph& g, TensorId x) { return Turn(g, x, {0, 3, 1, 2}); }

TEST(SinkTransposes, NetworksWithChannelsLastBecomeThoseWithChannelsFirst) {
  SmallGraph g;
  const TensorId x = First(g, g.Input("x", {1, 6, 7, 3}));
  const TensorId a = Last(g, g.Add("Conv", {x, g.Random({4, 3, 3, 3})}));
  const TensorId biased = g.Add("Add", {a, g.Random({4})});
  const TensorId scaled = g.Add("Mul", {g.Random({1, 1, 1, 4}), biased});
  const TensorId acted = g.Add("Relu", {scaled});
  const TensorId b = Last(g, g.Add("Conv", {First(g, acted), g.Random({4, 4, 1, 1})}));
  const TensorId sum = g.Add("Add", {b, acted});
  const TensorId both =
      g.Add("Concat", {sum, Last(g, g.Add("Conv", {First(g, sum), g.Random({2, 4, 1, 1})}))}, {{"axis", int64_t{3}}});
  const TensorId end = Last(g, g.Add("Conv", {First(g, both), g.Random({2, 6, 1, 1})}));
  const graph::Graph before = g.Finish({g.Add("Sigmoid", {end})});
  graph::Graph after = before;
  Optimize(after);
  EXPECT_LE(testing::LargestOutputDifference(before, after), 1e-5);
  const std::string operators = testing::Operators(after);
  EXPECT_EQ(operators.find("Mul"), std::string::npos) << operators;
  EXPECT_EQ(operators.rfind("Transpose Conv+Relu", 0), 0U) << operators;
}

TEST(SinkTransposes, BringsTogetherWhatBelongsTogether) {
  SmallGraph function;
  const TensorId conv = function.Conv(function.Input("x", {1, 3, 5, 6}), 3, 4, 3);
  CheckPass(function.Finish({function.Add("Relu", {Last(function, conv)})}), SinkTransposes, 1, "Conv Relu Transpose");

  SmallGraph meeting;
  const TensorId turned = Last(meeting, meeting.Input("x", {1, 3, 5, 6}));
  const TensorId moved = meeting.Add("Sub", {meeting.Random({5, 1, 3}), turned});
  CheckPass(meeting.Finish({First(meeting, moved)}), SinkTransposes, 1, "Sub Transpose Transpose");

  SmallGraph two;
  const TensorId a = Last(two, two.Conv(two.Input("a", {1, 3, 5, 6}), 3, 4, 1));
  const TensorId b = Last(two, two.Conv(two.Input("b", {1, 3, 5, 6}), 3, 4, 1));
  CheckPass(two.Finish({two.Add("Concat", {two.Add("Mul", {a, b}), Last(two, two.Input("c", {1, 2, 5, 6}))},
                                {{"axis", int64_t{3}}})}),
            SinkTransposes, 2, "Conv Conv Mul Concat Transpose");
}

TEST(SinkTransposes, LeavesWhatItWouldOnlyMove) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 3, 5, 6});
  const TensorId alone = g.Add("Relu", {Last(g, x)});
  const TensorId turned = Last(g, g.Conv(x, 3, 4, 3));
  const TensorId twice = g.Add("Tanh", {turned});
  const TensorId other = g.Add("Sigmoid", {turned});
  const TensorId conv = g.Conv(x, 3, 3, 1);
  const TensorId mixed = g.Add("Add", {Turn(g, conv, {0, 1, 3, 2}), g.Input("y", {1, 3, 6, 5})});
  ExpectUntouched(g.Finish({alone, twice, other, mixed}), SinkTransposes);
}

TEST(FoldScale, OfAttentionGoesIntoTheWeights) {
  for (const bool product : {false, true}) {
    SmallGraph g;
    const TensorId x = g.Input("x", {1, 4, 3, 3});
    const auto tokens = [&](TensorId image) {
      return Turn(g, g.Add("Reshape", {image, g.Ints({1, 2, 4, 9})}), {0, 1, 3, 2});
    };
    TensorId q = tokens(g.Conv(x, 4, 8, 1));
    const TensorId k = g.Add("Reshape", {g.Conv(x, 4, 8, 1), g.Ints({1, 2, 4, 9})});
    if (!product) q = g.Add("Mul", {g.Scalar(0.35F), q});
    TensorId scores = g.Add("MatMul", {q, k});
    if (product) scores = g.Add("Mul", {scores, g.Scalar(0.35F)});
    const graph::Graph before = g.Finish({g.Add("Softmax", {scores}, {{"axis", int64_t{3}}})});
    const graph::Graph after = CheckPass(before, FoldScale, 1, "Conv Reshape Transpose Conv Reshape MatMul Softmax");
    EXPECT_EQ(after.nodes[product ? 5 : 2].onnx_nodes.back(), product ? "Mul_6" : "Mul_5");
  }
}

TEST(FoldScale, OfAPartGoesIntoItsChannels) {
  SmallGraph g;
  const TensorId rows = g.Add("Reshape", {g.Conv(g.Input("x", {1, 4, 3, 3}), 4, 12, 1), g.Ints({1, 3, 2, 2, 9})});
  const TensorId turned = Turn(g, rows, {1, 0, 2, 4, 3});  // part, batch, head, place, channel
  const std::vector<TensorId> parts = g.AddMany("Split", {turned, g.Ints({1, 1, 1})}, 3, {{"axis", int64_t{0}}});
  const auto squeezed = [&](TensorId part) { return g.Add("Squeeze", {part, g.Ints({0})}); };
  const TensorId keys = Turn(g, squeezed(parts[1]), {0, 1, 3, 2});
  const TensorId scores = g.Add("MatMul", {squeezed(parts[0]), keys});
  const TensorId shares = g.Add("Softmax", {g.Add("Mul", {scores, g.Scalar(0.7F)})}, {{"axis", int64_t{3}}});
  const graph::Graph before = g.Finish({g.Add("MatMul", {shares, squeezed(parts[2])})});
  const graph::Graph after = CheckPass(
      before, FoldScale, 1, "Conv Reshape Transpose Split Squeeze Transpose Squeeze MatMul Softmax Squeeze MatMul");
  const auto& old_weights = before.tensor(before.nodes[0].inputs[1]).constant->floats;
  const auto& weights = after.tensor(after.nodes[0].inputs[1]).constant->floats;
  for (size_t i = 0; i < weights.size(); ++i) {
    EXPECT_FLOAT_EQ(weights[i], old_weights[i] * (i / 4 < 4 ? 0.7F : 1.0F)) << "channel " << i / 4;
  }
}

TEST(FoldScale, LeavesPartsOfChannels) {
  SmallGraph g;
  const TensorId rows = g.Add("Reshape", {g.Conv(g.Input("x", {1, 4, 3, 4}), 4, 6, 1), g.Ints({1, 6, 12})});
  const std::vector<TensorId> parts = g.AddMany("Split", {rows, g.Ints({5, 7})}, 2, {{"axis", int64_t{2}}});
  ExpectUntouched(g.Finish({g.Add("Mul", {parts[0], g.Scalar(0.5F)}), parts[1]}), FoldScale);
}

TEST(FoldScale, LeavesWhatOthersReadAndWhatIsNoConvolution) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 4, 3, 3});
  const TensorId rows = g.Add("Reshape", {g.Conv(x, 4, 4, 1), g.Ints({4, 9})});
  const TensorId shared = g.Add("Mul", {rows, g.Scalar(0.5F)});
  const TensorId acted = g.Add("Reshape", {g.Add("Relu", {g.Conv(x, 4, 4, 1)}), g.Ints({4, 9})});
  const TensorId behind = g.Add("Mul", {acted, g.Scalar(0.5F)});
  const TensorId whole = g.Add("Reshape", {g.Conv(x, 4, 4, 1), g.Ints({4, 9})});
  const TensorId uneven = g.Add("Mul", {whole, g.Random({4, 1})});
  const TensorId own = g.Add("Mul", {g.Add("MatMul", {g.Input("a", {3, 4}), g.Input("b", {4, 5})}), g.Scalar(2.0F)});
  ExpectUntouched(g.Finish({rows, shared, behind, uneven, own}), FoldScale);
}

// What is said of a moved Transpose is said of the network's own.
TEST(SinkTransposes, TheyStandForTheTransposesThatTheyWere) {
  SmallGraph g;
  const TensorId a = Last(g, g.Conv(g.Input("a", {1, 3, 5, 6}), 3, 4, 1));
  const TensorId b = Last(g, g.Conv(g.Input("b", {1, 3, 5, 6}), 3, 4, 1));
  graph::Graph graph = g.Finish({g.Add("Tanh", {g.Add("Mul", {a, b})})});
  EXPECT_EQ(SinkTransposes(graph), 2);
  ASSERT_EQ(testing::Operators(graph), "Conv Conv Mul Tanh Transpose");
  EXPECT_EQ(graph.nodes[2].onnx_nodes, (std::vector<std::string>{"Mul_4"}));
  EXPECT_EQ(graph.nodes[3].onnx_nodes, (std::vector<std::string>{"Tanh_5"}));
  EXPECT_EQ(graph.nodes[4].onnx_nodes, (std::vector<std::string>{"Transpose_1", "Transpose_3"}));
}

// The first stays for others: each is named once, however long the chain is.
TEST(SinkTransposes, ASkippedTransposeKeepsItsName) {
  constexpr int kLength = 40;
  SmallGraph g;
  TensorId turned = g.Input("x", {1, 3, 5, 6});
  std::vector<TensorId> outputs;
  for (int i = 0; i < kLength; ++i) {
    turned = Turn(g, turned, {0, 2, 1, 3});
    outputs.push_back(g.Add("Relu", {turned}));
  }
  const graph::Graph before = g.Finish(outputs);
  graph::Graph after = before;
  EXPECT_EQ(SinkTransposes(after), kLength - 1);
  EXPECT_EQ(testing::LargestOutputDifference(before, after), 0.0);
  for (const graph::Node& node : after.nodes) EXPECT_EQ(node.onnx_nodes, std::vector<std::string>{node.name});
}

// What a chain became is named once after all of them.
TEST(MergeChains, AChainStandsForAllOfItsNodes) {
  constexpr size_t kLength = 2001;
  SmallGraph g;
  TensorId turned = g.Input("x", {1, 3, 5, 6});
  for (size_t i = 0; i < kLength; ++i) turned = Turn(g, turned, {0, 2, 1, 3});
  graph::Graph graph = g.Finish({turned});
  EXPECT_EQ(MergeChains(graph), static_cast<int>(kLength) - 1);
  ASSERT_EQ(graph.nodes.size(), 1U);
  EXPECT_EQ(graph.nodes[0].Ints("perm", {}), (std::vector<int64_t>{0, 2, 1, 3}));
  ASSERT_EQ(graph.nodes[0].onnx_nodes.size(), kLength);
  EXPECT_EQ(graph.nodes[0].onnx_nodes.front(), "Transpose_0");
  EXPECT_EQ(graph.nodes[0].onnx_nodes.back(), "Transpose_" + std::to_string(kLength - 1));
}

}  // namespace
}  // namespace lockstep::optimize
