// The table is complete and says of every operator what the rest of the host relies on.
#include "ops/op_table.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "ops/op_samples.h"
#include "support/small_graph.h"

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
      if (!results) continue;
      const bool by_value = row.name == "NonZero" || row.name == "Compress" || row.name == "NonMaxSuppression";
      ASSERT_EQ(graph::IsKnown(output.shape), !by_value);
      if (by_value) continue;
      EXPECT_EQ(graph::ToString((*results)[i].shape), graph::ToString(output.shape));
      EXPECT_EQ((*results)[i].type, output.type);
      const auto elements = (*results)[i].data.floats.size() + (*results)[i].data.ints.size();
      EXPECT_EQ(static_cast<int64_t>(elements), graph::ElementCount(output.shape));
    }
  }
}

TEST(OpTable, SaysWhatQuantisationReliesOn) {
  EXPECT_EQ(Names([](const Op& op) { return op.quantization.view; }),
            "Expand Flatten Gather Identity Pad Reshape Slice Split Squeeze Tile Transpose Unsqueeze");
  EXPECT_EQ(Names([](const Op& op) { return op.quantization.shares_scale && !op.quantization.view; }),
            "MaxPool ReduceMax ReduceMin Resize TopK");
  EXPECT_EQ(Names([](const Op& op) { return op.quantization.arithmetic; }), "Add MatMul Max Min Mul Sub");
  EXPECT_EQ(Names([](const Op& op) { return op.quantization.range == FixedRange::kBelowOne; }), "Softmax");
  EXPECT_EQ(Names([](const Op& op) { return op.quantization.range == FixedRange::kZeroToOne; }),
            "HardSigmoid IsAtLeast IsBelow IsEqual Sigmoid");
  EXPECT_EQ(Names([](const Op& op) { return op.quantization.weights >= 0; }), "Conv ConvTranspose Gemm");
  EXPECT_EQ(Names([](const Op& op) { return op.quantization.weights >= 0 && op.quantization.weights_axis == 1; }),
            "ConvTranspose Gemm");
  EXPECT_EQ(Names([](const Op& op) { return op.quantization.bias == 2; }), "Conv ConvTranspose Gemm");
  EXPECT_EQ(Names([](const Op& op) { return op.quantization.weights_input_axis >= 0; }), "Conv Gemm");
  EXPECT_EQ(Names([](const Op& op) { return op.quantization.indices == 1; }), "TopK");
  EXPECT_EQ(Names([](const Op& op) { return op.quantization.indices == 0; }), "NonMaxSuppression");
  EXPECT_EQ(Names([](const Op& op) { return op.quantization.wide_count > 0; }), "GridSample NonMaxSuppression");
  EXPECT_EQ(Names([](const Op& op) { return op.quantization.in_floats; }), "NonMaxSuppression");
}

TEST(OpTable, SaysWhatOnnxDoesNotHave) {
  EXPECT_EQ(Names([](const Op& op) { return op.own; }), "IsAtLeast IsBelow IsEqual SiLU");
}

TEST(OpTable, SaysWhatBecomesALayer) {
  EXPECT_EQ(Names([](const Op& op) { return op.layout == LayoutKind::kWindow; }),
            "AveragePool Conv ConvTranspose MaxPool Resize");
  EXPECT_EQ(Names([](const Op& op) { return op.layout == LayoutKind::kBinary; }), "Add Max Min Mul PRelu Sub");
  EXPECT_EQ(Names([](const Op& op) { return op.layout == LayoutKind::kSampled; }), "GridSample");
  EXPECT_EQ(Names([](const Op& op) { return op.layout == LayoutKind::kReduce; }),
            "ReduceMax ReduceMean ReduceMin ReduceSum");
  EXPECT_EQ(Names([](const Op& op) { return op.layout == LayoutKind::kOnnxOrder; }),
            "LayerNormalization MatMul NonMaxSuppression");
  EXPECT_EQ(Names([](const Op& op) { return op.layout == LayoutKind::kSlice; }), "Expand Gather Pad Slice Tile TopK");
  EXPECT_EQ(Names([](const Op& op) { return op.layout == LayoutKind::kUnary; }),
            "Abs Acos Acosh Asin Asinh Atan Atanh Ceil Celu Clip Cos Cosh Elu Erf Exp Floor Gelu HardSigmoid HardSwish "
            "IsAtLeast IsBelow IsEqual LeakyRelu Log Mish Neg Pow Reciprocal Relu Round Selu Shrink SiLU Sigmoid Sign "
            "Sin Sinh Softplus Softsign Sqrt Tan Tanh ThresholdedRelu");
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

struct NormalNode {
  const char* op;
  const char* attributes;
  const char* gone;  // an attribute that the normal form has not, or null
  graph::Attribute value;
};
void PrintTo(const NormalNode& node, std::ostream* out) { *out << node.op; }

// In normal form nothing changes any more; without any one of its attributes, or with one too many, a node is brought
// there again.
class NormalForm : public ::testing::TestWithParam<NormalNode> {};

TEST_P(NormalForm, HasEveryAttribute) {
  const Op& op = *FindOp(GetParam().op);
  graph::Graph graph = testing::SampleOf(GetParam().op);
  op.normalize(graph, graph.nodes[0]);
  const auto attributes = graph.nodes[0].attributes;
  std::string keys;
  for (const auto& [key, value] : attributes) keys += (keys.empty() ? "" : " ") + key;
  EXPECT_EQ(keys, GetParam().attributes);
  EXPECT_FALSE(op.normalize(graph, graph.nodes[0]));
  if (GetParam().gone != nullptr) {
    graph::Node node = graph.nodes[0];
    node.attributes[GetParam().gone] = GetParam().value;
    EXPECT_TRUE(op.normalize(graph, node)) << GetParam().gone;
    EXPECT_EQ(node.attributes.count(GetParam().gone), 0U);
  }
  for (const auto& [key, value] : attributes) {
    SCOPED_TRACE(key);
    graph::Node node = graph.nodes[0];
    node.attributes.erase(key);
    EXPECT_TRUE(op.normalize(graph, node));
    EXPECT_EQ(node.attributes.count(key), 1U);
  }
}

INSTANTIATE_TEST_SUITE_P(Operators, NormalForm,
                         ::testing::Values(NormalNode{"ConvTranspose", "dilations group output_padding pads strides",
                                                      "auto_pad", std::string("NOTSET")},
                                           NormalNode{"GridSample", "align_corners mode padding_mode", nullptr, {}},
                                           NormalNode{"LayerNormalization", "axis", nullptr, {}},
                                           NormalNode{"ReduceMean", "axes keepdims", "noop_with_empty_axes",
                                                      int64_t{0}},
                                           NormalNode{"TopK", "axis largest sorted", nullptr, {}}),
                         [](const auto& of) { return std::string(of.param.op); });

// Of a node with one input x of integers or floats, and constants.
Results Evaluated(testing::SmallGraph& small, const std::vector<graph::TensorId>& outputs, Value x) {
  const graph::Graph graph = small.Finish(outputs);
  const graph::Node& node = graph.nodes[0];
  Value second;
  ValueInputs inputs = {&x};
  if (node.inputs.size() > 1) {
    const graph::Tensor& constant = graph.tensor(node.inputs[1]);
    second = MakeValue(constant.type, constant.shape);
    second.data = *constant.constant;
    inputs.push_back(&second);
  }
  return EvaluateNode(graph, node, inputs);
}

TEST(EvaluateTopK, OfIntegersAndOfWhatIsNoNumber) {
  testing::SmallGraph integers;
  const graph::TensorId i = integers.Input("x", {4});
  integers.graph.tensor(i).type = graph::ElementType::kInt64;
  Value ints = MakeValue(graph::ElementType::kInt64, {4});
  ints.data.ints = {5, 9, -1, 9};
  const Results most = Evaluated(integers, integers.AddMany("TopK", {i, integers.Ints({3})}, 2), ints);
  EXPECT_EQ((*most)[0].data.ints, (std::vector<int64_t>{9, 9, 5}));
  EXPECT_EQ((*most)[1].data.ints, (std::vector<int64_t>{1, 3, 0}));

  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const bool largest : {false, true}) {
    testing::SmallGraph small;
    Value floats = MakeValue(graph::ElementType::kFloat, {5});
    floats.data.floats = {1.0F, nan, 3.0F, nan, -2.0F};
    const auto outputs =
        small.AddMany("TopK", {small.Input("x", {5}), small.Ints({5})}, 2, {{"largest", int64_t{largest}}});
    const Results ordered = Evaluated(small, outputs, floats);
    EXPECT_EQ((*ordered)[1].data.ints,
              largest ? (std::vector<int64_t>{1, 3, 2, 0, 4}) : (std::vector<int64_t>{4, 0, 2, 1, 3}));
  }
}

TEST(EvaluateReduceMean, OfIntegersAndOfNothing) {
  testing::SmallGraph small;
  const graph::TensorId x = small.Input("x", {2, 3});
  small.graph.tensor(x).type = graph::ElementType::kInt64;
  Value ints = MakeValue(graph::ElementType::kInt64, {2, 3});
  ints.data.ints = {1, 2, 7, -3, 0, -6};
  const Results means = Evaluated(small, {small.Add("ReduceMean", {x}, {{"axes", std::vector<int64_t>{1}}})}, ints);
  EXPECT_EQ((*means)[0].data.ints, (std::vector<int64_t>{3, -3}));

  testing::SmallGraph floats;
  const Results none = Evaluated(floats, {floats.Add("ReduceMean", {floats.Input("x", {0})})},
                                 MakeValue(graph::ElementType::kFloat, {0}));
  ASSERT_TRUE(none.has_value());
  EXPECT_TRUE(std::isnan((*none)[0].data.floats.at(0))) << "0 over 0";

  testing::SmallGraph nothing;
  const graph::TensorId empty = nothing.Input("x", {0});
  nothing.graph.tensor(empty).type = graph::ElementType::kInt64;
  EXPECT_FALSE(
      Evaluated(nothing, {nothing.Add("ReduceMean", {empty})}, MakeValue(graph::ElementType::kInt64, {0})).has_value());
}

TEST(OpTable, QLinearOperatorsSayWhichFormIsCompiled) {
  for (const char* op : {"QLinearConv", "QLinearMatMul"}) {
    const graph::Graph graph = testing::SampleOf(op);
    const std::string reason = WhyUnsupported(graph, graph.nodes[0]);
    EXPECT_NE(reason.find("export the network in QDQ form (QuantizeLinear and DequantizeLinear"), std::string::npos)
        << op << ": " << reason;
  }
}

}  // namespace
}  // namespace lockstep::ops
