// The table is complete and says of every operator what the rest of the host relies on.
#include "ops/op_table.h"

#include <gtest/gtest.h>

#include "ops/op_samples.h"

namespace lockstep::ops {
namespace {

std::string Names(bool (*holds)(const Op&)) {
  std::string names;
  for (const OpRow& row : kOps) {
    if (holds(*row.op)) names += (names.empty() ? "" : " ") + std::string(row.name);
  }
  return names;
}

TEST(OpTable, FindsEveryRowAndNothingElse) {
  for (const OpRow& row : kOps) EXPECT_EQ(FindOp(row.name), row.op) << row.name;
  for (const char* name : {"", "Conv ", "conv", "Zzz", "com.example.Conv", "A"})
    EXPECT_EQ(FindOp(name), nullptr) << name;
}

TEST(OpTable, EveryOperatorHasShapesAndAnEvaluationOrTheReasonWhyNot) {
  for (const OpRow& row : kOps) {
    EXPECT_NE(row.op->infer, nullptr) << row.name;
    EXPECT_NE(row.op->unsupported, nullptr) << row.name;
    EXPECT_TRUE((row.op->evaluation.function != nullptr) != (row.op->evaluation.missing_because != nullptr))
        << row.name;
  }
}

// The sample's node is valid, its shapes are known, and what is evaluated has them.
TEST(OpTable, EveryOperatorHasASampleThatIsEvaluated) {
  for (const OpRow& row : kOps) {
    SCOPED_TRACE(std::string(row.name));
    const graph::Graph graph = testing::SampleOf(std::string(row.name));
    const graph::Node& node = graph.nodes.at(0);
    std::vector<Value> values(node.inputs.size());
    ValueInputs inputs(node.inputs.size(), nullptr);
    for (size_t i = 0; i < inputs.size(); ++i) {
      if (node.inputs[i] == graph::kNoTensor) continue;
      const graph::Tensor& tensor = graph.tensor(node.inputs[i]);
      values[i] = MakeValue(tensor.type, tensor.shape);
      if (tensor.constant) values[i].data = *tensor.constant;
      inputs[i] = &values[i];
    }
    const Results results = EvaluateNode(graph, node, inputs);
    ASSERT_EQ(results.has_value(), row.op->evaluation.function != nullptr);
    for (size_t i = 0; i < node.outputs.size(); ++i) {
      const graph::Tensor& output = graph.tensor(node.outputs[i]);
      ASSERT_TRUE(graph::IsKnown(output.shape));
      if (!results) continue;
      EXPECT_EQ(graph::ToString((*results)[i].shape), graph::ToString(output.shape));
      EXPECT_EQ((*results)[i].type, output.type);
      const auto elements = (*results)[i].data.floats.size() + (*results)[i].data.ints.size();
      EXPECT_EQ(static_cast<int64_t>(elements), graph::ElementCount(output.shape));
    }
  }
}

TEST(OpTable, SaysWhatQuantisationReliesOn) {
  EXPECT_EQ(Names([](const Op& op) { return op.quantization.view; }),
            "Flatten Identity Reshape Slice Split Squeeze Transpose Unsqueeze");
  EXPECT_EQ(Names([](const Op& op) { return op.quantization.shares_scale && !op.quantization.view; }),
            "MaxPool Resize TopK");
  EXPECT_EQ(Names([](const Op& op) { return op.quantization.arithmetic; }), "Add MatMul Mul Sub");
  EXPECT_EQ(Names([](const Op& op) { return op.quantization.range == FixedRange::kBelowOne; }), "Softmax");
  EXPECT_EQ(Names([](const Op& op) { return op.quantization.range == FixedRange::kZeroToOne; }), "HardSigmoid Sigmoid");
  EXPECT_EQ(Names([](const Op& op) { return op.quantization.weights >= 0; }), "Conv ConvTranspose Gemm");
  EXPECT_EQ(Names([](const Op& op) { return op.quantization.weights >= 0 && op.quantization.weights_axis == 1; }),
            "ConvTranspose Gemm");
  EXPECT_EQ(Names([](const Op& op) { return op.quantization.bias == 2; }), "Conv ConvTranspose Gemm");
  EXPECT_EQ(Names([](const Op& op) { return op.quantization.weights_input_axis >= 0; }), "Conv Gemm");
  EXPECT_EQ(Names([](const Op& op) { return op.quantization.indices == 1; }), "TopK");
}

TEST(OpTable, SaysWhatBecomesALayer) {
  EXPECT_EQ(Names([](const Op& op) { return op.layout == LayoutKind::kWindow; }),
            "AveragePool Conv ConvTranspose MaxPool Resize");
  EXPECT_EQ(Names([](const Op& op) { return op.layout == LayoutKind::kBinary; }), "Add Mul PRelu Sub");
  EXPECT_EQ(Names([](const Op& op) { return op.layout == LayoutKind::kReduce; }), "ReduceMean");
  EXPECT_EQ(Names([](const Op& op) { return op.layout == LayoutKind::kOnnxOrder; }), "LayerNormalization MatMul");
  EXPECT_EQ(Names([](const Op& op) { return op.layout == LayoutKind::kSlice; }), "Slice TopK");
  EXPECT_EQ(Names([](const Op& op) { return op.layout == LayoutKind::kUnary; }),
            "Clip Elu Exp Gelu HardSigmoid HardSwish LeakyRelu Mish Relu SiLU Sigmoid Softplus Tanh");
  EXPECT_EQ(Names([](const Op& op) { return op.layout == LayoutKind::kReshape; }),
            "Flatten Identity Reshape Squeeze Unsqueeze");
}

// Loops over floats; integers are nothing that they could read.
class OfFloatsAlone : public ::testing::TestWithParam<const char*> {};

TEST_P(OfFloatsAlone, LeavesIntegers) {
  const graph::Graph graph = testing::SampleOf(GetParam());
  const graph::Node& node = graph.nodes.at(0);
  std::vector<Value> values(node.inputs.size());
  ValueInputs inputs(node.inputs.size(), nullptr);
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (node.inputs[i] == graph::kNoTensor) continue;
    values[i] = MakeValue(graph::ElementType::kInt64, graph.tensor(node.inputs[i]).shape);
    inputs[i] = &values[i];
  }
  EXPECT_FALSE(EvaluateNode(graph, node, inputs).has_value());
}

INSTANTIATE_TEST_SUITE_P(Operators, OfFloatsAlone,
                         ::testing::Values("ConvTranspose", "Gemm", "LayerNormalization", "MatMul", "PRelu"),
                         [](const auto& of) { return std::string(of.param); });

}  // namespace
}  // namespace lockstep::ops
