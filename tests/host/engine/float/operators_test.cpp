// Every operator against plain loops, on plain and on blocked data, with channel counts around the blocks.
#include <gtest/gtest.h>

#include "graph_maker.h"

namespace lockstep::testing {
namespace {

using graph::ActivationKind;

// The number of channels, and whether the operator gets its input from a convolution (in blocked layout) or as it came.
struct Case {
  int64_t channels;
  bool blocked;
};

void PrintTo(const Case& value, std::ostream* stream) {
  *stream << value.channels << " channels, " << (value.blocked ? "blocked" : "plain");
}

class OnChannels : public ::testing::TestWithParam<Case> {
 protected:
  GraphMaker maker;
  int64_t channels() const { return GetParam().channels; }
  TensorId Image(int64_t height = 7, int64_t width = 9) {
    const TensorId input = maker.Input({1, GetParam().blocked ? 16 : channels(), height, width});
    return GetParam().blocked ? maker.Conv(input, channels()) : input;
  }
  void Expect(TensorId output) { ExpectMatchesPlain(maker.Finish({output})); }
};

INSTANTIATE_TEST_SUITE_P(Shapes, OnChannels,
                         ::testing::Values(Case{1, false}, Case{3, false}, Case{17, false}, Case{32, false},
                                           Case{8, true}, Case{15, true}, Case{16, true}, Case{17, true},
                                           Case{48, true}));

TEST_P(OnChannels, Conv1x1) { Expect(maker.Conv(Image(), 32)); }
TEST_P(OnChannels, Conv1x1ToOne) { Expect(maker.Conv(Image(), 1)); }
TEST_P(OnChannels, Conv3x3) { Expect(maker.Conv(Image(), 24, 3)); }
TEST_P(OnChannels, Conv3x3Stride2) { Expect(maker.Conv(Image(), 16, 3, 2)); }
TEST_P(OnChannels, ConvDepthwise) { Expect(maker.Conv(Image(), channels(), 3, 1, channels())); }

TEST_P(OnChannels, ConvDilatedUnevenlyPaddedWithoutBias) {
  const TensorId image = Image();
  const TensorId weights = maker.RandomConstant({16, channels(), 3, 2});
  Expect(maker.Add("Conv", {image, weights},
                   {{"dilations", std::vector<int64_t>{2, 3}}, {"pads", std::vector<int64_t>{1, 0, 3, 2}}}));
}

TEST_P(OnChannels, ConvPaddedBeyondItsWindow) {
  const TensorId image = Image();
  const auto padded = [&](int64_t kernel) {
    const TensorId weights = maker.RandomConstant({16, channels(), kernel, kernel});
    return maker.Add("Conv", {image, weights}, {{"pads", std::vector<int64_t>{kernel + 2, 0, kernel, kernel + 4}}});
  };
  const std::vector<TensorId> outputs = {padded(1), padded(3)};
  ExpectMatchesPlain(maker.Finish(outputs));
}

TEST_P(OnChannels, MaxPool) {
  Expect(maker.Add("MaxPool", {Image()},
                   {{"kernel_shape", std::vector<int64_t>{5, 5}}, {"pads", std::vector<int64_t>{2, 2, 2, 2}}}));
}

TEST_P(OnChannels, MaxPoolWithCeil) {
  Expect(maker.Add("MaxPool", {Image(8, 9)},
                   {{"kernel_shape", std::vector<int64_t>{3, 2}},
                    {"strides", std::vector<int64_t>{2, 2}},
                    {"ceil_mode", int64_t{1}}}));
}

TEST_P(OnChannels, ResizeTwofold) {
  const TensorId scales = maker.Constant({4}, {1.0F, 1.0F, 2.0F, 2.0F});
  Expect(maker.Add(
      "Resize", {Image(), graph::kNoTensor, scales},
      {{"coordinate_transformation_mode", std::string("asymmetric")}, {"nearest_mode", std::string("floor")}}));
}

TEST_P(OnChannels, ResizeToSize) {
  const TensorId sizes = maker.Ints({1, channels(), 5, 13});
  Expect(maker.Add("Resize", {Image(), graph::kNoTensor, graph::kNoTensor, sizes}));
}

TEST_P(OnChannels, Pad) {
  for (const char* mode : {"constant", "edge", "reflect"}) {
    GraphMaker fresh;
    maker = fresh;
    const TensorId image = Image();
    const TensorId pads = maker.Ints({0, 0, 2, 1, 0, 0, 3, -1});
    const TensorId fill = maker.Constant({}, {-1.5F});
    Expect(maker.Add("Pad", {image, pads, fill}, {{"mode", std::string(mode)}}));
  }
}

TEST_P(OnChannels, PadChannels) {
  const TensorId image = Image();
  Expect(maker.Add("Pad", {image, maker.Ints({0, 1, 0, 0, 0, 2, 0, 0}), maker.Constant({}, {3.0F})}));
}

TEST_P(OnChannels, PadOneChannelInFront) {
  const TensorId image = Image();
  Expect(maker.Add("Pad", {image, maker.Ints({0, 1, 0, 0, 0, 0, 0, 0}), maker.Constant({}, {3.0F})}));
}

TEST_P(OnChannels, Slice) {
  const TensorId image = Image();
  Expect(maker.Add("Slice",
                   {image, maker.Ints({6, 1}), maker.Ints({-100, 100}), maker.Ints({2, -1}), maker.Ints({-2, 3})}));
}

TEST_P(OnChannels, SliceOfChannels) {
  const TensorId image = Image();
  Expect(maker.Add("Slice", {image, maker.Ints({channels() / 2}), maker.Ints({channels()}), maker.Ints({1})}));
}

TEST_P(OnChannels, SliceOfABlockThatStartsInsideOfOne) {
  const TensorId wide = maker.Conv(Image(), 48);
  Expect(maker.Add("Slice", {wide, maker.Ints({8}), maker.Ints({24}), maker.Ints({1})}));
}

TEST_P(OnChannels, Transpose) {
  Expect(maker.Add("Transpose", {Image()}, {{"perm", std::vector<int64_t>{0, 2, 3, 1}}}));
}

TEST_P(OnChannels, ReshapeToPixels) { Expect(maker.Add("Reshape", {Image(), maker.Ints({1, channels(), -1})})); }
TEST_P(OnChannels, ReshapeToVector) { Expect(maker.Add("Reshape", {Image(), maker.Ints({-1})})); }
TEST_P(OnChannels, Flatten) { Expect(maker.Add("Flatten", {Image()})); }

TEST_P(OnChannels, SqueezeAndUnsqueeze) {
  const TensorId squeezed = maker.Add("Squeeze", {Image(), maker.Ints({0})});
  Expect(maker.Add("Unsqueeze", {squeezed, maker.Ints({1, 4})}));
}

TEST_P(OnChannels, Softmax) {
  for (const int64_t axis : {1, 2, 3}) {
    GraphMaker fresh;
    maker = fresh;
    Expect(maker.Add("Softmax", {Image(20, 40)}, {{"axis", axis}}));
  }
}

TEST_P(OnChannels, BatchNormalization) {
  const TensorId image = Image();
  const Shape each{channels()};
  Expect(maker.Add("BatchNormalization", {image, maker.RandomConstant(each), maker.RandomConstant(each),
                                          maker.RandomConstant(each), maker.RandomConstant(each, 0.5F, 2.0F)}));
}

TEST_P(OnChannels, ArithmeticWithBroadcasting) {
  const int64_t c = channels();
  const Shape operands[] = {{1, c, 7, 9}, {1, c, 1, 1}, {c, 1, 1}, {1, 1, 7, 9}, {9}, {}, {7, 1}, {1, 1, 1, 1, 1}};
  for (const char* op : {"Sub", "Add", "Mul", "Div", "Min", "Max"}) {
    for (const Shape& operand : operands) {
      if (std::string(op) != "Sub" && operand.size() != 3) continue;
      for (const bool swapped : {false, true}) {
        SCOPED_TRACE(std::string(op) + " with " + graph::ToString(operand) + (swapped ? ", swapped" : ""));
        GraphMaker fresh;
        maker = fresh;
        TensorId a = Image();
        TensorId b = maker.RandomConstant(operand, 0.5F, 2.0F);
        if (std::string(op) == "Div" && swapped) a = maker.Add("Exp", {a});
        if (swapped) std::swap(a, b);
        Expect(maker.Add(op, {a, b}));
      }
    }
  }
}

TEST_P(OnChannels, ArithmeticOfTwoTensors) {
  const TensorId a = Image();
  const TensorId other = maker.Input({1, channels(), 7, 9});
  Expect(maker.Add("Mul", {other, maker.Add("Sub", {a, other})}));
}

TEST_P(OnChannels, ConcatOfChannelsAndRows) {
  for (const int64_t axis : {1, 2, 3}) {
    GraphMaker fresh;
    maker = fresh;
    const TensorId a = Image();
    const TensorId b = maker.Input(maker.ShapeOf(a));
    const TensorId c = maker.Conv(b, channels());
    Expect(maker.Add("Concat", {c, a, b, a}, {{"axis", axis}}));
  }
}

TEST_P(OnChannels, SplitOfChannels) {
  const TensorId wide = maker.Conv(Image(), 3 * channels());
  const auto parts =
      maker.AddMany("Split", {wide, maker.Ints({channels(), 2 * channels()})}, 2, {{"axis", int64_t{1}}});
  ExpectMatchesPlain(maker.Finish({parts[0], parts[1]}));
}

TEST_P(OnChannels, SplitOfRows) {
  const auto parts = maker.AddMany("Split", {Image(), maker.Ints({3, 4})}, 2, {{"axis", int64_t{2}}});
  ExpectMatchesPlain(maker.Finish({parts[1], parts[0]}));
}

const graph::Activation kActivations[] = {
    {ActivationKind::kRelu, 0.0, 0.0},        {ActivationKind::kClip, -0.5, 0.75},
    {ActivationKind::kLeakyRelu, 0.1, 0.0},   {ActivationKind::kSigmoid, 0.0, 0.0},
    {ActivationKind::kSilu, 0.0, 0.0},        {ActivationKind::kTanh, 0.0, 0.0},
    {ActivationKind::kHardSigmoid, 0.2, 0.5}, {ActivationKind::kHardSwish, 0.0, 0.0},
    {ActivationKind::kElu, 1.5, 0.0},         {ActivationKind::kGelu, 0.0, 0.0},
    {ActivationKind::kMish, 0.0, 0.0},        {ActivationKind::kSoftplus, 0.0, 0.0},
    {ActivationKind::kExp, 0.0, 0.0},         {ActivationKind::kAbs, 0.0, 0.0},
    {ActivationKind::kGeluTanh, 0.0, 0.0},    {ActivationKind::kErf, 0.0, 0.0},
    {ActivationKind::kSelu, 1.5, 1.25},       {ActivationKind::kCos, 0.0, 0.0}};

TEST_P(OnChannels, FusedActivationWithAndWithoutItsInputShown) {
  for (const graph::Activation& activation : kActivations) {
    SCOPED_TRACE(graph::ActivationName(activation.kind));
    GraphMaker fresh;
    maker = fresh;
    const TensorId output = maker.Conv(Image(), 20, 3);
    maker.Activate(activation);
    const graph::Graph graph = maker.Finish({output});
    ExpectMatchesPlain(graph);
    engine::FloatEngineOptions options;
    options.observed = {graph.tensor(graph.nodes.back().pre_activation).name};
    ExpectMatchesPlain(graph, options);
  }
}

// The formulas themselves, over the range in which they bend; rounding of a convolution would hide small errors.
TEST(Activations, AreAccurate) {
  for (const graph::Activation& activation : kActivations) {
    SCOPED_TRACE(graph::ActivationName(activation.kind));
    constexpr int kPoints = 40001;
    GraphMaker maker;
    const TensorId input = maker.Input({kPoints});
    const TensorId same = maker.Add("Identity", {input});
    maker.Activate(activation);
    const graph::Graph graph = maker.Finish({same});
    engine::FloatTensor points{{kPoints}, {}};
    for (int i = 0; i < kPoints; ++i) points.data.push_back(-20.0F + static_cast<float>(i) / 1000.0F);
    const auto outputs = engine::FloatEngine(graph, {}).Run({{graph.tensor(input).name, points}});
    const engine::FloatTensor& ours = outputs.begin()->second;
    for (int i = 0; i < kPoints; ++i) {
      const auto at = static_cast<size_t>(i);
      const double expected = graph::Evaluate(activation, points.data[at]);
      ASSERT_NEAR(ours.data[at], expected, 2e-6 * std::max(1.0, std::abs(expected))) << "at " << points.data[at];
    }
  }
}

TEST(Standalone, EveryActivationNode) {
  for (const char* op :
       {"Relu", "LeakyRelu", "Sigmoid", "Tanh", "HardSigmoid", "HardSwish", "Elu",  "Mish",  "Exp",  "Softplus",
        "SiLU", "Gelu",      "Abs",     "Erf",  "Cos",         "Selu",      "Celu", "Floor", "Sign", "IsBelow"}) {
    SCOPED_TRACE(op);
    GraphMaker maker;
    ExpectMatchesPlain(maker.Finish({maker.Add(op, {maker.Conv(maker.Input({1, 8, 5, 5}), 20)})}));
  }
}

// What oneDNN has no primitive for runs in the operator's own loops, between blocked convolutions and with a fused
// activation too.
TEST(Evaluated, OperatorsWithoutAPrimitive) {
  GraphMaker maker;
  const TensorId image = maker.Conv(maker.Input({1, 16, 6, 6}), 16, 3);
  const TensorId slopes = maker.Add("PRelu", {image, maker.RandomConstant({16, 1, 1})});
  maker.Activate({graph::ActivationKind::kRelu, 0.0, 0.0});
  const TensorId mean = maker.Add("ReduceMean", {maker.Conv(slopes, 16)}, {{"axes", std::vector<int64_t>{2, 3}}});
  const TensorId rows = maker.Add("Gather", {slopes, maker.Ints({5, -1, 0})}, {{"axis", int64_t{2}}});
  ExpectMatchesPlain(maker.Finish({mean, rows}));
}

TEST(Matrices, MatMulOfEveryRank) {
  const std::pair<Shape, Shape> shapes[] = {
      {{3, 7}, {7, 5}}, {{7}, {7, 5}},    {{3, 7}, {7}},          {{7}, {7}},
      {{7}, {2, 7, 5}}, {{2, 3, 7}, {7}}, {{4, 2, 3, 7}, {7, 5}}, {{3, 7}, {4, 2, 7, 5}},
  };
  for (const auto& [a, b] : shapes) {
    for (const bool constant : {false, true}) {
      SCOPED_TRACE(graph::ToString(a) + " times " + graph::ToString(b) + (constant ? ", constant" : ""));
      GraphMaker maker;
      const TensorId left = maker.Input(a);
      ExpectMatchesPlain(
          maker.Finish({maker.Add("MatMul", {left, constant ? maker.RandomConstant(b) : maker.Input(b)})}));
    }
  }
}

TEST(Matrices, GemmWithEveryAddend) {
  for (const Shape& c : {Shape{3, 5}, Shape{3, 1}, Shape{1, 5}, Shape{5}, Shape{1}, Shape{}}) {
    for (const int64_t turned : {0, 1}) {
      SCOPED_TRACE(graph::ToString(c) + (turned == 1 ? ", transposed" : ""));
      GraphMaker maker;
      const TensorId a = maker.Input(turned == 1 ? Shape{7, 3} : Shape{3, 7});
      const TensorId b = maker.Input(turned == 1 ? Shape{5, 7} : Shape{7, 5});
      ExpectMatchesPlain(
          maker.Finish({maker.Add("Gemm", {a, b, maker.RandomConstant(c)},
                                  {{"alpha", 0.5F}, {"beta", -2.0F}, {"transA", turned}, {"transB", turned}})}));
    }
  }
}

TEST(Batches, MoreThanOnePicture) {
  GraphMaker maker;
  const TensorId image = maker.Input({3, 16, 6, 6});
  const auto parts = maker.AddMany("Split", {maker.Conv(image, 32, 3)}, 2, {{"axis", int64_t{1}}});
  const TensorId joined = maker.Add("Concat", {parts[1], maker.Conv(parts[0], 16, 3), image}, {{"axis", int64_t{1}}});
  ExpectMatchesPlain(maker.Finish({maker.Conv(joined, 16)}));
}

TEST(Ranks, ConvolutionsOfRowsAndVolumes) {
  for (const Shape& shape : {Shape{1, 16, 20}, Shape{1, 16, 4, 5, 6}}) {
    GraphMaker maker;
    ExpectMatchesPlain(maker.Finish({maker.Conv(maker.Input(shape), 32, 3)}));
  }
}

}  // namespace
}  // namespace lockstep::testing
