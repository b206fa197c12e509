// Nodes that compute in floats among nodes that compute in integers: what they compute, and where formats are
// converted.
#include <gtest/gtest.h>

#include "lowered.h"

namespace lockstep::test {
namespace {

using graph::ActivationKind;
using graph::TensorId;

// Every operator that has a float form.
struct Network {
  Network() {
    const auto x = builder.Input("x", {1, 3, 8, 8});
    const auto stem = builder.Conv(x, 8, 3, 1, 1, ActivationKind::kSilu);
    const auto deep = builder.Conv(stem, 8, 3, 1, 8, ActivationKind::kRelu);
    const auto sum = builder.Node("Add", {stem, deep}, {}, {ActivationKind::kTanh, 0.0, 0.0});
    const auto scaled = builder.Node("Mul", {sum, builder.Constant({8, 1, 1}, builder.Random(8, 0.5F, 2.0F))});
    const auto rest = builder.Node("Sub", {builder.Constant({}, {1.0F}), scaled});
    const std::map<std::string, graph::Attribute> window = {{"kernel_shape", std::vector<int64_t>{3, 3}},
                                                            {"pads", std::vector<int64_t>{1, 1, 1, 1}}};
    const auto most = builder.Node("MaxPool", {rest}, window);
    const auto mean = builder.Node("AveragePool", {most}, window);
    const auto joined = builder.Node("Concat", {mean, stem}, {{"axis", int64_t{1}}});
    const auto halves = builder.Split(joined, 1, {8, 8});
    const auto larger =
        builder.Node("Resize", {halves[0], graph::kNoTensor, builder.Constant({4}, {1.0F, 1.0F, 2.0F, 2.0F})},
                     {{"mode", std::string("nearest")}});
    const auto larger_still = builder.Node(
        "ConvTranspose", {larger, builder.Constant({8, 2, 3, 3}, builder.Random(144))},
        {{"strides", std::vector<int64_t>{2, 2}}, {"group", int64_t{2}}}, {ActivationKind::kSilu, 0.0, 0.0});
    const auto smaller = builder.Conv(larger_still, 4, 1, 2);
    const auto flat = builder.Node("Reshape", {smaller, builder.Ints({1, 4, 289})});
    const auto chances = builder.Node("Sigmoid", {builder.Node("Softmax", {flat}, {{"axis", int64_t{1}}})});
    builder.Output(chances);
    builder.Output(halves[1]);
  }

  Lowered Lower(const PlainQuantization& options) { return LowerPlainly(builder, options); }

  GraphBuilder builder;
};

TEST(LowerFloatNodes, AWholeNetworkHasNoConversionsBetweenItsLayers) {
  Network network;
  PlainQuantization options;
  for (const graph::Node& node : network.builder.graph().nodes) {
    options.islands.insert(node.outputs.begin(), node.outputs.end());
  }
  const Lowered lowered = network.Lower(options);
  ExpectNodesWithinHalfAStep(lowered);
  EXPECT_EQ(lowered.Count("Dequantize"), 1) << "the pixels";
  EXPECT_EQ(lowered.Count("Quantize"), 0);
  for (const joint::Tensor* tensor : *lowered.engine->model().tensors()) {
    const bool pixels = tensor->name()->str() == "x" && tensor->dtype() == joint::DType::U8;
    EXPECT_TRUE(pixels || tensor->dtype() == joint::DType::F32) << tensor->name()->str();
  }
}

TEST(LowerFloatNodes, EveryNodeAloneInFloatsOrInIntegers) {
  const size_t count = Network().builder.graph().nodes.size();
  for (size_t alone = 0; alone < count; ++alone) {
    for (const bool island : {true, false}) {
      Network network;
      SCOPED_TRACE(network.builder.graph().nodes[alone].name + (island ? " in floats" : " in integers"));
      PlainQuantization options;
      for (size_t i = 0; i < count; ++i) {
        const graph::Node& node = network.builder.graph().nodes[i];
        if ((i == alone) == island) options.islands.insert(node.outputs.begin(), node.outputs.end());
      }
      ExpectNodesWithinHalfAStep(network.Lower(options));
    }
  }
}

TEST(LowerFloatNodes, ATensorIsConvertedOnce) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 3, 8, 8});
  const auto stem = builder.Conv(x, 4, 1);
  const auto once = builder.Node("Sigmoid", {stem});
  const auto twice = builder.Node("Tanh", {stem});
  builder.Output(builder.Conv(once, 4, 1));
  builder.Output(builder.Conv(once, 2, 1));
  builder.Output(twice);
  PlainQuantization options;
  options.islands = {once, twice};
  const Lowered lowered = LowerPlainly(builder, options);
  ExpectNodesWithinHalfAStep(lowered);
  EXPECT_EQ(lowered.Count("Dequantize"), 3) << "stem, and the two outputs of convolutions";
  EXPECT_EQ(lowered.Count("Quantize"), 1);
}

}  // namespace
}  // namespace lockstep::test
