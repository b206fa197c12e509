// PRelu: slopes of every shape that is broadcast, of 8 and 16 bits, in every width, also with swapped axes.
#include <gtest/gtest.h>

#include "lowered.h"

namespace lockstep::test {
namespace {

using graph::Shape;
using graph::TensorId;

TensorId PRelu(GraphBuilder& builder, TensorId x, const Shape& shape) {
  const auto count = static_cast<size_t>(graph::ElementCount(shape));
  return builder.Node("PRelu", {x, builder.Constant(shape, builder.Random(count, -0.5F, 1.5F))});
}

joint::DType SlopeType(const Lowered& lowered) {
  const joint::Layer* layer = lowered.Find(joint::Options::PRelu);
  const auto slope = static_cast<uint32_t>(layer->inputs()->Get(1));
  return lowered.engine->model().tensors()->Get(slope)->dtype();
}

TEST(LowerPRelu, SlopesOfEveryShapeInEveryWidth) {
  for (const Shape& shape :
       {Shape{}, Shape{1}, Shape{4, 1, 1}, Shape{1, 4, 1, 1}, Shape{7}, Shape{5, 1}, Shape{4, 5, 7}}) {
    for (const int wide : {0, 1, 2, 3}) {
      SCOPED_TRACE(graph::ToString(shape) + ", wide " + std::to_string(wide));
      GraphBuilder builder;
      const TensorId x = builder.Conv(builder.Input("x", {1, 3, 5, 7}), 4, 1);
      const TensorId y = PRelu(builder, x, shape);
      builder.Output(y);
      PlainQuantization options;
      if ((wide & 1) != 0) options.sixteen_bits.insert(x);
      if ((wide & 2) != 0) options.sixteen_bits.insert(y);
      const Lowered lowered = LowerPlainly(builder, options);
      EXPECT_EQ(lowered.Count("PRelu"), 1);
      EXPECT_LE(lowered.Count("Transpose"), 1);
      ExpectNodesWithinHalfAStep(lowered);
    }
  }
}

TEST(LowerPRelu, BehindSwappedAxes) {
  GraphBuilder builder;
  const TensorId x = builder.Conv(builder.Input("x", {1, 3, 5, 7}), 4, 1);
  const TensorId turned = builder.Node("Transpose", {x}, {{"perm", std::vector<int64_t>{0, 1, 3, 2}}});
  builder.Output(PRelu(builder, turned, {4, 1, 1}));
  builder.Output(PRelu(builder, turned, {4, 7, 5}));
  builder.Output(PRelu(builder, turned, {7, 1}));
  ExpectNodesWithinHalfAStep(LowerPlainly(builder));
}

// 8 bits where they are as near as 16.
TEST(LowerPRelu, SlopesTakeTheBitsThatTheyNeed) {
  const auto lower = [](const std::vector<float>& slopes) {
    GraphBuilder builder;
    const TensorId x = builder.Conv(builder.Input("x", {1, 3, 5, 7}), 3, 1);
    builder.Output(builder.Node("PRelu", {x, builder.Constant({3, 1, 1}, slopes)}));
    Lowered lowered = LowerPlainly(builder);
    ExpectNodesWithinHalfAStep(lowered);
    return lowered;
  };
  EXPECT_EQ(SlopeType(lower({127.0F / 512, -64.0F / 512, 3.0F / 512})), joint::DType::S8);
  EXPECT_EQ(SlopeType(lower({0.25F, 0.25F, -0.25F})), joint::DType::S8);
  EXPECT_EQ(SlopeType(lower({0.0F, 0.0F, 0.0F})), joint::DType::S8);
  EXPECT_EQ(SlopeType(lower({0.25F, 0.2F, -0.01F})), joint::DType::S16);
}

TEST(LowerPRelu, OfFloats) {
  GraphBuilder builder;
  const TensorId y = PRelu(builder, builder.Conv(builder.Input("x", {1, 3, 5, 7}), 4, 1), {4, 1, 1});
  builder.Output(y);
  PlainQuantization options;
  options.islands = {y};
  const Lowered lowered = LowerPlainly(builder, options);
  EXPECT_EQ(lowered.Count("PRelu"), 1);
  ExpectNodesWithinHalfAStep(lowered);
}

}  // namespace
}  // namespace lockstep::test
