// Networks of several operators, and what their layers are called.
#include <gtest/gtest.h>

#include "graph/error.h"
#include "lower/lower.h"
#include "lowered.h"

namespace lockstep::test {
namespace {

using graph::ActivationKind;
using graph::TensorId;

TEST(LowerGraph, ResidualsPoolsAndResizes) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 3, 16, 16});
  const auto stem = builder.Conv(x, 8, 3, 1, 1, ActivationKind::kSilu);
  const auto sum = builder.Node("Add", {stem, builder.Conv(stem, 8, 3)});
  const auto pooled = builder.Node("MaxPool", {sum},
                                   {{"kernel_shape", std::vector<int64_t>{5, 5}},
                                    {"strides", std::vector<int64_t>{2, 2}},
                                    {"pads", std::vector<int64_t>{2, 2, 2, 2}}});
  const auto larger =
      builder.Node("Resize", {pooled, graph::kNoTensor, builder.Constant({4}, {1.0F, 1.0F, 2.0F, 2.0F})},
                   {{"mode", std::string("nearest")},
                    {"coordinate_transformation_mode", std::string("asymmetric")},
                    {"nearest_mode", std::string("floor")}});
  const auto product = builder.Node("Mul", {larger, stem});
  const auto difference = builder.Node("Sub", {product, sum});
  builder.Output(builder.Node("Concat", {difference, stem}, {{"axis", int64_t{1}}}));
  const Lowered lowered = LowerPlainly(builder);
  ExpectNodesWithinHalfAStep(lowered);
  EXPECT_EQ(lowered.Count("Rescale"), 0);
  EXPECT_EQ(lowered.Count("Transpose"), 1);
}

// The head of YOLOv8: distributions of distances over 16 bins, anchors, strides, class probabilities.
TEST(LowerGraph, ADetectionHeadNeedsCopiesBeforeTheOutputOnly) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 3, 16, 16});
  const auto stem = builder.Conv(x, 8, 3, 1, 1, ActivationKind::kSilu);
  std::vector<TensorId> boxes;
  std::vector<TensorId> classes;
  for (const int64_t side : {16, 8}) {
    const auto feature = side == 16 ? stem : builder.Conv(stem, 8, 3, 2);
    boxes.push_back(builder.Node("Reshape", {builder.Conv(feature, 64, 1), builder.Ints({1, 64, side * side})}));
    classes.push_back(builder.Node("Reshape", {builder.Conv(feature, 5, 1), builder.Ints({1, 5, -1})}));
  }
  const auto all_boxes = builder.Node("Concat", boxes, {{"axis", int64_t{2}}});
  const auto all_classes = builder.Node("Concat", classes, {{"axis", int64_t{2}}});
  const auto bins = builder.Node("Reshape", {all_boxes, builder.Ints({1, 4, 16, 320})});
  const auto turned = builder.Node("Transpose", {bins}, {{"perm", std::vector<int64_t>{0, 2, 1, 3}}});
  const auto shares = builder.Node("Softmax", {turned}, {{"axis", int64_t{1}}});
  const auto means = builder.Conv(shares, 1, 1);
  const auto distances = builder.Node("Reshape", {means, builder.Ints({1, 4, 320})});
  const auto corners = builder.Split(distances, 1, {2, 2});
  const auto low = builder.Node("Sub", {builder.Constant({1, 2, 320}, builder.Random(640, 0.0F, 16.0F)), corners[0]});
  const auto high = builder.Node("Add", {builder.Constant({1, 2, 320}, builder.Random(640, 0.0F, 16.0F)), corners[1]});
  const auto middle = builder.Node("Mul", {builder.Node("Add", {low, high}), builder.Constant({}, {0.5F})});
  const auto size = builder.Node("Sub", {high, low});
  const auto box = builder.Node("Concat", {middle, size}, {{"axis", int64_t{1}}});
  const auto pixels = builder.Node("Mul", {box, builder.Constant({1, 320}, builder.Random(320, 8.0F, 32.0F))});
  const auto chances = builder.Node("Sigmoid", {all_classes});
  const auto output = builder.Node("Concat", {pixels, chances}, {{"axis", int64_t{1}}});
  builder.Output(output);
  PlainQuantization options;
  for (const graph::Node& node : builder.graph().nodes) {
    const TensorId id = node.outputs[0];
    if (id >= means && id != chances) options.sixteen_bits.insert(node.outputs.begin(), node.outputs.end());
  }
  options.floats = {output};
  const Lowered lowered = LowerPlainly(builder, options);
  ExpectNodesWithinHalfAStep(lowered);
  EXPECT_EQ(lowered.Count("Transpose"), 2);  // boxes and probabilities, still integers, before the last Concat
  EXPECT_EQ(lowered.Count("Dequantize"), 0);
  EXPECT_EQ(lowered.Count("Rescale"), 0);
  const joint::Model& model = lowered.engine->model();
  EXPECT_EQ(model.layers()->Get(model.layers()->size() - 1)->options_type(), joint::Options::Concat);
  EXPECT_LE(model.arena_size(), model.arena_lower_bound() * 105 / 100);
}

TEST(LowerGraph, NamesEveryBlockerAtOnce) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 3, 8, 8});
  const auto a = builder.Node("Hardmax", {x});
  builder.graph().tensor(a).shape = {1, 3, 8, 8};
  const auto pooled = builder.Node("LpPool", {x}, {{"kernel_shape", std::vector<int64_t>{2, 2}}});
  builder.Output(a);
  builder.Output(pooled);
  builder.Output(builder.Conv(x, 4, 1));
  quantize::QuantizedGraph quantized;
  quantized.graph = builder.graph();
  for (int32_t id = 0; id < quantized.graph.tensor_count(); ++id) {
    quantized.formats[id] = quantize::AffineParams{0.1, 0, 8};
  }
  try {
    lower::Lower(quantized, {});
    FAIL() << "an unsupported graph was lowered";
  } catch (const UnsupportedModel& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("'/block/Hardmax_0' (Hardmax)"), std::string::npos) << text;
    EXPECT_NE(text.find("'/block/LpPool_1'"), std::string::npos) << text;
    EXPECT_NE(text.find("'/block/Conv_2' (Conv): its weights were not quantised"), std::string::npos) << text;
  }
}

TEST(LowerGraph, LayersKnowWhereTheyComeFrom) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 3, 8, 8});
  builder.Output(builder.Conv(x, 4, 3));
  const Lowered lowered = LowerPlainly(builder);
  const joint::Model& model = lowered.engine->model();
  const joint::Layer& conv = *model.layers()->Get(0);
  EXPECT_EQ(conv.name()->str(), "block/Conv_0");
  EXPECT_EQ(conv.onnx_nodes()->Get(0)->str(), "/block/Conv_0");
  EXPECT_EQ(conv.macs(), 4U * 64 * 27);
  EXPECT_EQ(model.macs(), conv.macs());
  EXPECT_EQ(model.tensors()->Get(conv.outputs()->Get(0))->name()->str(), "/block/Conv_0_output");
  EXPECT_EQ(model.operators()->size(), 3U);  // Conv, Dequantize, Transpose
  const lower::ModelSummary summary = lower::Summarize(model);
  EXPECT_EQ(summary.layers, 3U);
  EXPECT_EQ(summary.weight_bytes, 3U * 3 * 64);
  EXPECT_EQ(summary.arena_bytes, model.arena_size());
}

}  // namespace
}  // namespace lockstep::test
