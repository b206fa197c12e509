// Inputs of another type than the operator takes, and outputs that are left out: a graph or an error that names the
// node, whatever the operator.
#include <gtest/gtest.h>

#include "graph/error.h"
#include "import/onnx_import.h"
#include "onnx_writer.h"
#include "optimize/optimize.h"
#include "support/small_graph.h"

namespace lockstep::importer {
namespace {

// The node of `op` reads its parameters behind x (1x4x6x5): "i.." are integers, "f.." floating point numbers.
struct IllTyped {
  std::string op;
  std::vector<std::string> inputs;
  std::string wrong;  // the input that the message names
  int64_t opset = 17;
};

OnnxWriter Write(const IllTyped& one) {
  OnnxWriter writer(one.opset);
  writer.Input("x", {1, 4, 6, 5}).Output("y");
  writer.Ints("i1", {1}).Ints("i2", {2, 2}).Ints("i4", {1, 4, 6, 5}).Ints("i8", {0, 0, 0, 0, 0, 0, 0, 0});
  writer.Floats("f1", {1}, {1}).Floats("f2", {2}, {2, 2}).Floats("f4", {4}, {1, 4, 6, 5}).Floats("f0", {}, {0});
  writer.Floats("f8", {8}, {0, 0, 0, 0, 0, 0, 0, 0}).Floats("fw", {4, 4, 1, 1}, std::vector<float>(16, 1));
  std::vector<std::string> outputs = {"y"};
  if (one.op == "Split") outputs.emplace_back("z");
  writer.Node(one.op, one.inputs, outputs);
  return writer;
}

std::string ErrorOf(const OnnxWriter& writer) {
  const TemporaryFile file(writer.Bytes());
  try {
    graph::Graph graph = ImportOnnx(file.path(), {});
    optimize::Optimize(graph);
  } catch (const BadInput& error) {
    return error.what();
  }
  return "no error";
}

TEST(IllTypedOnnx, IsRefusedNamingTheNodeAndTheInput) {
  const std::vector<IllTyped> cases = {
      {"Reshape", {"x", "f4"}, "f4"},
      {"Squeeze", {"x", "f0"}, "f0"},
      {"Unsqueeze", {"x", "f1"}, "f1"},
      {"Expand", {"x", "f4"}, "f4"},
      {"Tile", {"x", "f4"}, "f4"},
      {"ConstantOfShape", {"f4"}, "f4"},
      {"Split", {"x", "f2"}, "f2"},
      {"Slice", {"x", "f1", "i2"}, "f1"},
      {"Slice", {"x", "i1", "f1"}, "f1"},
      {"Slice", {"x", "i1", "i1", "f1"}, "f1"},
      {"Slice", {"x", "i1", "i1", "i1", "f1"}, "f1"},
      {"Gather", {"x", "f1"}, "f1"},
      {"Gather", {"f4", "f1"}, "f1"},
      {"GatherElements", {"x", "f4"}, "f4"},
      {"GatherND", {"x", "f4"}, "f4"},
      {"ScatterElements", {"x", "f4", "x"}, "f4"},
      {"ScatterND", {"x", "i4", "i1"}, "i1"},
      {"Pad", {"x", "f8"}, "f8"},
      {"Pad", {"x", "i8", "i1"}, "i1"},
      {"Pad", {"x", "i8", "f0", "f4"}, "f4", 18},
      {"Range", {"f0", "i1", "f1"}, "i1"},
      {"Resize", {"x", "", "i4"}, "i4"},
      {"Resize", {"x", "", "", "f4"}, "f4"},
      {"Resize", {"x", "i4"}, "i4", 10},
      {"Upsample", {"x", "i4"}, "i4", 9},
      {"ReduceMean", {"x", "f1"}, "f1", 18},
      {"ReduceSum", {"x", "f1"}, "f1"},
      {"TopK", {"x", "f1"}, "f1"},
      {"CumSum", {"x", "f0"}, "f0"},
      {"Trilu", {"x", "f0"}, "f0"},
      {"Clip", {"x", "i1"}, "i1"},
      {"PRelu", {"x", "i1"}, "i1"},
      {"BatchNormalization", {"x", "f4", "f4", "i4", "f4"}, "i4"},
      {"InstanceNormalization", {"x", "i4", "f4"}, "i4"},
      {"LayerNormalization", {"x", "i1"}, "i1"},
      {"Conv", {"x", "fw", "i4"}, "i4"},
      {"ConvTranspose", {"x", "fw", "i4"}, "i4"},
      {"Gemm", {"x", "i2"}, "i2"},
      {"MatMul", {"x", "i4"}, "i4"},
      {"Concat", {"x", "i4"}, "i4"},
      {"Add", {"x", "i1"}, "i1"},
      {"Max", {"x", "x", "i1"}, "i1"},
      {"Less", {"x", "i1"}, "i1"},
      {"Where", {"f1", "x", "x"}, "f1"},
  };
  for (const IllTyped& one : cases) {
    SCOPED_TRACE(one.op + " with " + one.wrong);
    const std::string error = ErrorOf(Write(one));
    EXPECT_NE(error.find("node 'the_" + one.op + "'"), std::string::npos) << error;
    EXPECT_NE(error.find("its input '" + one.wrong + "' holds"), std::string::npos) << error;
  }
}

TEST(IllTypedOnnx, AttributesAreRefusedToo) {
  OnnxWriter pool(17);
  SetFloats(pool.Input("x", {1, 4, 6, 5}).Output("y").Node("MaxPool", {"x"}, {"y"}), "kernel_shape", {2, 2});
  OnnxWriter split(11);
  auto& node = split.Input("x", {1, 4, 6, 5}).Output("y").Node("Split", {"x"}, {"y", "z"});
  SetInt(node, "split", 2);
  EXPECT_NE(ErrorOf(pool).find("node 'the_MaxPool' (MaxPool): its attribute 'kernel_shape' has another type"),
            std::string::npos);
  EXPECT_NE(ErrorOf(split).find("': node 'the_Split' (Split): its attribute 'split' has another type"),
            std::string::npos);
}

TEST(OmittedOutputs, OfASplitKeepTheirPlace) {
  for (const std::vector<std::string>& outputs : {std::vector<std::string>{"", "y"}, {"y", ""}, {"", "y", ""}}) {
    OnnxWriter writer(17);
    writer.Input("x", {1, 6, 2, 2}).Output("y");
    writer.Ints("sizes", std::vector<int64_t>(outputs.size(), 6 / static_cast<int64_t>(outputs.size())));
    SetInt(writer.Node("Split", {"x", "sizes"}, outputs), "axis", 1);
    const TemporaryFile file(writer.Bytes());
    const graph::Graph graph = ImportOnnx(file.path(), {});
    graph::Graph optimized = graph;
    optimize::Optimize(optimized);
    EXPECT_EQ(optimize::FindBlockers(optimized).size(), 0U);
    EXPECT_LE(testing::LargestOutputDifference(graph, optimized), 0.0);
    testing::PlainTensor x{{1, 6, 2, 2}, {}};
    for (int i = 0; i < 24; ++i) x.values.push_back(i);
    const double first = outputs[0] == "y" ? 0.0 : 24.0 / static_cast<double>(outputs.size());
    EXPECT_EQ(testing::EvaluatePlain(optimized, {{"x", x}}).at("y").values.front(), first);
  }
}

TEST(OmittedOutputs, OfOtherOperatorsAreNoFault) {
  OnnxWriter writer(17);
  writer.Input("x", {1, 6, 2, 2}).Output("y").Output("z");
  writer.Node("Dropout", {"x"}, {"", "y"});
  SetInts(writer.Node("MaxPool", {"x"}, {"", "z"}), "kernel_shape", {2, 2});
  const auto declare = [&](int output, onnx::TensorProto::DataType type) {
    writer.model.mutable_graph()->mutable_output(output)->mutable_type()->mutable_tensor_type()->set_elem_type(type);
  };
  declare(0, onnx::TensorProto::BOOL);
  declare(1, onnx::TensorProto::INT64);
  const TemporaryFile file(writer.Bytes());
  graph::Graph graph = ImportOnnx(file.path(), {});
  optimize::Optimize(graph);
  EXPECT_EQ(optimize::FindBlockers(graph).size(), 2U);
}

TEST(OmittedOutputs, ComeFromCuttingToo) {
  OnnxWriter writer(17);
  writer.Input("x", {1, 4, 2, 2}).Output("y").Ints("sizes", {2, 2});
  SetInt(writer.Node("Split", {"x", "sizes"}, {"a", "b"}), "axis", 1);
  writer.Node("Add", {"a", "b"}, {"y"});
  ImportOptions options;
  options.input_nodes = {"a", "x"};
  const TemporaryFile file(writer.Bytes());
  graph::Graph graph = ImportOnnx(file.path(), options);
  optimize::Optimize(graph);
  EXPECT_EQ(optimize::FindBlockers(graph).size(), 0U);
  const testing::PlainTensor a{{1, 2, 2, 2}, std::vector<double>(8, 100.0)};
  testing::PlainTensor x{{1, 4, 2, 2}, {}};
  for (int i = 0; i < 16; ++i) x.values.push_back(i);
  EXPECT_EQ(testing::EvaluatePlain(graph, {{"a", a}, {"x", x}}).at("y").values.front(), 108.0);
}

}  // namespace
}  // namespace lockstep::importer
