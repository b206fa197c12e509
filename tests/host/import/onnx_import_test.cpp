#include "import/onnx_import.h"

#include <gtest/gtest.h>

#include "graph/error.h"
#include "onnx_writer.h"
#include "optimize/optimize.h"
#include "support/small_graph.h"

namespace lockstep::importer {
namespace {

using graph::Graph;
using graph::Shape;
using testing::PlainTensors;

Graph Import(const OnnxWriter& writer, const ImportOptions& options = {}) {
  const TemporaryFile file(writer.Bytes());
  return ImportOnnx(file.path(), options);
}

template <typename ErrorType>
std::string ErrorOf(const OnnxWriter& writer, const ImportOptions& options = {}) {
  const TemporaryFile file(writer.Bytes());
  try {
    ImportOnnx(file.path(), options);
  } catch (const ErrorType& error) {
    EXPECT_NE(std::string(error.what()).find('\n'), 0U);
    return error.what();
  } catch (const std::exception& error) {
    return std::string("another type of error: ") + error.what();
  }
  return "no error";
}

void ExpectContains(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << text << "\nhas no: " << part;
}

// x -> Conv (c) -> Relu (r) -> Conv (y), 3 channels each.
OnnxWriter TwoConvs(int64_t height = 4) {
  OnnxWriter writer(17);
  const std::vector<float> identity{1, 0, 0, 0, 1, 0, 0, 0, 1};
  writer.Input("x", {1, 3, height, 5}).Floats("w", {3, 3, 1, 1}, identity).Output("y");
  writer.Node("Conv", {"x", "w"}, {"c"}).set_name("first");
  writer.Node("Relu", {"c"}, {"r"}).set_name("act");
  writer.Node("Conv", {"r", "w"}, {"y"}).set_name("second");
  return writer;
}

TEST(ImportOnnx, ReadsNodesConstantsAndShapes) {
  const Graph graph = Import(TwoConvs());
  EXPECT_EQ(testing::Operators(graph), "Conv Relu Conv");
  EXPECT_EQ(graph.nodes[0].name, "first");
  EXPECT_EQ(graph.nodes[0].onnx_nodes, std::vector<std::string>{"first"});
  EXPECT_EQ(graph.tensor(graph.outputs[0]).shape, (Shape{1, 3, 4, 5}));
  EXPECT_EQ(graph.tensor(graph.Find("w")).constant->floats[4], 1.0F);
  EXPECT_EQ(graph.inputs.size(), 1U);
}

TEST(ImportOnnx, NamesNodesThatHaveNoneOrTheSameName) {
  OnnxWriter writer = TwoConvs();
  writer.model.mutable_graph()->mutable_node(0)->clear_name();
  writer.model.mutable_graph()->mutable_node(2)->set_name("act");
  const Graph graph = Import(writer);
  EXPECT_EQ(graph.nodes[0].name, "Conv_0");
  EXPECT_EQ(graph.nodes[1].name, "act");
  EXPECT_EQ(graph.nodes[2].name, "act_1");
}

TEST(ImportOnnx, SortsNodes) {
  OnnxWriter writer = TwoConvs();
  writer.model.mutable_graph()->mutable_node()->SwapElements(0, 2);
  const Graph graph = Import(writer);
  EXPECT_EQ(graph.nodes[0].name, "first");
  EXPECT_EQ(graph.nodes[2].name, "second");
}

TEST(ImportOnnx, ReadsEveryElementType) {
  struct Case {
    onnx::TensorProto::DataType type;
    std::string raw;
    std::vector<double> expected;
  };
  const std::vector<Case> cases = {
      {onnx::TensorProto::FLOAT, std::string("\x00\x00\x80\x3F\x00\x00\x00\xC0", 8), {1, -2}},
      {onnx::TensorProto::DOUBLE, std::string("\0\0\0\0\0\0\xF0\x3F\0\0\0\0\0\0\x00\xC0", 16), {1, -2}},
      {onnx::TensorProto::FLOAT16, std::string("\x00\x3C\x01\x00", 4), {1, 5.9604644775390625e-8}},
      {onnx::TensorProto::BFLOAT16, std::string("\x80\x3F\x00\xC0", 4), {1, -2}},
      {onnx::TensorProto::INT64, std::string("\x05\0\0\0\0\0\0\0\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 16), {5, -1}},
      {onnx::TensorProto::INT32, std::string("\x05\0\0\0\xFF\xFF\xFF\xFF", 8), {5, -1}},
      {onnx::TensorProto::UINT32, std::string("\x05\0\0\0\xFF\xFF\xFF\xFF", 8), {5, 4294967295.0}},
      {onnx::TensorProto::INT16, std::string("\x05\0\xFF\xFF", 4), {5, -1}},
      {onnx::TensorProto::UINT16, std::string("\x05\0\xFF\xFF", 4), {5, 65535}},
      {onnx::TensorProto::INT8, std::string("\x05\xFF", 2), {5, -1}},
      {onnx::TensorProto::UINT8, std::string("\x05\xFF", 2), {5, 255}},
      {onnx::TensorProto::BOOL, std::string("\x00\x01", 2), {0, 1}},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.type);
    OnnxWriter writer(17);
    auto& tensor = *writer.Input("x", {1}).Output("y").model.mutable_graph()->add_initializer();
    tensor.set_name("k");
    tensor.set_data_type(one.type);
    tensor.add_dims(2);
    tensor.set_raw_data(one.raw);
    writer.Node("Gather", {"k", "i"}, {"g"});
    writer.Ints("i", {0});
    writer.Node("Shape", {"k"}, {"s"});
    writer.Node("Foo", {"x", "g", "s", "k"}, {"y"});
    const Graph graph = Import(writer);
    const graph::Tensor& read = graph.tensor(graph.Find("k"));
    for (size_t i = 0; i < 2; ++i) {
      const double value = read.type == graph::ElementType::kFloat ? read.constant->floats.at(i)
                                                                   : static_cast<double>(read.constant->ints.at(i));
      EXPECT_EQ(value, one.expected[i]);
    }
  }
}

TEST(ImportOnnx, ReadsConstantNodes) {
  OnnxWriter writer(17);
  writer.Input("x", {2}).Output("y");
  SetFloat(writer.Node("Constant", {}, {"f"}), "value_float", 2.5F);
  SetInts(writer.Node("Constant", {}, {"n"}), "value_ints", {1, 2});
  SetFloats(writer.Node("Constant", {}, {"fs"}), "value_floats", {1, 2});
  writer.Node("Mul", {"x", "f"}, {"m"});
  writer.Node("Reshape", {"m", "n"}, {"r"});
  writer.Node("Add", {"r", "fs"}, {"y"});
  const Graph graph = Import(writer);
  EXPECT_EQ(testing::Operators(graph), "Mul Reshape Add");
  const PlainTensors values = testing::EvaluatePlain(graph, {{"x", {{2}, {3.0, 4.0}}}});
  EXPECT_EQ(values.at("y").values, (std::vector<double>{8.5, 12.0}));
  EXPECT_EQ(values.at("y").shape, (Shape{1, 2}));
}

TEST(ImportOnnx, RefusesAnAttributeWithoutType) {
  OnnxWriter writer = TwoConvs();
  auto& attribute = *writer.model.mutable_graph()->mutable_node(0)->add_attribute();
  attribute.set_name("strides");
  attribute.add_ints(2);
  attribute.add_ints(2);
  ExpectContains(ErrorOf<BadInput>(writer), "node 'first' (Conv), attribute 'strides' says nothing of its type");
}

TEST(ImportOnnx, CutsAtTensorsAndNodes) {
  ImportOptions options;
  options.input_nodes = {"c"};
  options.output_nodes = {"act"};
  const Graph inner = Import(TwoConvs(), options);
  EXPECT_EQ(testing::Operators(inner), "Relu");
  EXPECT_EQ(inner.tensor(inner.inputs.at(0)).name, "c");
  EXPECT_EQ(inner.tensor(inner.inputs.at(0)).shape, (Shape{1, 3, 4, 5}));
  EXPECT_EQ(inner.tensor(inner.outputs.at(0)).name, "r");
  options.input_nodes = {"second"};  // the node's data input
  options.output_nodes = {};
  const Graph last = Import(TwoConvs(), options);
  EXPECT_EQ(testing::Operators(last), "Conv");
  EXPECT_EQ(last.tensor(last.inputs.at(0)).name, "r");
}

TEST(ImportOnnx, RefusesCutsThatDoNotFit) {
  ImportOptions options;
  options.output_nodes = {"fist"};
  ExpectContains(ErrorOf<UsageError>(TwoConvs(), options), "--output-nodes: ");
  ExpectContains(ErrorOf<UsageError>(TwoConvs(), options), "did you mean first?");
  options.output_nodes = {"x"};
  ExpectContains(ErrorOf<UsageError>(TwoConvs(), options), "\"x\" to be an output");
  options.output_nodes = {"y", "c"};
  options.input_nodes = {"r"};
  ExpectContains(ErrorOf<UsageError>(TwoConvs(), options), "still needs its input 'x'");
}

TEST(ImportOnnx, AsksForOpenShapes) {
  const std::string error = ErrorOf<UsageError>(TwoConvs(0));
  ExpectContains(error, "'x' (1x3x?x5)");
  ExpectContains(error, "--input-shape x:1x3xHx5");
  const auto hint = [](const std::vector<int64_t>& shape) {
    OnnxWriter writer(17);
    writer.Input("x", shape).Output("y").Node("Relu", {"x"}, {"y"});
    const std::string text = ErrorOf<UsageError>(writer);
    return text.substr(text.find("with --input-shape ") + 19);
  };
  EXPECT_EQ(hint({0, 0, 0, 0}), "x:1x3xHxW");
  EXPECT_EQ(hint({0, 3, 640, 480}), "x:1x3x640x480");
  EXPECT_EQ(hint({0, 1, 0, 0}), "x:1x1xHxW");
  EXPECT_EQ(hint({0, 6, 0, 0}), "x:1x6xHxW");
  EXPECT_EQ(hint({0, 0, 0, 3}), "x:1xHxWx3");
  EXPECT_EQ(hint({0, 10}), "x:1x10");
  EXPECT_EQ(hint({0, 10, 0}), "x:1x10xB");
  ImportOptions options;
  options.input_shapes["x"] = {1, 3, 8, 8};
  const Graph graph = Import(TwoConvs(0), options);
  EXPECT_EQ(graph.tensor(graph.outputs[0]).shape, (Shape{1, 3, 8, 8}));
  options.input_shapes = {{"xx", {1, 3, 8, 8}}};
  ExpectContains(ErrorOf<UsageError>(TwoConvs(0), options), "no input \"xx\"; it must be one of x");
  options.input_shapes = {{"x", {1, 3, 8}}};
  ExpectContains(ErrorOf<UsageError>(TwoConvs(0), options), "has 4 axes (1x3x?x5), not the 3 of 1x3x8");
  options.input_shapes = {{"x", {1, 3, 8, 0}}};
  ExpectContains(ErrorOf<UsageError>(TwoConvs(0), options), "dimension below 1");
}

TEST(ImportOnnx, AShapeThatDoesNotSuitTheNetworkIsWrongUsage) {
  ImportOptions options;
  options.input_shapes["x"] = {1, 4, 4, 5};
  const std::string error = ErrorOf<UsageError>(TwoConvs(), options);
  ExpectContains(error, "--input-shape x:1x4x4x5 (configuration key input_shape)");
  ExpectContains(error, "node 'first' (Conv): input has 4 channels");
  ExpectContains(error, "weights 3x3x1x1 with group 1 expect 3");
  ExpectContains(error, "the network's own is x:1x3x4x5");
  ExpectContains(ErrorOf<UsageError>(TwoConvs(0), options), "give another shape");

  OnnxWriter faulty(17);  // whatever the shape
  faulty.Input("x", {1, 3, 4, 5}).Floats("w", {3, 2, 1, 1}, {1, 2, 3, 4, 5, 6}).Output("y");
  faulty.Node("Conv", {"x", "w"}, {"y"});
  options.input_shapes["x"] = {1, 3, 8, 8};
  ExpectContains(ErrorOf<BadInput>(faulty, options), "input has 3 channels");
}

TEST(ImportOnnx, RefusesWhatItCannotRead) {
  EXPECT_THROW(ImportOnnx("/no/such/file.onnx", {}), BadInput);
  EXPECT_THROW(ImportOnnx("/", {}), BadInput);
  EXPECT_THROW(ImportOnnx(TemporaryFile().path(), {}), BadInput);
  const TemporaryFile picture("\x89PNG\r\n\x1a\n and so on");
  EXPECT_THROW(ImportOnnx(picture.path(), {}), BadInput);

  OnnxWriter old = TwoConvs();
  old.model.mutable_opset_import(0)->set_version(0);
  ExpectContains(ErrorOf<UnsupportedModel>(old), "opset 0; export it with an opset from 1 to 22");
  OnnxWriter foreign = TwoConvs();
  foreign.model.mutable_opset_import(0)->set_domain("ai.onnx.ml");
  ExpectContains(ErrorOf<UnsupportedModel>(foreign), "domain 'ai.onnx.ml'");
  OnnxWriter none = TwoConvs();
  none.model.clear_opset_import();
  ExpectContains(ErrorOf<BadInput>(none), "no opset");
}

TEST(ImportOnnx, RefusesFilesThatContradictThemselves) {
  OnnxWriter dangling = TwoConvs();
  dangling.model.mutable_graph()->mutable_node(1)->set_input(0, "nowhere");
  ExpectContains(ErrorOf<BadInput>(dangling), "node 'act' (Relu) reads tensor 'nowhere'");
  OnnxWriter twice = TwoConvs();
  twice.model.mutable_graph()->mutable_node(1)->set_output(0, "c");
  ExpectContains(ErrorOf<BadInput>(twice), "makes tensor 'c', which exists already");
  OnnxWriter cycle = TwoConvs();
  cycle.model.mutable_graph()->mutable_node(0)->set_input(0, "r");
  ExpectContains(ErrorOf<BadInput>(cycle), "cycle");
  OnnxWriter no_output = TwoConvs();
  no_output.Output("z");
  ExpectContains(ErrorOf<BadInput>(no_output), "nothing makes the output 'z'");
  OnnxWriter short_data = TwoConvs();
  short_data.model.mutable_graph()->mutable_initializer(0)->mutable_float_data()->RemoveLast();
  ExpectContains(ErrorOf<BadInput>(short_data), "constant 'w': it holds 8 elements, its dimensions 3x3x1x1 need 9");
  OnnxWriter huge = TwoConvs();
  huge.model.mutable_graph()->mutable_initializer(0)->set_dims(0, int64_t{1} << 60);
  ExpectContains(ErrorOf<BadInput>(huge), "constant 'w'");
  OnnxWriter channels = TwoConvs();
  channels.model.mutable_graph()
      ->mutable_input(0)
      ->mutable_type()
      ->mutable_tensor_type()
      ->mutable_shape()
      ->mutable_dim(1)
      ->set_dim_value(4);
  ExpectContains(ErrorOf<BadInput>(channels), "node 'first' (Conv): input has 4 channels");
}

TEST(ImportOnnx, RefusesText) {
  OnnxWriter text = TwoConvs();
  text.model.mutable_graph()->mutable_initializer(0)->set_data_type(onnx::TensorProto::STRING);
  ExpectContains(ErrorOf<UnsupportedModel>(text), "constant 'w'");
}

TEST(ImportOnnx, TakesUnknownOperatorsForTheListOfBlockers) {
  OnnxWriter writer = TwoConvs();
  writer.model.mutable_graph()->mutable_node(1)->set_op_type("Fancy");
  writer.model.mutable_graph()->mutable_node(1)->set_domain("com.example");
  Graph graph = Import(writer);
  optimize::Optimize(graph);
  const auto blockers = optimize::FindBlockers(graph);
  ASSERT_EQ(blockers.size(), 1U);
  EXPECT_EQ(blockers[0].node, "act");
  EXPECT_EQ(blockers[0].op, "com.example.Fancy");
}

TEST(ImportOnnx, OutputsLeftOutAtTheEndAreNone) {
  OnnxWriter writer(17);
  writer.Input("x", {1, 3, 4, 4}).Output("y");
  SetInts(writer.Node("MaxPool", {"x"}, {"y", ""}), "kernel_shape", {2, 2});
  EXPECT_EQ(Import(writer).nodes[0].outputs.size(), 1U);
}

// Every output of a node is a tensor, whatever the file leaves out.
TEST(ImportOnnx, OutputsOfTopKSplitAndLayerNormalizationThatAreLeftOut) {
  struct Case {
    const char* op;
    std::vector<std::string> inputs, outputs;
    size_t expected;
  };
  const Case cases[] = {
      {"TopK", {"x", "k"}, {"y", ""}, 1},
      {"Split", {"x", "parts"}, {"y", "", ""}, 3},
      {"LayerNormalization", {"x", "scale"}, {"y", "", ""}, 1},
      {"LayerNormalization", {"x", "scale"}, {"", "", "y"}, 3},
      {"Dropout", {"x"}, {"y", ""}, 1},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.op + std::to_string(&c - cases));
    OnnxWriter writer(17);
    writer.Input("x", {6, 4}).Output("y");
    writer.Ints("k", {3}).Ints("parts", {1, 2, 3}).Floats("scale", {4}, {1, 2, 3, 4}).Node(c.op, c.inputs, c.outputs);
    const Graph graph = Import(writer);
    const std::vector<graph::TensorId>& outputs = graph.nodes[0].outputs;
    EXPECT_EQ(outputs.size(), c.expected);
    EXPECT_EQ(std::count(outputs.begin(), outputs.end(), graph::kNoTensor), 0);
    const testing::PlainTensors values = testing::EvaluatePlain(graph, testing::RandomInputs(graph, 1));
    EXPECT_EQ(values.at("y").shape, graph.tensor(graph.outputs[0]).shape);
  }
}

TEST(ImportOnnx, RefusesAConstantWithoutAName) {
  OnnxWriter writer = TwoConvs();
  SetFloat(writer.Node("Constant", {}, {""}), "value_float", 1.0F);
  ExpectContains(ErrorOf<BadInput>(writer), "has not one value");
}

}  // namespace
}  // namespace lockstep::importer
