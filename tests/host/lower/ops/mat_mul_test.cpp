#include <gtest/gtest.h>

#include "graph/error.h"
#include "lower/lower.h"
#include "lowered.h"

namespace lockstep::test {
namespace {

// What attention does: queries times turned keys, shares, times values; batches in front.
graph::TensorId Attention(GraphBuilder& builder, graph::TensorId x, std::vector<graph::TensorId>& products) {
  const graph::Shape shape = builder.shape(x);
  const auto tokens = [&](graph::TensorId image) {
    return builder.Node("Reshape", {image, builder.Ints({1, 2, 4, shape[2] * shape[3]})});
  };
  const std::vector<int64_t> turn = {0, 1, 3, 2};
  const auto queries = builder.Node("Transpose", {tokens(builder.Conv(x, 8, 1))}, {{"perm", turn}});
  const auto keys = tokens(builder.Conv(x, 8, 1));
  const auto values = builder.Node("Transpose", {tokens(builder.Conv(x, 8, 1))}, {{"perm", turn}});
  products.push_back(builder.Node("MatMul", {queries, keys}));
  const auto shares = builder.Node("Softmax", {products.back()}, {{"axis", int64_t{-1}}});
  products.push_back(builder.Node("MatMul", {shares, values}));
  return products.back();
}

TEST(LowerMatMul, OfComputedTensorsInEveryWidth) {
  for (const int wide : {0, 1, 2}) {
    SCOPED_TRACE("wide " + std::to_string(wide));
    GraphBuilder builder;
    std::vector<graph::TensorId> products;
    builder.Output(Attention(builder, builder.Input("x", {1, 3, 5, 7}), products));
    PlainQuantization options;
    if (wide > 0) options.sixteen_bits = {products[1]};
    const Lowered lowered = LowerPlainly(builder, options);
    EXPECT_EQ(lowered.Count("MatMul"), 2);
    EXPECT_EQ(lowered.Find(joint::Options::MatMul)->options_as_MatMul()->acc_bits(), 32);
    EXPECT_EQ(lowered.Find(joint::Options::MatMul)->macs(), 2 * 35 * 35 * 4);
    ExpectNodesWithinHalfAStep(lowered);
  }
}

TEST(LowerMatMul, WideInputsTakeAccumulatorsOf64Bits) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 3, 6, 6});
  const auto left = builder.Conv(x, 2, 1);
  const auto right = builder.Conv(x, 2, 1);
  const auto product = builder.Node("MatMul", {left, right});
  builder.Output(builder.Node("MatMul", {product, right}));
  PlainQuantization options;
  options.sixteen_bits = {left, product};
  const Lowered lowered = LowerPlainly(builder, options);
  EXPECT_EQ(lowered.Find(joint::Options::MatMul)->options_as_MatMul()->acc_bits(), 64);
  EXPECT_EQ(lowered.Count("Rescale"), 0);
  ExpectNodesWithinHalfAStep(lowered);
}

TEST(LowerMatMul, BatchesConstantsAndVectors) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 3, 4, 6});
  const auto image = builder.Conv(x, 3, 1);
  const auto weights = builder.Node("MatMul", {image, builder.Constant({6, 5}, builder.Random(30))});       // 1 3 4 5
  const auto each = builder.Node("MatMul", {builder.Constant({2, 3, 1, 4}, builder.Random(24)), weights});  // 2 3 1 5
  const auto column = builder.Node("MatMul", {each, builder.Constant({5}, builder.Random(5))});             // 2 3 1
  const auto row = builder.Node("Reshape", {column, builder.Ints({6})});
  const auto turned = builder.Node("Transpose", {image}, {{"perm", std::vector<int64_t>{0, 1, 3, 2}}});
  builder.Output(builder.Node("MatMul", {row, turned}));  // 6 times 1 3 6 4
  const Lowered lowered = LowerPlainly(builder);
  EXPECT_EQ(lowered.Count("MatMul"), 4);
  ExpectNodesWithinHalfAStep(lowered);
}

TEST(LowerMatMul, SaysWhichScalesAndDepthsItDoesNotTake) {
  const auto message = [](int64_t depth, double scale) -> std::string {
    GraphBuilder builder;
    const auto x = builder.Input("x", {1, depth});
    const auto z = builder.Input("z", {depth, 1});
    const auto left = builder.Node("Add", {x, x});
    const auto right = builder.Node("Add", {z, z});
    const auto product = builder.Node("MatMul", {left, right});
    builder.Output(product);
    quantize::QuantizedGraph quantized;
    quantized.graph = builder.graph();
    using quantize::AffineParams;
    const AffineParams wide{0.1, 0, 16};
    quantized.formats = {{x, AffineParams{0.1, 0, 8}},
                         {z, AffineParams{0.1, 0, 8}},
                         {left, wide},
                         {right, wide},
                         {product, AffineParams{scale, 0, 16}}};
    try {
      lower::Lower(quantized, {});
    } catch (const UnsupportedModel& error) {
      return error.what();
    }
    return {};
  };
  EXPECT_EQ(message(4, 1e-3), "");
  EXPECT_NE(message(4, 1e-11).find("sum of 4 products does not fit 64 bits"), std::string::npos) << message(4, 1e-11);
  // 65535^2 products reach 2^55 at 8388865 of them.
  EXPECT_NE(message(8388865, 1e6).find("sum of 8388865 products does not fit"), std::string::npos);
}

TEST(LowerMatMul, OfFloats) {
  GraphBuilder builder;
  const auto x = builder.Conv(builder.Input("x", {1, 3, 4, 6}), 3, 1);
  const auto product = builder.Node("MatMul", {x, builder.Constant({6, 5}, builder.Random(30))});
  const auto column = builder.Node("MatMul", {product, builder.Constant({5}, builder.Random(5))});
  builder.Output(column);
  PlainQuantization options;
  options.islands = {product, column};
  const Lowered lowered = LowerPlainly(builder, options);
  EXPECT_EQ(lowered.Count("MatMul"), 2);
  ExpectNodesWithinHalfAStep(lowered);
}

TEST(LowerMatMul, OneWideInputOnEitherSideOrALongSumTakes64Bits) {
  for (const int side : {0, 1, 2}) {
    SCOPED_TRACE(side);
    GraphBuilder builder;
    const int64_t depth = side == 2 ? 33100 : 4;
    const auto x = builder.Input("x", {1, depth});
    const auto a = builder.Node("Add", {x, x});
    const auto z = builder.Input("z", {depth, 1});
    const auto b = builder.Node("Add", {z, z});
    builder.Output(builder.Node("MatMul", {a, b}));
    PlainQuantization options;
    if (side < 2) options.sixteen_bits = {side == 0 ? a : b};
    const Lowered lowered = LowerPlainly(builder, options);
    EXPECT_EQ(lowered.Find(joint::Options::MatMul)->options_as_MatMul()->acc_bits(), 64);
  }
}

TEST(LowerMatMul, TheProductWithAVectorHasOneAxisLess) {
  GraphBuilder builder;
  const auto image = builder.Conv(builder.Input("x", {1, 3, 4, 6}), 3, 1);
  const auto product = builder.Node("MatMul", {image, builder.Constant({6}, builder.Random(6))});  // 1 3 4
  builder.Output(builder.Node("Transpose", {product}, {{"perm", std::vector<int64_t>{2, 0, 1}}}));
  const Lowered lowered = LowerPlainly(builder);
  EXPECT_EQ(lowered.Count("MatMul"), 1);
  ExpectNodesWithinHalfAStep(lowered);
}

TEST(LowerMatMul, TheProductOfAVectorHasTheShapeOfItsNode) {
  for (const bool left : {false, true}) {
    SCOPED_TRACE(left);
    GraphBuilder builder;
    const auto image = builder.Conv(builder.Input("x", {1, 3, 6, 6}), 3, 1);
    const auto vector = builder.Constant({6}, builder.Random(6));
    builder.Output(left ? builder.Node("MatMul", {vector, image}) : builder.Node("MatMul", {image, vector}));
    const Lowered lowered = LowerPlainly(builder);
    const joint::Model& model = lowered.engine->model();
    const auto& shape = *model.tensors()->Get(static_cast<uint32_t>(model.outputs()->Get(0)->tensor()))->shape();
    EXPECT_EQ(std::vector<int>(shape.begin(), shape.end()), (std::vector<int>{1, 3, 6})) << "of the MatMul";
    ExpectNodesWithinHalfAStep(lowered);
  }
}

}  // namespace
}  // namespace lockstep::test
