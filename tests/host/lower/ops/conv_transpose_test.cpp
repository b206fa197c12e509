// Transposed convolutions: strides, pads, output padding, groups, activations, swapped axes.
#include <gtest/gtest.h>

#include <cstring>

#include "graph/error.h"
#include "lower/lower.h"
#include "lowered.h"

namespace lockstep::test {
namespace {

using graph::ActivationKind;
using Ints = std::vector<int64_t>;

graph::TensorId Transposed(GraphBuilder& builder, graph::TensorId x, int64_t channels, const Ints& kernel,
                           int64_t group, std::map<std::string, graph::Attribute> attributes,
                           ActivationKind activation) {
  const int64_t in = builder.shape(x)[1];
  const auto weights =
      builder.Constant({in, channels / group, kernel[0], kernel[1]},
                       builder.Random(static_cast<size_t>(in * channels / group * kernel[0] * kernel[1])));
  const auto bias = builder.Constant({channels}, builder.Random(static_cast<size_t>(channels)));
  attributes["group"] = group;
  return builder.Node("ConvTranspose", {x, weights, bias}, std::move(attributes), {activation, 0.0, 0.0});
}

TEST(LowerConvTranspose, StridesPadsAndOutputPadding) {
  struct Case {
    Ints kernel, strides, pads, extra;
    int64_t group;
  };
  const Case cases[] = {
      {{2, 2}, {2, 2}, {0, 0, 0, 0}, {0, 0}, 1}, {{4, 4}, {2, 2}, {1, 1, 1, 1}, {0, 0}, 1},
      {{3, 3}, {2, 2}, {1, 1, 1, 1}, {1, 1}, 2}, {{3, 5}, {1, 3}, {2, 0, 0, 4}, {0, 2}, 4},
      {{1, 2}, {2, 4}, {0, 1, 0, 0}, {1, 3}, 1},
  };
  for (const bool turned : {false, true}) {
    for (const Case& c : cases) {
      for (const ActivationKind kind : {ActivationKind::kNone, ActivationKind::kRelu, ActivationKind::kSilu}) {
        SCOPED_TRACE(std::to_string(&c - cases) + (turned ? " turned " : " ") + graph::ActivationName(kind));
        GraphBuilder builder;
        auto x = builder.Conv(builder.Input("x", {1, 3, 5, 7}), 8, 3);
        if (turned) x = builder.Node("Transpose", {x}, {{"perm", Ints{0, 1, 3, 2}}});
        const auto y = Transposed(builder, x, 12, c.kernel, c.group,
                                  {{"strides", c.strides}, {"pads", c.pads}, {"output_padding", c.extra}}, kind);
        builder.Output(builder.Conv(y, 4, 1));
        const Lowered lowered = LowerPlainly(builder);
        ExpectNodesWithinHalfAStep(lowered);
        EXPECT_EQ(lowered.Count("ConvTranspose"), 1);
        EXPECT_EQ(lowered.Count("Lookup"), 0);
      }
    }
  }
}

TEST(LowerConvTranspose, TheOutputAsTheAttributesWantIt) {
  const std::map<std::string, graph::Attribute> cases[] = {
      {{"auto_pad", std::string("SAME_UPPER")}},
      {{"auto_pad", std::string("SAME_LOWER")}},
      {{"auto_pad", std::string("VALID")}},
      {{"output_shape", Ints{10, 15}}},
      {{"output_shape", Ints{10, 15}}, {"auto_pad", std::string("SAME_LOWER")}},
      {{"output_shape", Ints{11, 16}}, {"pads", Ints{0, 0, 0, 0}}},
  };
  for (auto attributes : cases) {
    SCOPED_TRACE(attributes.begin()->first);
    attributes["strides"] = Ints{2, 2};
    GraphBuilder builder;
    const auto x = builder.Conv(builder.Input("x", {1, 3, 5, 7}), 4, 3);
    builder.Output(Transposed(builder, x, 6, {3, 3}, 2, attributes, ActivationKind::kNone));
    const Lowered lowered = LowerPlainly(builder);
    ExpectNodesWithinHalfAStep(lowered);
    EXPECT_EQ(lowered.Count("ConvTranspose"), 1);
  }
}

TEST(LowerConvTranspose, AKernelSmallerThanItsStrideLeavesTheBias) {
  GraphBuilder builder;
  const auto x = builder.Conv(builder.Input("x", {1, 3, 4, 4}), 4, 1);
  builder.Output(Transposed(builder, x, 2, {1, 2}, 1, {{"strides", Ints{3, 3}}}, ActivationKind::kNone));
  ExpectNodesWithinHalfAStep(LowerPlainly(builder));
}

TEST(LowerConvTranspose, CountsProductsAndWidensSums) {
  // The last phase has no taps and fits any accumulator.
  for (const int64_t kernel : {1, 2}) {
    GraphBuilder builder;
    const int64_t channels = 70000;
    const auto x = builder.Input("x", {1, channels, 1, 1});
    const auto count = static_cast<size_t>(channels * kernel * kernel);
    const auto weights = builder.Constant({channels, 1, kernel, kernel}, std::vector<float>(count, 0.01F));
    builder.Output(builder.Node("ConvTranspose", {x, weights}, {{"strides", Ints{2, 2}}}));
    const Lowered lowered = LowerPlainly(builder);
    const joint::Layer* layer = lowered.Find(joint::Options::ConvTranspose);
    EXPECT_EQ(layer->options_as_ConvTranspose()->acc_bits(), 64);
    EXPECT_EQ(layer->macs(), static_cast<uint64_t>(channels * kernel * kernel));
  }
}

TEST(LowerConvTranspose, WeightsOf16BitsHaveTwoSums) {
  GraphBuilder builder;
  const auto x = builder.Conv(builder.Input("x", {1, 3, 5, 7}), 4, 3);
  const auto y = Transposed(builder, x, 6, {3, 3}, 2, {{"strides", Ints{2, 2}}}, ActivationKind::kNone);
  builder.Output(y);
  PlainQuantization options;
  options.weight_bits = {{y, 16}};
  const Lowered lowered = LowerPlainly(builder, options);
  ExpectNodesWithinHalfAStep(lowered);
  const auto* layer = lowered.Find(joint::Options::ConvTranspose)->options_as_ConvTranspose();
  EXPECT_EQ(layer->weight_sum()->size(), 2U * 4 * 6) << "a high and a low sum of each phase and channel";
}

TEST(LowerConvTranspose, ARangeSharedWithNegativeNumbersIsClamped) {
  GraphBuilder builder;
  const auto x = builder.Conv(builder.Input("x", {1, 3, 5, 7}), 4, 3);
  const auto up = Transposed(builder, x, 4, {1, 1}, 1, {}, ActivationKind::kRelu);
  builder.Output(builder.Node("Concat", {x, up}, {{"axis", int64_t{1}}}));
  PlainQuantization options;
  options.shared = {up};
  const Lowered lowered = LowerPlainly(builder, options);
  const auto* layer = lowered.Find(joint::Options::ConvTranspose)->options_as_ConvTranspose();
  EXPECT_GT(layer->clamp_low(), 0);
  EXPECT_EQ(layer->clamp_low(), layer->mid_zero_point());
}

TEST(LowerConvTranspose, BiasesOfFloats) {
  for (const int bias : {0, 1, 2}) {
    SCOPED_TRACE(bias);
    GraphBuilder builder;
    const auto x = builder.Conv(builder.Input("x", {1, 3, 5, 7}), 4, 3);
    std::vector<graph::TensorId> inputs = {x, builder.Constant({4, 2, 3, 3}, builder.Random(72))};
    if (bias == 1) inputs.push_back(graph::kNoTensor);
    if (bias == 2) inputs.push_back(builder.Constant({2}, {5.0F, -7.0F}));
    const auto y = builder.Node("ConvTranspose", inputs);
    builder.Output(y);
    PlainQuantization options;
    options.islands = {y};
    const Lowered lowered = LowerPlainly(builder, options);
    EXPECT_EQ(lowered.Count("ConvTranspose"), 1);
    const joint::Model& model = lowered.engine->model();
    const joint::Layer* layer = lowered.Find(joint::Options::ConvTranspose);
    const joint::Tensor* starts = model.tensors()->Get(static_cast<uint32_t>(layer->inputs()->Get(2)));
    float values[2] = {};
    const auto& data = *model.constants()->Get(static_cast<uint32_t>(starts->constant()))->data();
    ASSERT_EQ(data.size(), sizeof values);
    std::memcpy(values, data.data(), sizeof values);
    EXPECT_EQ(values[0], bias == 2 ? 5.0F : 0.0F);
    EXPECT_EQ(values[1], bias == 2 ? -7.0F : 0.0F);
    const std::string name = builder.graph().tensor(inputs[bias == 2 ? 2 : 1]).name;
    EXPECT_EQ(starts->name()->str(), bias == 2 ? name : name + "/bias");
    ExpectNodesWithinHalfAStep(lowered);
  }
}

std::string RefusalOf(graph::Graph graph) {
  quantize::QuantizedGraph quantized;
  quantized.graph = std::move(graph);
  for (graph::TensorId id = 0; id < quantized.graph.tensor_count(); ++id) {
    quantized.formats[id] = quantize::AffineParams{0.1, 0, 8};
  }
  try {
    lower::Lower(quantized, {});
  } catch (const UnsupportedModel& error) {
    return error.what();
  }
  return "nothing is refused";
}

TEST(LowerConvTranspose, RefusesRowsAndVolumes) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 3, 5});
  const auto turned = builder.Node("Transpose", {x}, {{"perm", Ints{0, 2, 1}}});
  builder.Output(builder.Node("ConvTranspose", {turned, builder.Constant({5, 2, 2}, builder.Random(20))}));
  const std::string refusal = RefusalOf(builder.graph());
  EXPECT_NE(refusal.find("(ConvTranspose): only convolutions over images (rank 4)"), std::string::npos) << refusal;
}

// Constants are folded before; a node of nothing else is named.
TEST(LowerConvTranspose, OfAConstantIsRefusedAsAreTopKAndReduceMean) {
  using Build = graph::TensorId (*)(GraphBuilder&, graph::TensorId);
  const std::pair<const char*, Build> nodes[] = {
      {"ConvTranspose",
       [](GraphBuilder& b, graph::TensorId x) {
         return b.Node("ConvTranspose", {x, b.Constant({3, 2, 2, 2}, b.Random(24))});
       }},
      {"TopK", [](GraphBuilder& b, graph::TensorId x) { return b.TopK(x, 3, 2, true)[0]; }},
      {"ReduceMean", [](GraphBuilder& b, graph::TensorId x) { return b.Node("ReduceMean", {x}); }},
  };
  for (const auto& [op, build] : nodes) {
    GraphBuilder builder;
    builder.Input("x", {1, 3, 4, 5});
    builder.Output(build(builder, builder.Constant({1, 3, 4, 5}, builder.Random(60))));
    const std::string refusal = RefusalOf(builder.graph());
    EXPECT_NE(refusal.find(std::string("(") + op + "): input 'constant"), std::string::npos) << op << ": " << refusal;
    EXPECT_NE(refusal.find("is a constant; fold the node before quantising"), std::string::npos) << op << refusal;
  }
}

}  // namespace
}  // namespace lockstep::test
