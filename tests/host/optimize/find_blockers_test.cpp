#include <gtest/gtest.h>

#include <limits>

#include "blocker_text.h"
#include "support/small_graph.h"

namespace lockstep::optimize {
namespace {

using graph::TensorId;
using testing::SmallGraph;

using Ints = std::vector<int64_t>;

TEST(FindBlockers, ListsAllAndNothingThatOnlyFollows) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 3, 4, 4});
  const TensorId strange = small.Add("com.example.Strange", {x});
  const TensorId after = small.Add("Relu", {small.Conv(strange, 3, 3, 1)});  // unknown shapes, nothing wrong with it
  const TensorId mean = small.Add("LpPool", {x}, {{"kernel_shape", Ints{2, 2}}});
  const TensorId linear = small.Add("Resize", {x, graph::kNoTensor, small.Floats({4}, {1, 1, 2, 2})},
                                    {{"mode", std::string("linear")}, {"antialias", int64_t{1}}});
  graph::Graph graph = small.Finish({after, mean, linear});
  Optimize(graph);
  EXPECT_EQ(Text(FindBlockers(graph)),
            "com.example.Strange_0|com.example.Strange|the operator is not supported\n"
            "LpPool_3|LpPool|the operator is not supported\n"
            "Resize_4|Resize|antialias 1 is not supported; export it with antialias=False\n");
}

TEST(FindBlockers, FindsNothingInASupportedGraph) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 4, 8, 8});
  const TensorId conv =
      small.Add("Relu", {small.Conv(x, 4, 4, 3, {{"pads", Ints{1, 1, 1, 1}}, {"group", int64_t{2}}})});
  const TensorId pool = small.Add("MaxPool", {conv}, {{"kernel_shape", Ints{2, 2}}, {"strides", Ints{2, 2}}});
  const TensorId up = small.Add("Resize", {pool, graph::kNoTensor, small.Floats({4}, {1, 1, 2, 2})});
  const TensorId smooth = small.Add("Resize", {up, graph::kNoTensor, small.Floats({4}, {1, 1, 1.5F, 2})},
                                    {{"mode", std::string("cubic")}, {"exclude_outside", int64_t{1}}});
  const TensorId average = small.Add("AveragePool", {up}, {{"kernel_shape", Ints{3, 3}}, {"ceil_mode", int64_t{1}}});
  const TensorId overall = small.Add("GlobalAveragePool", {average});
  const TensorId joined =
      small.Add("Concat", {small.Add("Sub", {up, x}), small.Add("Mul", {up, conv})}, {{"axis", int64_t{1}}});
  const auto parts = small.AddMany("Split", {joined}, 2, {{"axis", int64_t{1}}});
  const TensorId cut =
      small.Add("Slice", {parts[0], small.Ints({1}), small.Ints({7}), small.Ints({2}), small.Ints({2})});
  const TensorId flat = small.Add("Flatten", {small.Add("Transpose", {cut}, {{"perm", Ints{0, 2, 3, 1}}})});
  const TensorId soft = small.Add("Softmax", {small.Add("Add", {parts[1], x})}, {{"axis", int64_t{1}}});
  graph::Graph graph = small.Finish({flat, soft, overall, smooth});
  Optimize(graph);
  EXPECT_EQ(Text(FindBlockers(graph)), "");
}

TEST(FindBlockers, LooksAtOutputs) {
  SmallGraph small;
  const TensorId good = small.Add("Relu", {small.Input("images", {1, 3, 2, 2})});
  const TensorId constant = small.Add("Relu", {small.Floats({1}, {2})});
  graph::Graph graph = small.Finish({good, constant});
  Optimize(graph);
  EXPECT_EQ(Text(FindBlockers(graph)), "Relu_1|output|it does not depend on any input\n");
}

TEST(FindBlockers, SaysWhatToDoAboutControlFlow) {
  for (const char* op : {"If", "Loop", "Scan"}) {
    SmallGraph small;
    const TensorId x = small.Input("x", {1, 3, 4, 4});
    std::vector<TensorId> inputs = {x};
    if (std::string(op) == "If") {
      inputs = {small.Add("Greater", {small.Input("flag", {1}), small.Scalar(0.5F)}), x, small.Add("Relu", {x})};
    }
    graph::Graph graph = small.Finish({small.Add(op, inputs)});
    Optimize(graph);
    const std::vector<Blocker> blockers = FindBlockers(graph);
    ASSERT_FALSE(blockers.empty());
    EXPECT_EQ(blockers.back().op, op);
    EXPECT_NE(blockers.back().reason.find("--output-nodes"), std::string::npos) << blockers.back().reason;
  }
}

TEST(FindBlockers, SaysWhatIsWrongWithASupportedOperator) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 3, 4, 4});
  const TensorId volume = small.Input("volume", {1, 3, 9, 9, 9});
  const TensorId conv3d = small.Add("Conv", {volume, small.Random({2, 3, 3, 3, 3})});
  const TensorId line = small.Add("Conv", {small.Input("line", {1, 3, 9}), small.Input("weights", {2, 3, 3})});
  const TensorId computed = small.Add("Conv", {x, small.Add("Reshape", {x, small.Ints({1, 3, 4, 4})})});
  const TensorId infinite =
      small.Add("Conv", {x, small.Floats({1, 3, 1, 1}, {1, std::numeric_limits<float>::infinity(), 1})});
  const TensorId dilated =
      small.Add("MaxPool", {small.Add("MaxPool", {x}, {{"kernel_shape", Ints{4, 4}}})},
                {{"kernel_shape", Ints{2, 2}}, {"dilations", Ints{4, 4}}, {"pads", Ints{3, 3, 3, 3}}});
  const TensorId index = small.Input("index", {2});
  small.graph.tensor(index).type = graph::ElementType::kInt64;
  const TensorId gathered = small.Add("Gather", {x, index});
  graph::Graph graph = small.Finish({conv3d, line, computed, infinite, dilated, gathered});
  Optimize(graph);
  EXPECT_EQ(
      Text(FindBlockers(graph)),
      "Conv_0|Conv|its input is 1x3x9x9x9; only images of rank 3 or 4 are supported\n"
      "Conv_1|Conv|its weights are computed\n"
      "Conv_3|Conv|its weights are computed\n"
      "Conv_4|Conv|its weights contain infinity or NaN\n"
      "MaxPool_6|MaxPool|its dilations are 4x4, and a window lies in the padding; no other dilations are refused\n"
      "Gather_7|Gather|its indices 'index' are computed; only constant ones are supported: end the network in front of "
      "it with --output-nodes and do the rest in the application\n");
}

TEST(FindBlockers, SaysWhichTransposedConvolutionsAndProductsAreNotSupported) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 4, 5, 5});
  const auto transposed = [&](std::map<std::string, graph::Attribute> attributes) {
    return small.Add("ConvTranspose", {x, small.Random({4, 2, 2, 2})}, std::move(attributes));
  };
  const TensorId volume =
      small.Add("ConvTranspose", {small.Input("volume", {1, 3, 9, 9, 9}), small.Random({3, 2, 2, 2, 2})});
  const TensorId computed = small.Add("ConvTranspose", {x, small.Input("w", {4, 2, 2, 2})});
  const TensorId dilated = transposed({{"dilations", Ints{1, 2}}});
  const TensorId large = transposed({{"strides", Ints{65, 1}}});
  const TensorId padded = transposed({{"pads", Ints{2, 0, 0, 0}}});
  const TensorId longer = transposed({{"output_padding", Ints{0, 1}}});
  const TensorId fine = transposed({{"strides", Ints{2, 2}}, {"output_shape", Ints{9, 11}}});
  const TensorId product = small.Add("Gemm", {small.Input("a", {2, 3}), small.Input("b", {3, 4})});
  graph::Graph graph = small.Finish({volume, computed, dilated, large, padded, longer, fine, product});
  Optimize(graph);
  EXPECT_EQ(
      Text(FindBlockers(graph)),
      "ConvTranspose_0|ConvTranspose|its input is 1x3x9x9x9; only images of rank 3 or 4 are supported\n"
      "ConvTranspose_1|ConvTranspose|its weights are computed\n"
      "ConvTranspose_2|ConvTranspose|its dilations are 1x2; only 1 is supported\n"
      "ConvTranspose_3|ConvTranspose|its strides are 65x1; only up to 64 are supported\n"
      "ConvTranspose_4|ConvTranspose|its pads are 2x0x0x0; only pads smaller than the kernel are supported\n"
      "ConvTranspose_5|ConvTranspose|its output is 1 longer than the kernel makes it; only less than the stride is "
      "supported\n"
      "Gemm_7|Gemm|its matrix B is computed; only a constant one is supported (MatMul takes two computed ones)\n");
}

TEST(FindBlockers, SaysWhichAveragePoolsAreNotSupported) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 3, 5, 5});
  const Ints two{2, 2};
  const TensorId row = small.Add("GlobalAveragePool", {small.Input("row", {1, 3, 9, 9, 9})});
  const TensorId dilated =
      small.Add("AveragePool", {x}, {{"kernel_shape", two}, {"dilations", two}, {"pads", Ints{1, 0, 0, 1}}});
  const TensorId empty = small.Add("AveragePool", {x}, {{"kernel_shape", two}, {"pads", Ints{0, 2, 0, 0}}});
  const TensorId large = small.Add("GlobalAveragePool", {small.Input("large", {1, 1, 3000, 3000})});
  graph::Graph graph = small.Finish({row, dilated, empty, large});
  Optimize(graph);
  EXPECT_EQ(Text(FindBlockers(graph)),
            "GlobalAveragePool_0|AveragePool|its input is 1x3x9x9x9; only images of rank 3 or 4 are supported\n"
            "AveragePool_1|AveragePool|its dilations are 2x2, and its padding does not count; without padding or with "
            "count_include_pad they are supported\n"
            "AveragePool_2|AveragePool|its padding is as large as its window, so that windows may be empty\n"
            "GlobalAveragePool_3|AveragePool|its window of 3000x3000 is too large; the sum must fit 32 bits\n");
}

TEST(FindBlockers, NamesConstantsThatAreNoNumbersAndPaddingBeyondTheWindow) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 3, 4, 4});
  const TensorId sum = small.Add("Add", {x, small.Floats({3, 1, 1}, {1, std::numeric_limits<float>::infinity(), 2})});
  const TensorId padded = small.Add("MaxPool", {x}, {{"kernel_shape", Ints{2, 3}}, {"pads", Ints{2, 0, 0, 0}}});
  const TensorId wide = small.Conv(x, 3, 3, 1, {{"pads", Ints{1, 0, 0, 7}}});
  const TensorId dilated = small.Conv(x, 3, 3, 3, {{"pads", Ints{4, 4, 4, 4}}, {"dilations", Ints{2, 2}}});
  graph::Graph graph = small.Finish({sum, padded, wide, dilated});
  Optimize(graph);
  const std::vector<Blocker> blockers = FindBlockers(graph);
  ASSERT_EQ(blockers.size(), 2U) << Text(blockers);
  EXPECT_EQ(blockers[0].op, "Add");
  EXPECT_NE(blockers[0].reason.find("contains infinity or NaN"), std::string::npos) << blockers[0].reason;
  EXPECT_EQ(blockers[1].op, "MaxPool") << "padding is zeros to a Conv";
  EXPECT_NE(blockers[1].reason.find("its padding is as large as its window"), std::string::npos);
}

TEST(FindBlockers, SaysWhichAttributeIsNotSupported) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 3, 4, 4});
  const TensorId padded = small.Add(
      "Pad", {x, small.Ints({0, 0, 1, 1, 0, 0, 1, 1}), small.Scalar(std::numeric_limits<float>::quiet_NaN())});
  const TensorId last = small.Add("ArgMax", {x}, {{"select_last_index", int64_t{1}}});
  const TensorId beyond = small.Add("Gather", {x, small.Ints({4})}, {{"axis", int64_t{2}}});
  const TensorId empty = small.Add("Clip", {x, small.Scalar(2.0F), small.Scalar(1.0F)});
  const TensorId deep = small.Add("Reshape", {x, small.Ints({1, 1, 1, 1, 3, 4, 4})});
  const TensorId computed = small.Add("Pow", {x, small.Input("exponent", {1})});
  const TensorId several = small.Add("Pow", {x, small.Floats({4}, {1, 2, 3, 4})});
  graph::Graph graph = small.Finish({padded, last, beyond, empty, deep, computed, several});
  Optimize(graph);
  EXPECT_EQ(Text(FindBlockers(graph)),
            "Pad_0|Pad|its value 'constant' is NaN\n"
            "ArgMax_1|ArgMax|its attribute 'select_last_index' is 1; only 0 is supported\n"
            "Gather_2|Gather|its index 4 is outside of an axis of 4 elements\n"
            "Clip_3|Clip|its min 2.000000 is above its max 1.000000\n"
            "Reshape_4|Reshape|its output 1x1x1x1x3x4x4 has rank 7; at most 6 axes are supported\n"
            "Pow_5|Pow|its exponent 'exponent' is computed; only one constant number is supported\n"
            "Pow_6|Pow|its exponent '" +
                graph.tensor(graph.nodes.at(6).inputs.at(1)).name +
                "' is not one finite number for a base of the output's shape\n");
}

TEST(FindBlockers, NamesAnEmptyClipBehindAConv) {
  SmallGraph small;
  const TensorId conv = small.Conv(small.Input("x", {1, 3, 4, 4}), 3, 2, 1);
  graph::Graph graph = small.Finish({small.Add("Clip", {conv, small.Scalar(5.0F), small.Scalar(1.0F)})});
  Optimize(graph);
  EXPECT_EQ(Text(FindBlockers(graph)), "Clip_1|Clip|its min 5.000000 is above its max 1.000000\n");
}

// Behind a Conv, that would otherwise be blamed for the numbers that the normalisation makes of its weights.
TEST(FindBlockers, BlamesABatchNormalizationForItself) {
  SmallGraph small;
  const TensorId conv = small.Conv(small.Input("x", {1, 3, 4, 4}), 3, 2, 1);
  const TensorId one = small.Floats({2}, {1, 1});
  const TensorId zero = small.Floats({2}, {1, 0});
  const TensorId norm = small.Add("BatchNormalization", {conv, one, one, one, zero}, {{"epsilon", 0.0F}});
  const auto training =
      small.AddMany("BatchNormalization", {conv, one, one, one, one}, 5, {{"training_mode", int64_t{1}}});
  graph::Graph graph = small.Finish({norm, training[0], training[1]});
  Optimize(graph);
  const std::string variance = graph.tensor(graph.nodes.at(1).inputs.at(4)).name;
  EXPECT_EQ(
      Text(FindBlockers(graph)),
      "BatchNormalization_1|BatchNormalization|its variance '" + variance +
          "' has 0.000000 for channel 1 and epsilon is 0.000000; their sum must be above 0\n"
          "BatchNormalization_2|BatchNormalization|it is in training mode (training_mode 1, 5 outputs); export the "
          "model for inference\n");
}

// Positions may leave the network, behind views too; nothing computes with them.
TEST(FindBlockers, TopKAndWhatBecomesOfItsIndices) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 4, 8, 8});
  const auto best = small.AddMany("TopK", {x, small.Ints({3})}, 2, {{"axis", int64_t{1}}});
  const TensorId view = small.Add("Reshape", {best[1], small.Ints({3, 64})});
  const TensorId real = small.Add("Cast", {best[1]}, {{"to", int64_t{graph::kOnnxFloat}}});
  const TensorId sum = small.Add("Add", {best[1], small.Ints({1})});
  graph::Graph graph = small.Finish({best[0], view, small.Add("Relu", {real}), sum});
  Optimize(graph);
  EXPECT_EQ(Text(FindBlockers(graph)),
            "Cast_2|Cast|the operator is not supported\n"
            "Add_3|Add|it computes with integers that a run makes; only positions (of TopK, NonMaxSuppression) that "
            "leave the network are "
            "supported\n");
}

TEST(FindBlockers, SlopesThatAreNoConstantNumbers) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 3, 4, 4});
  const TensorId computed = small.Add("PRelu", {x, small.Input("slope", {3, 1, 1})});
  const TensorId infinite =
      small.Add("PRelu", {x, small.Floats({3, 1, 1}, {1, std::numeric_limits<float>::infinity(), 0})});
  const TensorId good = small.Add("PRelu", {x, small.Floats({4}, {1, 2, 3, 4})});
  graph::Graph graph = small.Finish({computed, infinite, good});
  Optimize(graph);
  EXPECT_EQ(Text(FindBlockers(graph)),
            "PRelu_0|PRelu|its slope is computed\n"
            "PRelu_1|PRelu|its slope contains infinity or NaN\n");
}

TEST(FindBlockers, ReduceMeansOfSomethingElse) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 4, 8});
  const TensorId axes = small.Input("axes", {1});
  small.graph.tensor(axes).type = graph::ElementType::kInt64;
  const TensorId computed = small.Add("ReduceMean", {x, axes});
  const auto best = small.AddMany("TopK", {x, small.Ints({3})}, 2);
  const TensorId positions = small.Add("ReduceMean", {best[1]});
  graph::Graph graph = small.Finish({computed, best[0], positions});
  Optimize(graph);
  EXPECT_EQ(Text(FindBlockers(graph)),
            "ReduceMean_0|ReduceMean|its output's shape depends on values that only a run knows\n"
            "ReduceMean_2|ReduceMean|it computes with integers that a run makes; only positions (of TopK, "
            "NonMaxSuppression) that leave "
            "the network are supported\n");
}

TEST(FindBlockers, TopKOfSomethingElse) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 4});
  const TensorId k = small.Input("k", {1});
  small.graph.tensor(k).type = graph::ElementType::kInt64;
  const auto computed = small.AddMany("TopK", {x, k}, 2);
  const TensorId wide = small.Input("wide", {1, (int64_t{1} << 24) + 1});
  const auto longest = small.AddMany("TopK", {wide, small.Ints({1})}, 2);
  graph::Graph graph = small.Finish({computed[0], longest[0]});
  Optimize(graph);
  EXPECT_EQ(Text(FindBlockers(graph)),
            "TopK_0|TopK|its output's shape depends on values that only a run knows\n"
            "TopK_1|TopK|its axis has 16777217 elements; at most 16777216 are supported\n");
}

TEST(FindBlockers, AnInputIsNoOutput) {
  testing::SmallGraph small;
  const TensorId x = small.Input("x", {1, 4});
  graph::Graph graph = small.Finish({small.Add("Relu", {x}), x});
  Optimize(graph);
  EXPECT_EQ(Text(FindBlockers(graph)),
            "x|output|it is an input of the network, which nothing computes; copy it with an Identity, or leave it out "
            "with --output-nodes\n");
}

}  // namespace
}  // namespace lockstep::optimize
