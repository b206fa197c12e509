#include <cmath>
#include <limits>

#include "optimize/optimize.h"
#include "pass_check.h"

namespace lockstep::optimize {
namespace {

using graph::TensorId;
using testing::SmallGraph;

constexpr float kInfinity = std::numeric_limits<float>::infinity();

TensorId BatchNorm(SmallGraph& small, TensorId x, int64_t channels) {
  return small.Add("BatchNormalization", {x, small.Random({channels}), small.Random({channels}),
                                          small.Random({channels}), small.Random({channels}, 0.1F, 2.0F)});
}

TEST(FoldAffineIntoConv, TakesBatchNormalization) {
  for (const int64_t group : {1, 2}) {
    SmallGraph small;
    const TensorId x = small.Input("x", {1, 4, 5, 4});
    const TensorId y = BatchNorm(small, small.Conv(x, 4, 6, 3, {{"group", group}}), 6);
    const graph::Graph after = CheckPass(small.Finish({y}), FoldAffineIntoConv, 1, "Conv");
    EXPECT_EQ(after.nodes[0].onnx_nodes, (std::vector<std::string>{"Conv_0", "BatchNormalization_1"}));
  }
}

TEST(FoldAffineIntoConv, TakesArithmeticWithOneConstantPerChannel) {
  for (const std::string op : {"Add", "Sub", "Mul", "Div"}) {
    for (const graph::Shape& shape :
         {graph::Shape{}, graph::Shape{6, 1, 1}, graph::Shape{1, 6, 1, 1}, graph::Shape{1}}) {
      SCOPED_TRACE(op + " with " + graph::ToString(shape));
      SmallGraph small;
      const TensorId x = small.Input("x", {1, 4, 5, 4});
      const TensorId y = small.Add(op, {small.Conv(x, 4, 6, 3), small.Random(shape, 0.5F, 2.0F)});
      CheckPass(small.Finish({y}), FoldAffineIntoConv, 1, "Conv");
    }
  }
}

TEST(FoldAffineIntoConv, TakesAConstantOnTheLeft) {
  for (const std::string op : {"Add", "Sub", "Mul"}) {
    SmallGraph small;
    const TensorId x = small.Input("x", {1, 4, 5, 4});
    const TensorId y = small.Add(op, {small.Random({6, 1, 1}), small.Conv(x, 4, 6, 3)});
    CheckPass(small.Finish({y}), FoldAffineIntoConv, 1, "Conv");
  }
}

TEST(FoldAffineIntoConv, TakesAChainAndAConvWithoutBias) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 4, 5, 4});
  const TensorId conv = small.Add("Conv", {x, small.Random({6, 4, 1, 1})});
  const TensorId y = BatchNorm(small, small.Add("Add", {conv, small.Random({6, 1, 1})}), 6);
  CheckPass(small.Finish({y}), FoldAffineIntoConv, 2, "Conv");
}

// The message of a build names the node that leaves the range of floats.
TEST(FoldAffineIntoConv, LeavesWhatOverflows) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 4, 5, 4});
  TensorId y = small.Conv(x, 4, 6, 3);
  for (int i = 0; i < 2; ++i) y = small.Add("Mul", {y, small.Floats({}, {3e38F})});
  graph::Graph graph = small.Finish({y});
  Optimize(graph);
  ASSERT_TRUE(FindBlockers(graph).empty());
  ASSERT_EQ(graph.nodes.size(), 2U);
  EXPECT_EQ(graph.nodes[0].op, "Conv");
  EXPECT_EQ(graph.nodes[0].onnx_nodes, (std::vector<std::string>{"Conv_0", "Mul_1"}));
  EXPECT_EQ(graph.nodes[1].onnx_nodes, (std::vector<std::string>{"Mul_2"}));
  for (const TensorId id : graph.nodes[0].inputs) {
    if (!graph.tensor(id).constant) continue;
    for (const float value : graph.tensor(id).constant->floats) EXPECT_TRUE(std::isfinite(value)) << value;
  }
}

TEST(FoldAffineIntoConv, TransposedConvolutionsHaveTheirOutputChannelsBehindTheInputs) {
  for (const int64_t group : {1, 2}) {
    for (const bool biased : {false, true}) {
      SmallGraph small;
      const TensorId x = small.Input("x", {1, 4, 3, 2});
      std::vector<TensorId> inputs = {x, small.Random({4, 6 / group, 3, 2})};
      if (biased) inputs.push_back(small.Random({6}));
      const TensorId up =
          small.Add("ConvTranspose", inputs, {{"group", group}, {"strides", std::vector<int64_t>{2, 2}}});
      CheckPass(small.Finish({BatchNorm(small, up, 6)}), FoldAffineIntoConv, 1, "ConvTranspose");
    }
  }
}

TEST(FoldAffineIntoConv, LeavesWeightsThatAnotherConvUses) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 4, 5, 4});
  const TensorId weights = small.Random({4, 4, 1, 1});
  const TensorId first = BatchNorm(small, small.Add("Conv", {x, weights}), 4);
  const TensorId y = small.Add("Add", {first, small.Add("Conv", {x, weights})});
  CheckPass(small.Finish({y}), FoldAffineIntoConv, 1, "Conv Conv Add");
}

TEST(FoldAffineIntoConv, LeavesWhatIsNotPerChannelOrHasOtherReaders) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 4, 5, 4});
  const TensorId conv = small.Conv(x, 4, 6, 1);
  const TensorId wide = small.Add("Add", {conv, small.Random({1, 6, 5, 4})});
  const TensorId read_twice = small.Conv(x, 4, 6, 1);
  const TensorId scaled = small.Add("Mul", {read_twice, small.Random({6, 1, 1})});
  const TensorId column = small.Add("Mul", {small.Conv(x, 4, 6, 1), small.Random({4})});  // along the width
  ExpectUntouched(small.Finish({wide, scaled, small.Add("Relu", {read_twice}), column}), FoldAffineIntoConv);
}

TEST(ReplaceBatchNorm, BecomesADepthwiseConvOrArithmetic) {
  SmallGraph small;
  CheckPass(small.Finish({BatchNorm(small, small.Input("x", {1, 4, 5, 4}), 4)}), ReplaceBatchNorm, 1, "Conv");
  SmallGraph flat;
  CheckPass(flat.Finish({BatchNorm(flat, flat.Input("x", {1, 4, 7}), 4)}), ReplaceBatchNorm, 1, "Mul Add");
}

TEST(FoldPads, TakesZerosIntoAConv) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 3, 5, 4});
  const TensorId pads = small.Ints({0, 0, 1, 2, 0, 0, 3, 0});
  const TensorId conv = small.Conv(small.Add("Pad", {x, pads}), 3, 4, 3, {{"pads", std::vector<int64_t>{1, 0, 0, 1}}});
  graph::Graph before = small.Finish({conv});
  MakeExplicit(before);
  const graph::Graph after = CheckPass(before, FoldPads, 1, "Conv");
  EXPECT_EQ(after.nodes[0].Ints("pads", {}), (std::vector<int64_t>{2, 2, 3, 1}));
  EXPECT_EQ(after.nodes[0].onnx_nodes, (std::vector<std::string>{"Pad_0", "Conv_1"}));
}

graph::Graph PaddedPool(float value, bool never_negative) {
  SmallGraph small;
  TensorId x = small.Input("x", {1, 3, 5, 4});
  if (never_negative) x = small.Add("Relu", {x});
  const TensorId pad = small.Add("Pad", {x, small.Ints({0, 0, 1, 1, 0, 0, 1, 0}), small.Scalar(value)});
  graph::Graph graph = small.Finish({small.Add("MaxPool", {pad}, {{"kernel_shape", std::vector<int64_t>{3, 2}}})});
  MakeExplicit(graph);
  return graph;
}

TEST(FoldPads, TakesWhatCannotWinIntoAMaxPool) {
  CheckPass(PaddedPool(-kInfinity, false), FoldPads, 1, "MaxPool");
  CheckPass(PaddedPool(std::numeric_limits<float>::lowest(), false), FoldPads, 1, "MaxPool");
  CheckPass(PaddedPool(-3.4e38F, false), FoldPads, 1, "MaxPool");
  CheckPass(PaddedPool(0.0F, true), FoldPads, 1, "Relu MaxPool");
  ExpectUntouched(PaddedPool(-1e9F, false), FoldPads);
  ExpectUntouched(PaddedPool(0.0F, false), FoldPads);
  ExpectUntouched(PaddedPool(1.0F, true), FoldPads);
}

// A function fused behind a node says more than the node.
TEST(FoldPads, LooksAtWhatIsFusedInFrontOfAMaxPool) {
  using graph::Activation;
  using graph::ActivationKind;
  const std::pair<Activation, bool> cases[] = {{{ActivationKind::kRelu}, true},
                                               {{ActivationKind::kClip, 0.0, 6.0}, true},
                                               {{ActivationKind::kClip, -5.0, -1.0}, false},
                                               {{ActivationKind::kTanh}, false},
                                               {{ActivationKind::kNeg}, false}};
  for (const auto& [activation, folds] : cases) {
    SCOPED_TRACE(graph::ActivationName(activation.kind));
    graph::Graph graph = PaddedPool(0.0F, true);
    graph.nodes[0].op = "Abs";
    graph.nodes[0].activation = activation;
    EXPECT_EQ(FoldPads(graph), folds ? 1 : 0);
  }
}

graph::Graph PaddedAverage(float value, int64_t pad, int64_t count_include_pad) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 3, 5, 4});
  const TensorId padded = small.Add("Pad", {x, small.Ints({0, 0, 1, 1, 0, 0, 1, 0}), small.Scalar(value)});
  graph::Graph graph = small.Finish({small.Add("AveragePool", {padded},
                                               {{"kernel_shape", std::vector<int64_t>{3, 4}},
                                                {"pads", std::vector<int64_t>{0, pad, 0, 0}},
                                                {"count_include_pad", count_include_pad}})});
  MakeExplicit(graph);
  return graph;
}

TEST(FoldPads, TakesWhatCountsAsPaddingIntoAnAveragePool) {
  CheckPass(PaddedAverage(0.0F, 0, 0), FoldPads, 1, "AveragePool");
  CheckPass(PaddedAverage(0.0F, 1, 1), FoldPads, 1, "AveragePool");
  ExpectUntouched(PaddedAverage(0.0F, 1, 0), FoldPads);
  ExpectUntouched(PaddedAverage(1.0F, 0, 0), FoldPads);
}

TEST(FoldPads, LeavesOtherPads) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 3, 5, 4});
  const TensorId spatial = small.Ints({0, 0, 1, 1, 0, 0, 1, 1});
  const TensorId channels = small.Ints({0, 1, 0, 0, 0, 0, 0, 0});
  const TensorId crop = small.Ints({0, 0, -1, 0, 0, 0, 0, 0});
  const TensorId edge = small.Conv(small.Add("Pad", {x, spatial}, {{"mode", std::string("edge")}}), 3, 2, 1);
  const TensorId one = small.Conv(small.Add("Pad", {x, spatial, small.Scalar(1.0F)}), 3, 2, 1);
  const TensorId wide = small.Conv(small.Add("Pad", {x, channels}), 4, 2, 1);
  const TensorId less = small.Conv(small.Add("Pad", {x, crop}), 3, 2, 1);
  graph::Graph graph = small.Finish({edge, one, wide, less});
  MakeExplicit(graph);
  ExpectUntouched(graph, FoldPads);
}

TEST(FoldAffineIntoConv, LeavesAConvWithoutInputChannels) {
  SmallGraph small;
  const TensorId conv = small.Add("Conv", {small.Input("x", {1, 0, 5, 4}), small.Floats({6, 0, 1, 1}, {})});
  ExpectUntouched(small.Finish({small.Add("Add", {conv, small.Random({6, 1, 1})})}), FoldAffineIntoConv);
}

// No pool is a layer whose windows may lie in the padding, and with dilations they step over the image.
TEST(FoldPads, LeavesWhatLetsWindowsLieInThePadding) {
  for (const std::string op : {"MaxPool", "AveragePool"}) {
    SmallGraph small;
    const TensorId pad = small.Add("Pad", {small.Add("Relu", {small.Input("x", {1, 3, 5, 4})}),
                                           small.Ints({0, 0, 2, 0, 0, 0, 2, 0}), small.Scalar(0.0F)});
    graph::Graph graph = small.Finish({small.Add(op, {pad}, {{"kernel_shape", std::vector<int64_t>{2, 2}}})});
    MakeExplicit(graph);
    ExpectUntouched(graph, FoldPads);
  }
  SmallGraph small;
  const TensorId pad = small.Add("Pad", {small.Add("Relu", {small.Input("x", {1, 1, 3, 1})}),
                                         small.Ints({0, 0, 1, 0, 0, 0, 1, 0}), small.Scalar(0.0F)});
  graph::Graph graph = small.Finish({small.Add(
      "MaxPool", {pad}, {{"kernel_shape", std::vector<int64_t>{2, 1}}, {"dilations", std::vector<int64_t>{4, 1}}})});
  MakeExplicit(graph);
  ExpectUntouched(graph, FoldPads);
}

}  // namespace
}  // namespace lockstep::optimize
