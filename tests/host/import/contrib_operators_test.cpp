// What ONNX Runtime's own operators become; tests/oracle/contrib_test.cpp compares their values with it.
#include <gtest/gtest.h>

#include "graph/error.h"
#include "import/onnx_import.h"
#include "onnx_writer.h"
#include "optimize/optimize.h"
#include "support/plain_evaluator.h"
#include "support/small_graph.h"

namespace lockstep::importer {
namespace {

graph::Graph Import(const OnnxWriter& writer) {
  const TemporaryFile file(writer.Bytes());
  return ImportOnnx(file.path(), {});
}

onnx::NodeProto& FusedConv(OnnxWriter& writer, const std::string& activation) {
  writer.Input("x", {1, 1, 1, 2})
      .Input("z", {1, 1, 1, 2})
      .Output("y")
      .Floats("w", {1, 1, 1, 1}, {2})
      .Floats("b", {1}, {1});
  auto& node = writer.Node("FusedConv", {"x", "w", "b", "z"}, {"y"});
  node.set_domain("com.microsoft");
  SetString(node, "activation", activation);
  return node;
}

TEST(ContribOperators, AFusedConvAddsASumInFrontOfItsActivation) {
  OnnxWriter writer(17);
  FusedConv(writer, "Relu");
  const graph::Graph graph = Import(writer);
  EXPECT_EQ(testing::Operators(graph), "Conv Add Relu");
  for (const graph::Node& node : graph.nodes) EXPECT_EQ(node.name.rfind("the_FusedConv/", 0), 0U) << node.name;
  const auto result = testing::EvaluatePlain(graph, {{"x", {{1, 1, 1, 2}, {3, -4}}}, {"z", {{1, 1, 1, 2}, {-9, 8}}}});
  EXPECT_EQ(result.at("y").values, (std::vector<double>{0, 1}));
}

// A quantised Softmax names the opset whose axes it means, which may be another than the model's.
TEST(ContribOperators, ASoftmaxOfAnotherOpsetThanTheModelIsRefused) {
  const auto import = [](int64_t model, int64_t own) {
    OnnxWriter writer(model);
    writer.Input("x", {2, 3, 4}, onnx::TensorProto::UINT8).Floats("scale", {}, {0.5F});
    auto& node = writer.Node("QLinearSoftmax", {"x", "scale", "", "scale", ""}, {"q"});
    node.set_domain("com.microsoft");
    SetInt(node, "axis", 1);
    SetInt(node, "opset", own);
    writer.Node("DequantizeLinear", {"q", "scale"}, {"y"});
    writer.Output("y");
    return Import(writer);
  };
  EXPECT_THROW(import(11, 13), UnsupportedModel);
  EXPECT_THROW(import(13, 11), UnsupportedModel);
  try {
    import(18, 12);
    FAIL() << "no error";
  } catch (const UnsupportedModel& error) {
    const std::string text = error.what();
    for (const char* part : {"node 'the_QLinearSoftmax' (com.microsoft.QLinearSoftmax) is written for ONNX opset 12",
                             "its operator Softmax means something else in each", "one opset, or in QDQ form"}) {
      EXPECT_NE(text.find(part), std::string::npos) << text;
    }
    EXPECT_EQ(text.find("function"), std::string::npos) << text;
  }
  EXPECT_EQ(import(17, 13).nodes[1].op, "Softmax");
  EXPECT_EQ(testing::Operators(import(11, 12)),
            "DequantizeLinear Shape Flatten Softmax Reshape QuantizeLinear DequantizeLinear");
}

TEST(ContribOperators, WhatIsNotKnownStaysItselfAndIsNamed) {
  OnnxWriter writer(17);
  FusedConv(writer, "Softplus");
  graph::Graph graph = Import(writer);
  optimize::Optimize(graph);
  const std::vector<optimize::Blocker> blockers = optimize::FindBlockers(graph);
  ASSERT_EQ(blockers.size(), 1U);
  EXPECT_EQ(blockers[0].node, "the_FusedConv");
  EXPECT_EQ(blockers[0].op, "com.microsoft.FusedConv");
}

}  // namespace
}  // namespace lockstep::importer
