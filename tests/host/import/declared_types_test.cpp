// What a file declares beside what it holds: inputs that are constants, and outputs.
#include <gtest/gtest.h>

#include "graph/error.h"
#include "import/onnx_import.h"
#include "onnx_writer.h"

namespace lockstep::importer {
namespace {

// x (1x3xHx5) -> Conv -> Relu (y), 3 channels each.
OnnxWriter Network(int64_t height = 4) {
  OnnxWriter writer(17);
  writer.Input("x", {1, 3, height, 5}).Floats("w", {3, 3, 1, 1}, {1, 0, 0, 0, 1, 0, 0, 0, 1}).Output("y");
  writer.Node("Conv", {"x", "w"}, {"c"});
  writer.Node("Relu", {"c"}, {"y"});
  return writer;
}

std::string ErrorOf(const OnnxWriter& writer, const ImportOptions& options = {}) {
  const TemporaryFile file(writer.Bytes());
  try {
    ImportOnnx(file.path(), options);
  } catch (const BadInput& error) {
    return error.what();
  }
  return "no error";
}

void ExpectContains(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << text << "\nhas no: " << part;
}

TEST(DeclaredConstants, MayStandAmongTheInputs) {
  for (const std::vector<int64_t>& dims : {std::vector<int64_t>{3, 3, 1, 1}, {3, 0, 1, 1}}) {
    OnnxWriter writer = Network();
    writer.Input("w", dims);
    EXPECT_EQ(ErrorOf(writer), "no error");
  }
  OnnxWriter open = Network();
  open.Input("w", {}).model.mutable_graph()->mutable_input(1)->mutable_type()->mutable_tensor_type()->clear_shape();
  EXPECT_EQ(ErrorOf(open), "no error");
}

TEST(DeclaredConstants, CannotBeOfAnotherShape) {
  for (const std::vector<int64_t>& dims : {std::vector<int64_t>{3, 3, 1, 2}, {3, 3, 1}, {0, 4, 1, 1}}) {
    OnnxWriter writer = Network();
    writer.Input("w", dims);
    const std::string error = ErrorOf(writer);
    ExpectContains(error, "constant 'w' is FLOAT 3x3x1x1, but is declared as FLOAT ");
  }
}

TEST(DeclaredConstants, CannotBeOfAnotherType) {
  OnnxWriter writer = Network();
  writer.Input("w", {3, 3, 1, 1});
  writer.model.mutable_graph()->mutable_input(1)->mutable_type()->mutable_tensor_type()->set_elem_type(
      onnx::TensorProto::UINT8);
  ExpectContains(ErrorOf(writer), "constant 'w' is FLOAT 3x3x1x1, but is declared as UINT8 3x3x1x1");
}

TEST(DeclaredConstants, CannotContradictTheListOfTensorsEither) {
  OnnxWriter writer = Network();
  writer.Input("w", {3, 3, 1, 2});
  auto& graph = *writer.model.mutable_graph();
  *graph.add_value_info() = graph.input(1);
  graph.mutable_input()->RemoveLast();
  ExpectContains(ErrorOf(writer), "but is declared as FLOAT 3x3x1x2");
}

TEST(DeclaredConstants, CannotBeDeclaredTwice) {
  OnnxWriter writer = Network();
  writer.Input("w", {3, 3, 1, 1}).Input("w", {3, 3, 1, 1});
  ExpectContains(ErrorOf(writer), "input 'w' is given twice");
}

TEST(DeclaredOutputs, CannotBeOfAnotherType) {
  OnnxWriter writer = Network();
  writer.model.mutable_graph()->mutable_output(0)->mutable_type()->mutable_tensor_type()->set_elem_type(
      onnx::TensorProto::INT64);
  ExpectContains(ErrorOf(writer), "declares its output 'y' as integers, but its nodes make floating point numbers");
}

void Declare(OnnxWriter& writer, const std::vector<int64_t>& dims) {
  auto& shape =
      *writer.model.mutable_graph()->mutable_output(0)->mutable_type()->mutable_tensor_type()->mutable_shape();
  for (const int64_t dim : dims) shape.add_dim()->set_dim_value(dim);
}

TEST(DeclaredOutputs, CannotBeWhatTheNodesDoNotMake) {
  OnnxWriter wrong = Network();
  Declare(wrong, {1, 3, 4, 6});
  ExpectContains(ErrorOf(wrong), "declares its output 'y' as 1x3x4x6, but its nodes make 1x3x4x5");
  ImportOptions options;
  options.output_nodes = {"c"};
  EXPECT_EQ(ErrorOf(wrong, options), "no error");  // another output now
  options.output_nodes = {"y"};
  ExpectContains(ErrorOf(wrong, options), "declares its output 'y'");
}

TEST(DeclaredOutputs, NeedNotHoldWhereTheyAreOpen) {
  OnnxWriter open = Network(0);
  Declare(open, {1, 3, 640, 640});
  ImportOptions options;
  options.input_shapes = {{"x", {1, 3, 8, 5}}};
  const TemporaryFile file(open.Bytes());
  const graph::Graph graph = ImportOnnx(file.path(), options);
  EXPECT_EQ(graph.tensor(graph.outputs[0]).shape, (graph::Shape{1, 3, 8, 5}));
  for (const std::vector<int64_t>& dims : {std::vector<int64_t>{}, {1, 3, 0, 7}, {1, 3, 4, 5}}) {
    OnnxWriter writer = Network();
    Declare(writer, dims);
    EXPECT_EQ(ErrorOf(writer), "no error");
  }
}

}  // namespace
}  // namespace lockstep::importer
