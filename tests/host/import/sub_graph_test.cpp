// What a sub-graph reads from around it is used, as much as what a node reads itself.
#include <gtest/gtest.h>

#include "graph/error.h"
#include "import/onnx_import.h"
#include "onnx_writer.h"
#include "optimize/optimize.h"
#include "support/small_graph.h"

namespace lockstep::importer {
namespace {

onnx::GraphProto& AddBranch(onnx::NodeProto& node, const std::string& name) {
  auto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::GRAPH);
  attribute.mutable_g()->set_name(name);
  return *attribute.mutable_g();
}

void AddNode(onnx::GraphProto& graph, const std::string& op, const std::string& input, const std::string& output) {
  auto& node = *graph.add_node();
  node.set_op_type(op);
  node.add_input(input);
  node.add_output(output);
}

// One branch reads input `a`; the other hands input `b` or the tensor `r` through from a branch of a branch.
OnnxWriter Branching() {
  OnnxWriter writer(17);
  writer.Input("x", {1, 3, 4, 4}).Input("a", {1, 3, 4, 4}).Input("b", {1, 3, 4, 4}).Input("unused", {1}).Output("y");
  writer.Node("Relu", {"x"}, {"r"});
  writer.Input("choice", {1}, onnx::TensorProto::BOOL).Input("own", {1}, onnx::TensorProto::BOOL);
  auto& choice = writer.Node("If", {"choice"}, {"y"});
  auto& yes = AddBranch(choice, "then_branch");
  AddNode(yes, "Sigmoid", "a", "inner");
  AddNode(yes, "Sigmoid", "inner", "out");
  yes.add_output()->set_name("out");
  auto& no = AddBranch(choice, "else_branch");
  auto& nested = *no.add_node();
  nested.set_op_type("If");
  nested.add_input("own");
  nested.add_output("deep");
  AddBranch(nested, "then_branch").add_output()->set_name("b");
  AddBranch(nested, "else_branch").add_output()->set_name("r");
  no.add_output()->set_name("deep");
  return writer;
}

graph::Graph Import(const OnnxWriter& writer, const ImportOptions& options = {}) {
  const TemporaryFile file(writer.Bytes());
  return ImportOnnx(file.path(), options);
}

std::string ErrorOf(const OnnxWriter& writer) {
  try {
    Import(writer);
  } catch (const BadInput& error) {
    return error.what();
  }
  return "no error";
}

TEST(SubGraphs, KeepTheInputsThatOnlyTheyRead) {
  graph::Graph graph = Import(Branching());
  std::string inputs;
  for (const graph::TensorId id : graph.inputs) inputs += graph.tensor(id).name + " ";
  EXPECT_EQ(inputs, "x a b choice own ");
  EXPECT_EQ(testing::Operators(graph), "Relu Sigmoid Sigmoid If If")
      << "what no output of a branch needs is dropped, nothing else";
  optimize::Optimize(graph);
  std::string reason;
  for (const auto& blocker : optimize::FindBlockers(graph)) {
    if (blocker.node == "the_If") reason = blocker.reason;
  }
  EXPECT_NE(reason.find("its condition is computed"), std::string::npos) << reason;
  EXPECT_NE(reason.find("--output-nodes"), std::string::npos) << reason;
}

TEST(SubGraphs, TheirOpenInputsAreAskedFor) {
  OnnxWriter writer = Branching();
  auto& type = *writer.model.mutable_graph()->mutable_input(1)->mutable_type()->mutable_tensor_type();
  type.mutable_shape()->mutable_dim(2)->set_dim_param("height");
  try {
    Import(writer);
    FAIL() << "no error";
  } catch (const UsageError& error) {
    EXPECT_NE(std::string(error.what()).find("'a' (1x3x?x4)"), std::string::npos) << error.what();
  }
}

TEST(SubGraphs, CannotReadWhatNothingMakes) {
  OnnxWriter writer = Branching();
  auto& branch = *writer.model.mutable_graph()->mutable_node(1)->mutable_attribute(0)->mutable_g();
  branch.mutable_node(1)->set_input(0, "nowhere");
  EXPECT_NE(ErrorOf(writer).find("node 'the_If/Sigmoid_1' (Sigmoid) reads tensor 'nowhere', which nothing makes"),
            std::string::npos)
      << ErrorOf(writer);
  branch.mutable_node(1)->set_input(0, "a\nb");
  EXPECT_EQ(ErrorOf(writer).find('\n'), std::string::npos) << ErrorOf(writer);
}

TEST(SubGraphs, MayCloseACircle) {
  OnnxWriter writer = Branching();
  auto& branch = *writer.model.mutable_graph()->mutable_node(1)->mutable_attribute(0)->mutable_g();
  branch.mutable_node(1)->set_input(0, "y");
  EXPECT_NE(ErrorOf(writer).find("cycle through node 'the_If"), std::string::npos) << ErrorOf(writer);
}

}  // namespace
}  // namespace lockstep::importer
