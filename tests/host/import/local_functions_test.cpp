// Functions that a model brings along: whose attributes, tensors and operators their nodes mean, and calls without end.
#include <google/protobuf/unknown_field_set.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "graph/error.h"
#include "import/onnx_import.h"
#include "onnx_writer.h"
#include "support/plain_evaluator.h"
#include "support/small_graph.h"

namespace lockstep::importer {
namespace {

using Names = std::vector<std::string>;
using Values = std::vector<double>;

onnx::NodeProto& AddNode(onnx::FunctionProto& function, const std::string& op, const Names& inputs,
                         const Names& outputs) {
  auto& node = *function.add_node();
  node.set_op_type(op);
  for (const std::string& input : inputs) node.add_input(input);
  for (const std::string& output : outputs) node.add_output(output);
  return node;
}

void Refer(onnx::NodeProto& node, const std::string& name, const std::string& of_function,
           onnx::AttributeProto::AttributeType type = onnx::AttributeProto::FLOAT) {
  auto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_ref_attr_name(of_function);
  attribute.set_type(type);
}

// Fields that the library does not know.
void AddField(google::protobuf::Message& message, int number, const std::string& bytes) {
  message.GetReflection()->MutableUnknownFields(&message)->AddLengthDelimited(number, bytes);
}
constexpr int kDefaults = 11;
constexpr int kOverload = 13;
constexpr int kOverloadOfCall = 8;

class OwnFunctions : public ::testing::Test {
 protected:
  OwnFunctions() {
    writer.model.set_ir_version(10);
    auto& domain = *writer.model.add_opset_import();
    domain.set_domain("own");
    domain.set_version(1);
    writer.Input("x", {2}).Output("y");
  }

  onnx::FunctionProto& Function(const std::string& name, const Names& inputs, const Names& outputs) {
    auto& function = *writer.model.add_functions();
    function.set_domain("own");
    function.set_name(name);
    for (const std::string& input : inputs) function.add_input(input);
    for (const std::string& output : outputs) function.add_output(output);
    return function;
  }

  onnx::NodeProto& Call(const std::string& name, const Names& inputs, const Names& outputs) {
    auto& call = writer.Node(name, inputs, outputs);
    call.set_domain("own");
    return call;
  }

  graph::Graph Import() const {
    const TemporaryFile file(writer.Bytes());
    return ImportOnnx(file.path(), {});
  }

  // y for x = (3, -1)
  Values Result() const { return testing::EvaluatePlain(Import(), {{"x", {{2}, {3.0, -1.0}}}}).at("y").values; }

  std::string ErrorOf() const {
    try {
      Import();
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  }

  void ExpectError(const std::string& part) const {
    const std::string text = ErrorOf();
    EXPECT_NE(text.find(part), std::string::npos) << text;
  }

  // own.Leaky(a; slope = 0.25) = LeakyRelu(a, alpha = slope)
  onnx::FunctionProto& Leaky() {
    auto& function = Function("Leaky", {"a"}, {"b"});
    Refer(AddNode(function, "LeakyRelu", {"a"}, {"b"}), "alpha", "slope");
    onnx::NodeProto holder;
    SetFloat(holder, "slope", 0.25F);
    AddField(function, kDefaults, holder.attribute(0).SerializeAsString());
    return function;
  }

  OnnxWriter writer{17};
};

TEST_F(OwnFunctions, AnAttributeThatACallLeavesOutHasItsDefault) {
  Leaky();
  Call("Leaky", {"x"}, {"y"});
  EXPECT_EQ(Result(), (Values{3.0, -0.25}));
  SetFloat(*writer.model.mutable_graph()->mutable_node(0), "slope", 0.5F);
  EXPECT_EQ(Result(), (Values{3.0, -0.5}));
}

TEST_F(OwnFunctions, AnAttributeWithoutADefaultIsThatOfTheOperator) {
  Refer(AddNode(Function("Plain", {"a"}, {"b"}), "LeakyRelu", {"a"}, {"b"}), "alpha", "slope");
  Call("Plain", {"x"}, {"y"});
  EXPECT_NEAR(Result()[1], -0.01, 1e-9);
}

TEST_F(OwnFunctions, ADefaultThatIsNoAttributeIsDamage) {
  AddField(Leaky(), kDefaults, "\xff\xff");
  Call("Leaky", {"x"}, {"y"});
  ExpectError("function 'own.Leaky' has an attribute that cannot be read");
}

TEST_F(OwnFunctions, AReferenceOutsideOfAFunctionIsDamage) {
  Refer(writer.Node("LeakyRelu", {"x"}, {"y"}), "alpha", "slope");
  ExpectError("attribute 'alpha' is to be the attribute 'slope' of a function, and the node is in none");
}

TEST_F(OwnFunctions, AFunctionHandsItsAttributesOn) {
  Leaky();
  auto& outer = Function("Outer", {"p"}, {"q"});
  auto& inner = AddNode(outer, "Leaky", {"p"}, {"q"});
  inner.set_domain("own");
  Refer(inner, "slope", "steep");
  SetFloat(Call("Outer", {"x"}, {"y"}), "steep", 2.0F);
  EXPECT_EQ(Result(), (Values{3.0, -2.0}));
}

// if (condition) LeakyRelu(a, alpha = slope) else a - 1; both branches make `inner`, and so does the caller.
void AddChoice(onnx::FunctionProto& function, const std::string& inner, const std::string& domain = "") {
  auto& choice = AddNode(function, "If", {"condition"}, {"b"});
  choice.set_domain(domain);
  for (const char* key : {"then_branch", "else_branch"}) {
    auto& attribute = *choice.add_attribute();
    attribute.set_name(key);
    attribute.set_type(onnx::AttributeProto::GRAPH);
    auto& body = *attribute.mutable_g();
    auto& node = *body.add_node();
    const bool first = attribute.name() == "then_branch";
    node.set_op_type(first ? "LeakyRelu" : "Sub");
    node.set_domain(domain);
    node.add_input("a");
    if (first) {
      Refer(node, "alpha", "slope");
    } else {
      node.add_input("one");
    }
    node.add_output(inner);
    auto& last = *body.add_node();
    last.set_op_type("Add");
    last.add_input(inner);
    last.add_input("a");
    last.add_output("sum");
    body.add_output()->set_name("sum");
  }
}

class OwnChoices : public OwnFunctions {
 protected:
  void Write(bool condition, const std::string& inner, const std::string& domain = "") {
    auto& value = *writer.model.mutable_graph()->add_initializer();
    value.set_name("yes");
    value.set_data_type(onnx::TensorProto::BOOL);
    value.add_int32_data(condition ? 1 : 0);
    writer.Floats("unit", {}, {1.0F});
    AddChoice(Function("Choose", {"condition", "a", "one"}, {"b"}), inner, domain);
    writer.Node("Neg", {"x"}, {"made"});
    SetFloat(Call("Choose", {"yes", "made", "unit"}, {"y"}), "slope", 0.5F);
  }
};

TEST_F(OwnChoices, BranchesReferToTheAttributesOfTheirFunction) {
  Write(true, "result");
  EXPECT_EQ(Result(), (Values{-4.5, 2.0})) << "of -3 and 1";
}

TEST_F(OwnChoices, ATensorOfABranchDoesNotHideThatOfTheCaller) {
  for (const bool condition : {true, false}) {
    writer = OnnxWriter(17);
    writer.Input("x", {2}).Output("y");
    Write(condition, "made");
    EXPECT_EQ(Result(), condition ? (Values{-4.5, 2.0}) : (Values{-7.0, 1.0}));
  }
}

TEST_F(OwnChoices, TheDomainMayBeWrittenOut) {
  Write(false, "result", "ai.onnx");
  EXPECT_EQ(Result(), (Values{-7.0, 1.0}));
}

TEST_F(OwnFunctions, OnnxsOwnDomainHasTwoNames) {
  for (const char* of_function : {"", "ai.onnx"}) {
    for (const char* of_call : {"", "ai.onnx"}) {
      writer = OnnxWriter(17);
      writer.model.mutable_opset_import(0)->set_domain("ai.onnx");
      writer.Input("x", {2}).Output("y");
      auto& function = Function("Double", {"a"}, {"b"});
      function.set_domain(of_function);
      AddNode(function, "Add", {"a", "a"}, {"b"}).set_domain(of_call);
      Call("Double", {"x"}, {"y"}).set_domain(of_call);
      EXPECT_EQ(Result(), (Values{6.0, -2.0})) << of_function << " " << of_call;
    }
  }
}

TEST_F(OwnFunctions, ACallChoosesAmongOverloads) {
  AddNode(Function("Many", {"a"}, {"b"}), "Neg", {"a"}, {"b"});
  auto& other = Function("Many", {"a"}, {"b"});
  AddNode(other, "Abs", {"a"}, {"b"});
  AddField(other, kOverload, "absolute");
  AddField(Call("Many", {"x"}, {"middle"}), kOverloadOfCall, "absolute");
  Call("Many", {"middle"}, {"y"});
  EXPECT_EQ(Result(), (Values{-3.0, -1.0}));
}

TEST_F(OwnFunctions, OfOneNameTwiceAreDamage) {
  Leaky();
  Leaky();
  ExpectError("holds two functions 'own.Leaky'");
}

TEST_F(OwnFunctions, InputsAndOutputsThatACallLeavesOut) {
  auto& function = Function("Limit", {"a", "low", "high"}, {"unused", "b"});
  AddNode(function, "Clip", {"a", "low", "high"}, {"b"});
  AddNode(function, "Exp", {"a"}, {"unused"});
  writer.Floats("two", {}, {2.0F});
  Call("Limit", {"x", "", "two"}, {"", "middle"});
  Call("Limit", {"middle", "two"}, {"", "y"});
  writer.Output("middle");
  const auto values = testing::EvaluatePlain(Import(), {{"x", {{2}, {3.0, -1.0}}}});
  EXPECT_EQ(values.at("middle").values, (Values{2.0, -1.0}));
  EXPECT_EQ(values.at("y").values, (Values{2.0, 2.0}));
}

TEST_F(OwnFunctions, ACallHasNoMoreInputsThanItsFunction) {
  Leaky();
  Call("Leaky", {"x", "x"}, {"y"});
  ExpectError("node 'the_Leaky' (Leaky) has 2 inputs, its function 1");
}

TEST_F(OwnFunctions, AnInputMayBeAnOutputToo) {
  auto& function = Function("Both", {"a"}, {"a", "b", "b"});
  AddNode(function, "Neg", {"a"}, {"b"});
  writer.Output("z").Output("again");
  Call("Both", {"x"}, {"y", "z", "again"});
  const auto values = testing::EvaluatePlain(Import(), {{"x", {{2}, {3.0, -1.0}}}});
  EXPECT_EQ(values.at("y").values, (Values{3.0, -1.0}));
  EXPECT_EQ(values.at("z").values, (Values{-3.0, 1.0}));
  EXPECT_EQ(values.at("again").values, (Values{-3.0, 1.0}));
}

TEST_F(OwnFunctions, ThatCallOneAnotherInACircleAreRefused) {
  AddNode(Function("One", {"a"}, {"b"}), "Two", {"a"}, {"b"}).set_domain("own");
  AddNode(Function("Two", {"a"}, {"b"}), "One", {"a"}, {"b"}).set_domain("own");
  Call("One", {"x"}, {"y"});
  ExpectError("(One) calls itself");
}

// Each function calls the one before it twice, and the first has no nodes or one.
TEST_F(OwnFunctions, ThatDoubleWithEveryLevelAreRefusedAtOnce) {
  for (const bool empty : {true, false}) {
    writer = OnnxWriter(17);
    writer.Input("x", {2}).Output("y");
    constexpr int kLevels = 30;
    auto& first = Function("F0", {"a"}, {"b"});
    if (!empty) AddNode(first, "Neg", {"a"}, {"b"});
    for (int level = 1; level <= kLevels; ++level) {
      auto& function = Function("F" + std::to_string(level), {"a"}, {"b"});
      const std::string below = "F" + std::to_string(level - 1);
      AddNode(function, below, {"a"}, {"c"}).set_domain("own");
      AddNode(function, below, {"a"}, {"b"}).set_domain("own");
    }
    Call("F" + std::to_string(kLevels), {"x"}, {"y"});
    const auto start = std::chrono::steady_clock::now();
    ExpectError("one of more than a million nodes");
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(60));
  }
}

TEST_F(OwnFunctions, OfAnotherOpsetMustMeanTheSame) {
  const auto write = [&](const char* op, int64_t opset) {
    writer = OnnxWriter(17);
    writer.Input("x", {2}).Output("y");
    auto& function = Function("F", {"a"}, {"b"});
    AddNode(function, op, {"a"}, {"b"}).set_name("inner");
    auto& import = *function.add_opset_import();
    import.set_domain("ai.onnx");
    import.set_version(opset);
    Call("F", {"x"}, {"y"});
  };
  write("Softmax", 11);
  ExpectError("the function 'own.F' is written for ONNX opset 11, the model for 17, and its node 'inner' (Softmax)");
  write("Softmax", 13);
  EXPECT_EQ(ErrorOf(), "no error");
  write("Neg", 11);
  EXPECT_EQ(ErrorOf(), "no error");
  write("Neg", 99);
  ExpectError("is written for ONNX opset 99; export the model with an opset from 1 to 22");
}

TEST_F(OwnFunctions, TheirConstantsMayLieInOtherFiles) {
  std::string name = (std::filesystem::temp_directory_path() / "lockstep_XXXXXX").string();
  const std::filesystem::path folder = mkdtemp(name.data());
  const float weights[] = {10.0F, 20.0F};
  std::ofstream(folder / "weights.bin", std::ios::binary)
      .write(reinterpret_cast<const char*>(weights), sizeof(weights));
  auto& function = Function("Shift", {"a"}, {"b"});
  auto& attribute = *AddNode(function, "Constant", {}, {"w"}).add_attribute();
  attribute.set_name("value");
  attribute.set_type(onnx::AttributeProto::TENSOR);
  auto& tensor = *attribute.mutable_t();
  tensor.set_data_type(onnx::TensorProto::FLOAT);
  tensor.add_dims(2);
  tensor.set_data_location(onnx::TensorProto::EXTERNAL);
  auto& entry = *tensor.add_external_data();
  entry.set_key("location");
  entry.set_value("weights.bin");
  AddNode(function, "Add", {"a", "w"}, {"b"});
  Call("Shift", {"x"}, {"y"});
  std::ofstream(folder / "model.onnx", std::ios::binary) << writer.Bytes();
  const graph::Graph graph = ImportOnnx((folder / "model.onnx").string(), {});
  EXPECT_EQ(testing::EvaluatePlain(graph, {{"x", {{2}, {3.0, -1.0}}}}).at("y").values, (Values{13.0, 19.0}));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace lockstep::importer
