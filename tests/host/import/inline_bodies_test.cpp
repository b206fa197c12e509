// Calls of a model's own functions, and an If whose condition is known.
#include <gtest/gtest.h>

#include "graph/error.h"
#include "import/onnx_import.h"
#include "onnx_writer.h"
#include "support/plain_evaluator.h"
#include "support/small_graph.h"

namespace lockstep::importer {
namespace {

graph::Graph Import(const OnnxWriter& writer, const ImportOptions& options = {}) {
  const TemporaryFile file(writer.Bytes());
  return ImportOnnx(file.path(), options);
}

onnx::NodeProto& AddNode(onnx::FunctionProto& function, const std::string& op, const std::vector<std::string>& inputs,
                         const std::string& output) {
  auto& node = *function.add_node();
  node.set_op_type(op);
  for (const std::string& input : inputs) node.add_input(input);
  node.add_output(output);
  return node;
}

// own.Scaled(x; slope) = LeakyRelu(x + x, alpha = slope), called twice.
OnnxWriter WithFunction() {
  OnnxWriter writer(17);
  writer.model.set_ir_version(8);
  auto& domain = *writer.model.add_opset_import();
  domain.set_domain("own");
  domain.set_version(1);
  auto& function = *writer.model.add_functions();
  function.set_domain("own");
  function.set_name("Scaled");
  function.add_input("a");
  function.add_output("b");
  function.add_attribute("slope");
  AddNode(function, "Add", {"a", "a"}, "sum");
  auto& alpha = *AddNode(function, "LeakyRelu", {"sum"}, "b").add_attribute();
  alpha.set_name("alpha");
  alpha.set_ref_attr_name("slope");
  alpha.set_type(onnx::AttributeProto::FLOAT);
  writer.Input("x", {2}).Output("y");
  for (const auto& [input, output] : {std::pair{"x", "middle"}, {"middle", "y"}}) {
    auto& call = writer.Node("Scaled", {input}, {output});
    call.set_domain("own");
    call.set_name(std::string("call_") + output);
    SetFloat(call, "slope", 0.5F);
  }
  return writer;
}

TEST(Functions, AreInlinedWithTheirAttributes) {
  const graph::Graph graph = Import(WithFunction());
  EXPECT_EQ(testing::Operators(graph), "Add LeakyRelu Add LeakyRelu");
  EXPECT_EQ(graph.nodes[0].name, "call_middle/Add");
  EXPECT_FLOAT_EQ(graph.nodes[3].Float("alpha", 0.0F), 0.5F);
  const auto values = testing::EvaluatePlain(graph, {{"x", {{2}, {3.0, -1.0}}}});
  EXPECT_EQ(values.at("y").values, (std::vector<double>{12.0, -1.0}));
}

TEST(Functions, ThatCallThemselvesAreRefused) {
  OnnxWriter writer = WithFunction();
  auto& call = AddNode(*writer.model.mutable_functions(0), "Scaled", {"sum"}, "never");
  call.set_domain("own");
  try {
    Import(writer);
    FAIL() << "no error";
  } catch (const BadInput& error) {
    EXPECT_NE(std::string(error.what()).find("(Scaled) calls itself"), std::string::npos) << error.what();
  }
}

void ExpectTooMuch(const OnnxWriter& writer) {
  try {
    Import(writer);
    FAIL() << "no error";
  } catch (const BadInput& error) {
    EXPECT_NE(std::string(error.what()).find("or 2 GiB, that functions and branches make"), std::string::npos)
        << error.what();
  }
}

// One node with 2,500 times an attribute of a megabyte, and 300,000 names of 2,000 bytes: refused before they are
// copied.
TEST(Functions, ThatMakeMoreThanAFileHoldsAreRefused) {
  OnnxWriter attributes = WithFunction();
  auto& large = *attributes.model.mutable_graph()->mutable_node(0)->mutable_attribute(0);
  large.set_type(onnx::AttributeProto::STRING);
  large.set_s(std::string(1 << 20, 'a'));
  auto& node = *attributes.model.mutable_functions(0)->mutable_node(1);
  for (int i = 0; i < 2500; ++i) {
    auto& reference = *node.add_attribute();
    reference = node.attribute(0);
    reference.set_name("alpha" + std::to_string(i));
  }
  ExpectTooMuch(attributes);

  OnnxWriter names = WithFunction();
  names.model.mutable_graph()->mutable_node(0)->set_name(std::string(2000, 'a'));
  auto& many = *names.model.mutable_functions(0)->mutable_node(0);
  for (int i = 0; i < 300000; ++i) many.add_output("made" + std::to_string(i));
  ExpectTooMuch(names);
}

// The branches make tensors of one name; one of them does not fit the input's shape.
OnnxWriter Choosing(bool condition) {
  OnnxWriter writer(17);
  writer.Input("x", {1, 4}).Input("other", {1, 4}).Output("y");
  auto& constant = *writer.model.mutable_graph()->add_initializer();
  constant.set_name("condition");
  constant.set_data_type(onnx::TensorProto::BOOL);
  constant.add_int32_data(condition ? 1 : 0);
  writer.Ints("three", {3});
  auto& choice = writer.Node("If", {"condition"}, {"y"});
  for (const char* key : {"then_branch", "else_branch"}) {
    auto& attribute = *choice.add_attribute();
    attribute.set_name(key);
    attribute.set_type(onnx::AttributeProto::GRAPH);
    auto& node = *attribute.mutable_g()->add_node();
    const bool first = attribute.name() == "then_branch";
    node.set_op_type(first ? "Relu" : "Reshape");
    node.add_input(first ? "x" : "other");
    if (!first) node.add_input("three");
    node.add_output("made");
    attribute.mutable_g()->add_output()->set_name("made");
  }
  return writer;
}

// The same, but that the condition is an input.
OnnxWriter ChoosingByInput() {
  OnnxWriter writer = Choosing(true);
  auto& graph = *writer.model.mutable_graph();
  graph.mutable_initializer()->DeleteSubrange(0, 1);
  auto& input = *graph.add_input();
  input.set_name("condition");
  input.mutable_type()->mutable_tensor_type()->set_elem_type(onnx::TensorProto::BOOL);
  input.mutable_type()->mutable_tensor_type()->mutable_shape();
  return writer;
}

TEST(Branches, AnInputWithAValueChoosesAndIsNoneAnyMore) {
  ImportOptions options;
  options.input_values = {{"condition", 1.0}};
  const graph::Graph graph = Import(ChoosingByInput(), options);
  EXPECT_EQ(testing::Operators(graph), "Relu Identity");
  ASSERT_EQ(graph.inputs.size(), 1U);
  EXPECT_EQ(graph.tensor(graph.inputs[0]).name, "x");

  const auto error = [](const std::map<std::string, double>& values) {
    ImportOptions wrong;
    wrong.input_values = values;
    try {
      Import(ChoosingByInput(), wrong);
    } catch (const UsageError& caught) {
      return std::string(caught.what());
    }
    return std::string("none");
  };
  EXPECT_NE(error({{"conditon", 1.0}}).find("no input \"conditon\"; did you mean condition?"), std::string::npos)
      << error({{"conditon", 1.0}});
  EXPECT_NE(error({{"condition", 0.5}}).find("holds truth values, not 0.5"), std::string::npos);
  EXPECT_NE(error({{"condition", 2.0}}).find("holds truth values, not 2"), std::string::npos);
}

TEST(Branches, OfAConstantConditionTheOneThatItChoosesStays) {
  const graph::Graph graph = Import(Choosing(true));
  EXPECT_EQ(testing::Operators(graph), "Relu Identity");
  ASSERT_EQ(graph.inputs.size(), 1U) << "only the other branch reads the second input";
  EXPECT_EQ(graph.tensor(graph.inputs[0]).name, "x");
  EXPECT_EQ(graph.tensor(graph.outputs[0]).name, "y");
}

TEST(Branches, OfAConstantConditionTheOtherOneIsNotLookedAt) {
  try {
    Import(Choosing(false));
    FAIL() << "4 elements do not become 3";
  } catch (const BadInput& error) {
    EXPECT_NE(std::string(error.what()).find("(Reshape)"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace lockstep::importer
