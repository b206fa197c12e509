// TopK: values in the scale of the input, indices as they are, along every axis and behind views.
#include <gtest/gtest.h>

#include <algorithm>

#include "lowered.h"

namespace lockstep::test {
namespace {

const joint::Tensor& OutputTensor(const Lowered& lowered, uint32_t output) {
  const joint::Model& model = lowered.engine->model();
  return *model.tensors()->Get(static_cast<uint32_t>(model.outputs()->Get(output)->tensor()));
}

TEST(LowerTopK, AlongEveryAxisOfAnImage) {
  for (int64_t axis = 1; axis < 4; ++axis) {
    for (const bool largest : {true, false}) {
      GraphBuilder builder;
      const auto x = builder.Input("x", {1, 3, 6, 7});
      const auto best = builder.TopK(builder.Conv(x, 5, 3), axis, 4, largest);
      builder.Output(best[0]);
      builder.Output(best[1]);
      const Lowered lowered = LowerPlainly(builder);
      EXPECT_EQ(lowered.Count("TopK"), 1);
      EXPECT_EQ(OutputTensor(lowered, 0).dtype(), joint::DType::F32);
      EXPECT_EQ(OutputTensor(lowered, 1).dtype(), joint::DType::S64);
      EXPECT_EQ(OutputTensor(lowered, 1).quantization(), nullptr);
      ExpectNodesWithinHalfAStep(lowered);
      const auto& indices = lowered.outputs[1];
      EXPECT_GT(*std::max_element(indices.begin(), indices.end()), 0.0F);
    }
  }
}

TEST(LowerTopK, IndicesBehindViewsAndNotAtAll) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 3, 4, 5});
  const auto y = builder.Conv(x, 4, 1);
  const auto best = builder.TopK(y, 1, 2, true);
  const auto turned = builder.Node("Transpose", {best[1]}, {{"perm", std::vector<int64_t>{0, 3, 1, 2}}});
  builder.Output(builder.Node("Reshape", {turned, builder.Ints({5, 8})}));
  builder.Output(builder.TopK(builder.Node("Reshape", {y, builder.Ints({1, 80})}), 1, 7, true)[0]);
  const Lowered lowered = LowerPlainly(builder);
  EXPECT_EQ(lowered.Count("TopK"), 2);
  EXPECT_EQ(OutputTensor(lowered, 0).dtype(), joint::DType::S64);
  ExpectNodesWithinHalfAStep(lowered);
}

TEST(LowerTopK, SixteenBits) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 3, 6, 7});
  const auto y = builder.Conv(x, 5, 1);
  const auto best = builder.TopK(y, 3, 3, true);
  builder.Output(best[0]);
  builder.Output(best[1]);
  PlainQuantization options;
  options.sixteen_bits = {y, best[0]};
  ExpectNodesWithinHalfAStep(LowerPlainly(builder, options));
}

// The layer has both outputs, the node may have one.
TEST(LowerTopK, IndicesThatHaveNoName) {
  for (const size_t outputs : {1, 2}) {
    SCOPED_TRACE(outputs);
    GraphBuilder builder;
    const auto x = builder.Conv(builder.Input("x", {1, 3, 6, 7}), 5, 1);
    const std::map<std::string, graph::Attribute> axis = {{"axis", int64_t{1}}};
    const auto best = builder.Outputs("TopK", {x, builder.Ints({2})}, axis, outputs);
    builder.Output(best[0]);
    const Lowered lowered = LowerPlainly(builder);
    const joint::Layer* layer = lowered.Find(joint::Options::TopK);
    ASSERT_EQ(layer->outputs()->size(), 2U);
    const auto index = static_cast<uint32_t>(layer->outputs()->Get(1));
    const std::string name = lowered.engine->model().tensors()->Get(index)->name()->str();
    EXPECT_EQ(name == "/block/TopK_1_output_1", outputs == 2) << name;
  }
}

}  // namespace
}  // namespace lockstep::test
