// Whole lowered graphs: what the reference engine makes of them against the float engine, and the layers they consist
// of.
#include "lower/lower.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "engine/reference/reference_engine.h"
#include "graph/error.h"
#include "graph_builder.h"

namespace lockstep::test {
namespace {

using graph::ActivationKind;
using graph::TensorId;

struct Lowered {
  QuantizedSample sample;
  std::vector<uint8_t> file;
  std::unique_ptr<engine::ReferenceEngine> engine;
  std::vector<std::vector<float>> outputs;
  std::map<std::string, int> layers;  // how many of each operator

  int Count(const std::string& op) const { return layers.count(op) != 0 ? layers.at(op) : 0; }
  // Cosine of an output to the float engine's.
  double Cosine(size_t index = 0) const {
    const TensorId id = sample.quantized.graph.outputs[index];
    const std::vector<float>& expected = sample.float_values.at(sample.quantized.graph.tensor(id).name).data;
    if (outputs[index].size() != expected.size()) return -2.0;
    double dot = 0.0;
    double a = 0.0;
    double b = 0.0;
    for (size_t i = 0; i < expected.size(); ++i) {
      dot += static_cast<double>(outputs[index][i]) * expected[i];
      a += static_cast<double>(outputs[index][i]) * outputs[index][i];
      b += static_cast<double>(expected[i]) * expected[i];
    }
    return dot / std::sqrt(a * b);
  }
};

Lowered LowerSample(QuantizedSample sample) {
  Lowered result;
  result.sample = std::move(sample);
  result.file = lower::Lower(result.sample.quantized, {});
  result.engine = std::make_unique<engine::ReferenceEngine>(result.file.data(), result.file.size());
  for (const joint::Layer* layer : *result.engine->model().layers()) {
    ++result.layers[joint::EnumNameOptions(layer->options_type())];
  }
  for (const std::vector<uint8_t>& bytes : result.engine->Run(result.sample.input_bytes)) {
    std::vector<float> values(bytes.size() / sizeof(float));
    std::memcpy(values.data(), bytes.data(), bytes.size());
    result.outputs.push_back(std::move(values));
  }
  return result;
}

Lowered LowerPlainly(GraphBuilder& builder, const PlainQuantization& options = {}) {
  return LowerSample(QuantizePlainly(builder.graph(), options));
}

const joint::Layer* Find(const Lowered& lowered, joint::Options op) {
  for (const joint::Layer* layer : *lowered.engine->model().layers()) {
    if (layer->options_type() == op) return layer;
  }
  return nullptr;
}

TEST(Lower, ConvolutionsWithEveryActivation) {
  for (const ActivationKind kind :
       {ActivationKind::kNone, ActivationKind::kRelu, ActivationKind::kSilu, ActivationKind::kLeakyRelu,
        ActivationKind::kSigmoid, ActivationKind::kTanh, ActivationKind::kHardSwish, ActivationKind::kMish}) {
    GraphBuilder builder;
    const auto x = builder.Input("x", {1, 3, 16, 12});
    builder.Output(builder.Conv(builder.Conv(x, 20, 3, 2, 1, kind), 7, 1));
    const Lowered lowered = LowerPlainly(builder);
    EXPECT_GT(lowered.Cosine(), 0.995) << graph::ActivationName(kind);
    // One layer for convolution and activation; the output is put into ONNX order as bytes, then made float.
    EXPECT_EQ(lowered.Count("Conv"), 2);
    EXPECT_EQ(lowered.Count("Lookup"), 0);
    EXPECT_EQ(lowered.Count("Transpose"), 1);
    EXPECT_EQ(lowered.Count("Dequantize"), 1);
    const joint::Conv& conv = *Find(lowered, joint::Options::Conv)->options_as_Conv();
    const bool clamp = kind == ActivationKind::kNone || kind == ActivationKind::kRelu;
    EXPECT_EQ(conv.table() == nullptr, clamp) << graph::ActivationName(kind);
  }
}

TEST(Lower, AClipBecomesLimits) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 3, 8, 8});
  const auto y = builder.Conv(x, 8, 1);
  builder.graph().nodes[0].activation = {ActivationKind::kClip, 0.0, 0.5};
  builder.Output(builder.Conv(y, 4, 1));
  const Lowered lowered = LowerPlainly(builder);
  EXPECT_GT(lowered.Cosine(), 0.995);
  EXPECT_EQ(lowered.Count("Conv"), 2);
}

TEST(Lower, DepthwiseAndGroupedConvolutions) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 3, 12, 12});
  const auto wide = builder.Conv(x, 16, 1);
  const auto deep = builder.Conv(wide, 16, 3, 1, 16, ActivationKind::kRelu);
  builder.Output(builder.Conv(deep, 8, 3, 2, 4));
  const Lowered lowered = LowerPlainly(builder);
  EXPECT_EQ(lowered.Count("DepthwiseConv"), 1);
  EXPECT_EQ(lowered.Count("Conv"), 2);
  EXPECT_GT(lowered.Cosine(), 0.99);
}

TEST(Lower, ResidualsPoolsAndResizes) {
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
  EXPECT_GT(lowered.Cosine(), 0.99);
  EXPECT_EQ(lowered.Count("Rescale"), 0);
  EXPECT_EQ(lowered.Count("Transpose"), 1);
}

struct AverageCase {
  std::vector<int64_t> kernel, strides, pads;
  int64_t ceil_mode, count_include_pad;
  size_t multipliers;
};

// The input is quantised without a loss, so the mean has one rounding, to half a step.
TEST(Lower, AveragePoolsRoundOnce) {
  const AverageCase cases[] = {
      {{2, 2}, {2, 2}, {0, 0, 0, 0}, 0, 0, 1}, {{3, 2}, {1, 2}, {1, 0, 1, 1}, 0, 0, 6},
      {{3, 2}, {1, 2}, {1, 0, 1, 1}, 0, 1, 1}, {{3, 3}, {2, 2}, {0, 0, 0, 0}, 1, 0, 9},
      {{9, 8}, {1, 1}, {0, 0, 0, 0}, 0, 0, 1},
  };
  for (const bool turned : {false, true}) {
    for (const AverageCase& c : cases) {
      SCOPED_TRACE(std::to_string(&c - cases) + (turned ? " turned" : ""));
      GraphBuilder builder;
      auto x = builder.Input("x", turned ? graph::Shape{1, 3, 8, 9} : graph::Shape{1, 3, 9, 8});
      if (turned) x = builder.Node("Transpose", {x}, {{"perm", std::vector<int64_t>{0, 1, 3, 2}}});
      const auto mean = builder.Node("AveragePool", {x},
                                     {{"kernel_shape", c.kernel},
                                      {"strides", c.strides},
                                      {"pads", c.pads},
                                      {"ceil_mode", c.ceil_mode},
                                      {"count_include_pad", c.count_include_pad}});
      builder.Output(mean);
      const Lowered lowered = LowerPlainly(builder);
      const joint::Layer* layer = Find(lowered, joint::Options::AveragePool);
      ASSERT_NE(layer, nullptr);
      EXPECT_EQ(layer->options_as_AveragePool()->multiplier()->size(), c.multipliers);
      EXPECT_EQ(lowered.Count("Rescale"), 0);
      const double step = lowered.sample.quantized.activations.at(mean).scale;
      const std::vector<float>& expected = lowered.sample.float_values.at(builder.graph().tensor(mean).name).data;
      ASSERT_EQ(lowered.outputs[0].size(), expected.size());
      for (size_t i = 0; i < expected.size(); ++i) {
        ASSERT_NEAR(lowered.outputs[0][i], expected[i], step * 0.501) << "element " << i;
      }
    }
  }
}

TEST(Lower, AveragePoolsBetweenWidths) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 3, 8, 8});
  const auto wide = builder.Conv(x, 4, 1);
  const std::map<std::string, graph::Attribute> two = {{"kernel_shape", std::vector<int64_t>{2, 2}}};
  const auto still_wide = builder.Node("AveragePool", {wide}, two);
  builder.Output(builder.Node("AveragePool", {still_wide}, two));
  PlainQuantization options;
  options.sixteen_bits = {wide, still_wide};
  const Lowered lowered = LowerPlainly(builder, options);
  EXPECT_EQ(lowered.Count("Rescale"), 0);
  EXPECT_GT(lowered.Cosine(), 0.999);
}

TEST(Lower, SaysWhichAveragePoolsItDoesNotTake) {
  const auto error_of = [](const std::map<std::string, graph::Attribute>& attributes, int bits) -> std::string {
    GraphBuilder builder;
    const auto x = builder.Input("x", {1, 1, 182, 183});
    const auto sum = builder.Node("Add", {x, x});
    const auto mean = builder.Node("AveragePool", {sum}, attributes);
    builder.Output(mean);
    quantize::QuantizedGraph quantized;
    quantized.graph = builder.graph();
    quantized.activations = {{x, {0.1, 0, 8}}, {sum, {0.1, 0, bits}}, {mean, {0.1, 0, 8}}};
    try {
      lower::Lower(quantized, {});
    } catch (const UnsupportedModel& error) {
      return error.what();
    }
    return "no error";
  };
  const std::vector<int64_t> whole = {182, 183};
  EXPECT_EQ(error_of({{"kernel_shape", whole}}, 8), "no error");
  EXPECT_NE(error_of({{"kernel_shape", whole}}, 16).find("sum of 33306 elements"), std::string::npos);
  const std::string ceil = error_of(
      {{"kernel_shape", std::vector<int64_t>{2, 2}}, {"ceil_mode", int64_t{1}}, {"count_include_pad", int64_t{1}}}, 8);
  EXPECT_NE(ceil.find("count_include_pad together with ceil_mode"), std::string::npos) << ceil;
}

TEST(Lower, RescalesWhereAScaleCannotBeShared) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 3, 8, 8});
  const auto stem = builder.Conv(x, 8, 3);
  const auto pooled = builder.Node(
      "MaxPool", {stem}, {{"kernel_shape", std::vector<int64_t>{2, 2}}, {"strides", std::vector<int64_t>{2, 2}}});
  builder.Output(builder.Conv(pooled, 4, 1));
  PlainQuantization options;
  options.share_moves = false;
  const Lowered lowered = LowerPlainly(builder, options);
  EXPECT_EQ(lowered.Count("Rescale"), 1);
  EXPECT_GT(lowered.Cosine(), 0.99);
}

TEST(Lower, ConstantsBroadcast) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 4, 6, 5});
  const auto stem = builder.Conv(x, 4, 3);
  const auto shifted = builder.Node("Sub", {builder.Constant({4, 1, 1}, {0.5F, -0.25F, 1.0F, 0.0F}), stem});
  const auto scaled = builder.Node("Mul", {shifted, builder.Constant({6, 5}, builder.Random(30))});
  const auto smaller = builder.Node("Mul", {scaled, builder.Constant({}, {-0.125F})});
  builder.Output(builder.Node("Mul", {smaller, builder.Constant({1, 4, 1, 1}, {1.0F, 0.5F, 0.25F, 2.0F})}));
  const Lowered lowered = LowerPlainly(builder);
  EXPECT_EQ(lowered.Count("Mul"), 3);
  EXPECT_EQ(lowered.Count("Add"), 1);
  EXPECT_GT(lowered.Cosine(), 0.999);
}

TEST(Lower, OperandsOfLowerRank) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 4, 6, 5});
  const auto y = builder.Input("y", {6, 1});
  builder.Output(builder.Node("Add", {builder.Conv(x, 4, 1), y}));
  const Lowered lowered = LowerPlainly(builder);
  EXPECT_GT(lowered.Cosine(), 0.999);
}

TEST(Lower, ArithmeticInSixteenBits) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 3, 8, 8});
  const auto logits = builder.Conv(x, 4, 1);
  const auto moved = builder.Node("Add", {builder.Constant({1, 4, 8, 8}, builder.Random(256, 0.0F, 8.0F)), logits});
  const auto scaled = builder.Node("Mul", {moved, builder.Constant({8, 1}, {8, 16, 32, 8, 16, 32, 8, 16})});
  const auto mixed = builder.Node("Sub", {scaled, builder.Conv(x, 4, 1)});
  builder.Output(mixed);
  PlainQuantization options;
  options.sixteen_bits = {logits, moved, scaled, mixed};
  const Lowered lowered = LowerPlainly(builder, options);
  // 8-bit constants and operands enter as they are; the result is far finer than 8 bits could make it.
  const std::vector<float>& expected = lowered.sample.float_values.at(builder.graph().tensor(mixed).name).data;
  double squares = 0.0;
  for (size_t i = 0; i < expected.size(); ++i) squares += std::pow(lowered.outputs[0][i] - expected[i], 2);
  EXPECT_LT(std::sqrt(squares / static_cast<double>(expected.size())), 0.1);
  EXPECT_EQ(lowered.Count("Rescale"), 0);
  EXPECT_GT(lowered.Cosine(), 0.9999);
}

TEST(Lower, SixteenBitsBackToEight) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 3, 8, 8});
  const auto wide = builder.Conv(x, 4, 1);
  const auto narrow = builder.Node("Add", {wide, wide});
  builder.Output(builder.Conv(narrow, 4, 1));
  PlainQuantization options;
  options.sixteen_bits = {wide};
  EXPECT_GT(LowerPlainly(builder, options).Cosine(), 0.995);
}

TEST(Lower, FusedActivationBehindAnAdd) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 3, 8, 8});
  const auto a = builder.Conv(x, 4, 1);
  const auto b = builder.Node("Add", {a, builder.Conv(x, 4, 1)}, {}, {ActivationKind::kSilu, 0.0, 0.0});
  const auto c = builder.Node("Add", {a, b}, {}, {ActivationKind::kRelu, 0.0, 0.0});
  builder.Output(c);
  const Lowered lowered = LowerPlainly(builder);
  EXPECT_EQ(lowered.Count("Add"), 2);
  EXPECT_EQ(lowered.Count("Lookup"), 1);
  EXPECT_GT(lowered.Cosine(), 0.99);
}

TEST(Lower, SlicesSplitsAndTransposes) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 3, 8, 9});
  const auto parts = builder.Split(builder.Conv(x, 10, 1), 1, {4, 6});
  const auto sliced = builder.Node(
      "Slice", {parts[1], builder.Ints({1, -6}), builder.Ints({100, -1}), builder.Ints({2, 3}), builder.Ints({3, 2})});
  const auto turned = builder.Node("Transpose", {sliced}, {{"perm", std::vector<int64_t>{0, 3, 1, 2}}});
  builder.Output(turned);
  builder.Output(builder.Node("Sigmoid", {parts[0]}));
  const Lowered lowered = LowerPlainly(builder);
  EXPECT_EQ(lowered.Count("Slice"), 3);
  EXPECT_EQ(lowered.Count("Lookup"), 1);
  EXPECT_GT(lowered.Cosine(0), 0.999);
  EXPECT_GT(lowered.Cosine(1), 0.999);
}

TEST(Lower, SwappedSpatialAxesNeedNoCopy) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 3, 8, 6});
  const auto turned = builder.Node("Transpose", {x}, {{"perm", std::vector<int64_t>{0, 1, 3, 2}}});
  auto y = builder.Conv(turned, 8, 3, 1);
  builder.graph().nodes.back().attributes["strides"] = std::vector<int64_t>{1, 2};
  builder.graph().nodes.back().attributes["pads"] = std::vector<int64_t>{1, 0, 0, 1};
  builder.graph().tensor(y).shape = {1, 8, 4, 4};
  const auto pooled = builder.Node("MaxPool", {y},
                                   {{"kernel_shape", std::vector<int64_t>{1, 3}},
                                    {"strides", std::vector<int64_t>{2, 1}},
                                    {"pads", std::vector<int64_t>{0, 1, 0, 0}}});
  const auto back = builder.Node("Transpose", {pooled}, {{"perm", std::vector<int64_t>{0, 2, 3, 1}}});
  builder.Output(back);
  const Lowered lowered = LowerPlainly(builder);
  EXPECT_GT(lowered.Cosine(), 0.99);
  EXPECT_EQ(lowered.Count("Transpose"), 1);  // before the output
}

// The head of YOLOv8: distributions of distances over 16 bins, anchors, strides, class probabilities.
TEST(Lower, ADetectionHeadNeedsCopiesBeforeTheOutputOnly) {
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
  EXPECT_GT(lowered.Cosine(), 0.999);
  EXPECT_EQ(lowered.Count("Transpose"), 2);  // boxes and probabilities, still integers, before the last Concat
  EXPECT_EQ(lowered.Count("Dequantize"), 0);
  EXPECT_EQ(lowered.Count("Rescale"), 0);
  const joint::Model& model = lowered.engine->model();
  EXPECT_EQ(model.layers()->Get(model.layers()->size() - 1)->options_type(), joint::Options::Concat);
  EXPECT_LE(model.arena_size(), model.arena_lower_bound() * 105 / 100);
}

TEST(Lower, ChannelsWithDifferentMeansGetATable) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 3, 6, 6});
  builder.Output(builder.Conv(x, 4, 1));
  QuantizedSample sample = QuantizePlainly(builder.graph(), {});
  quantize::InputPreprocess& preprocess = sample.quantized.preprocess[x];
  preprocess.mean = {100.0F, 110.0F, 120.0F};
  preprocess.std = {50.0F, 60.0F, 70.0F};
  sample.quantized.activations[x] = {0.02, 100, 8};
  const std::vector<uint8_t> file = lower::Lower(sample.quantized, {});
  engine::ReferenceEngine engine(file.data(), file.size());
  ASSERT_EQ(engine.model().layers()->Get(0)->options_type(), joint::Options::ChannelLookup);
  engine.Run(sample.input_bytes,
             [&](int index, int, const joint::Layer&, const joint::Tensor& output, const uint8_t* data) {
               if (index != 0) return;
               for (size_t i = 0; i < output.bytes(); ++i) {
                 const size_t c = i % 3;
                 const double real = (sample.input_bytes[0][i] - preprocess.mean[c]) / preprocess.std[c];
                 ASSERT_NEAR(0.02 * (data[i] - 100), std::min(std::max(real, -2.0), 3.1), 0.0101) << i;
               }
             });
  EXPECT_EQ(engine.model().inputs()->Get(0)->mean()->Get(2), 120.0F);
}

TEST(Lower, EqualMeansNeedNoTable) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 3, 6, 6});
  builder.Output(builder.Conv(x, 4, 1));
  QuantizedSample sample = QuantizePlainly(builder.graph(), {});
  sample.quantized.preprocess[x].mean = {127.5F};
  sample.quantized.preprocess[x].std = {127.5F};
  sample.quantized.activations[x] = {static_cast<float>(1.0 / 127.5), 128, 8};
  const std::vector<uint8_t> file = lower::Lower(sample.quantized, {});
  EXPECT_EQ(engine::ReferenceEngine(file.data(), file.size()).model().layers()->Get(0)->options_type(),
            joint::Options::Conv);
}

TEST(Lower, NamesEveryBlockerAtOnce) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 3, 8, 8});
  const auto a = builder.Node("Sin", {x});
  builder.graph().tensor(a).shape = {1, 3, 8, 8};
  const auto pooled = builder.Node("LpPool", {x}, {{"kernel_shape", std::vector<int64_t>{2, 2}}});
  builder.Output(a);
  builder.Output(pooled);
  builder.Output(builder.Conv(x, 4, 1));
  quantize::QuantizedGraph quantized;
  quantized.graph = builder.graph();
  for (int32_t id = 0; id < quantized.graph.tensor_count(); ++id) quantized.activations[id] = {0.1, 0, 8};
  try {
    lower::Lower(quantized, {});
    FAIL() << "an unsupported graph was lowered";
  } catch (const UnsupportedModel& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("'/block/Sin_0' (Sin)"), std::string::npos) << text;
    EXPECT_NE(text.find("'/block/LpPool_1'"), std::string::npos) << text;
    EXPECT_NE(text.find("'/block/Conv_2' (Conv): its weights were not quantised"), std::string::npos) << text;
  }
}

TEST(Lower, LayersKnowWhereTheyComeFrom) {
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

TEST(Lower, EqualConstantsAreStoredOnce) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 4, 8, 8});
  const std::vector<float> values = builder.Random(256);
  const auto a = builder.Node("Add", {x, builder.Constant({1, 4, 8, 8}, values)});
  builder.Output(builder.Node("Add", {a, builder.Constant({1, 4, 8, 8}, values)}));
  EXPECT_EQ(LowerPlainly(builder).engine->model().constants()->size(), 1U);
}

TEST(Lower, TestVectorsHoldTheDigestOfEveryLayer) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 3, 8, 8});
  builder.Output(builder.Conv(x, 4, 3));
  const QuantizedSample sample = QuantizePlainly(builder.graph(), {});
  lower::LowerOptions options;
  options.seed = 42;
  options.test_inputs = sample.input_bytes;
  const std::vector<uint8_t> file = lower::Lower(sample.quantized, options);
  const joint::Model& model = *joint::GetModel(file.data());
  ASSERT_EQ(model.test_vectors()->size(), 2U);
  EXPECT_EQ(model.test_vectors()->Get(0)->seed(), 42U);
  EXPECT_EQ(model.test_vectors()->Get(0)->layer_digests()->size(), model.layers()->size());
  EXPECT_EQ(model.test_vectors()->Get(1)->inputs()->Get(0)->data()->size(), sample.input_bytes[0].size());
  options.seeded_test_vector = false;
  options.test_inputs.clear();
  const std::vector<uint8_t> without = lower::Lower(sample.quantized, options);
  EXPECT_TRUE(joint::GetModel(without.data())->test_vectors() == nullptr);
}

TEST(Lower, IsReproducible) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 3, 8, 8});
  builder.Output(builder.Conv(builder.Conv(x, 8, 3, 1, 1, ActivationKind::kSilu), 4, 3));
  const QuantizedSample sample = QuantizePlainly(builder.graph(), {});
  EXPECT_EQ(lower::Lower(sample.quantized, {}), lower::Lower(sample.quantized, {}));
}

}  // namespace
}  // namespace lockstep::test
