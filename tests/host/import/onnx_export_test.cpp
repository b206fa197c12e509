#include "import/onnx_export.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "graph/error.h"
#include "import/class_names.h"
#include "import/onnx_import.h"
#include "onnx_writer.h"
// The model checker of libonnx comes after ONNX's macros.
#include <onnx/checker.h>
#include <onnx/shape_inference/implementation.h>

#include "optimize/optimize.h"
#include "support/small_graph.h"

namespace lockstep::importer {
namespace {

using graph::Graph;
using graph::TensorId;
using testing::SmallGraph;

onnx::ModelProto Load(const std::string& path) {
  onnx::ModelProto model;
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(model.ParseFromIstream(&file));
  return model;
}

// Exports, lets libonnx check the file and infer its shapes strictly, imports it again and compares the results.
void ExpectRoundTrip(const Graph& graph) {
  const TemporaryFile file;
  ExportOnnx(graph, file.path());
  onnx::ModelProto model = Load(file.path());
  EXPECT_NO_THROW(onnx::checker::check_model(model));
  onnx::ShapeInferenceOptions strict{true, 1, true};
  EXPECT_NO_THROW(onnx::shape_inference::InferShapes(model, onnx::OpSchemaRegistry::Instance(), strict));
  const Graph again = ImportOnnx(file.path(), {});
  EXPECT_LE(testing::LargestOutputDifference(graph, again), 1e-6);
  for (const graph::Node& node : graph.nodes) {
    if (node.pre_activation == graph::kNoTensor) continue;
    EXPECT_NE(again.Find(graph.tensor(node.pre_activation).name), graph::kNoTensor)
        << "the tensor before the activation of " << node.name << " has lost its name";
  }
}

TEST(ExportOnnx, WritesEveryActivation) {
  for (const std::string op :
       {"Relu", "LeakyRelu", "Sigmoid",  "Tanh", "HardSigmoid", "HardSwish", "SiLU", "Elu",
        "Gelu", "Mish",      "Softplus", "Exp",  "Abs",         "Neg",       "Erf",  "Sin",
        "Cos",  "Atan",      "Sinh",     "Cosh", "Asinh",       "Selu",      "Celu", "Softsign"}) {
    SCOPED_TRACE(op);
    SmallGraph small;
    const TensorId x = small.Input("x", {1, 3, 4, 4});
    const TensorId fused = small.Add(op, {small.Conv(x, 3, 2, 3)});
    const TensorId alone = small.Add(op, {x});
    Graph graph = small.Finish({fused, alone});
    optimize::Optimize(graph);
    EXPECT_EQ(testing::Operators(graph), std::string("Conv+").append(op).append(" ").append(op));
    ExpectRoundTrip(graph);
  }
}

TEST(ExportOnnx, WritesWhatStaysByItself) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 3, 4, 4});
  std::vector<TensorId> outputs = {small.Add("Gelu", {x}, {{"approximate", std::string("tanh")}}),
                                   small.Add("Gelu", {small.Conv(x, 3, 2, 3)}, {{"approximate", std::string("tanh")}})};
  for (const char* op : {"IsBelow", "IsAtLeast", "IsEqual"}) outputs.push_back(small.Add(op, {x}, {{"value", 0.25F}}));
  outputs.push_back(small.Add("Shrink", {x}, {{"lambd", 0.25F}, {"bias", 0.125F}}));
  outputs.push_back(small.Add("ThresholdedRelu", {x}, {{"alpha", 0.25F}}));
  outputs.push_back(small.Add("Pow", {x, small.Scalar(3.0F)}));
  Graph graph = small.Finish(outputs);
  optimize::Optimize(graph);
  ExpectRoundTrip(graph);
}

TEST(ExportOnnx, WritesEveryOperatorOfTheNormalForm) {
  using Ints = std::vector<int64_t>;
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 4, 8, 8});
  const TensorId conv = small.Add("Clip", {small.Conv(x, 4, 4, 3, {{"pads", Ints{1, 1, 1, 1}}, {"group", int64_t{2}}}),
                                           graph::kNoTensor, small.Scalar(0.5F)});
  const TensorId pool =
      small.Add("MaxPool", {conv}, {{"kernel_shape", Ints{3, 3}}, {"strides", Ints{2, 2}}, {"ceil_mode", int64_t{1}}});
  const TensorId mean = small.Add("AveragePool", {pool}, {{"kernel_shape", Ints{3, 3}}, {"pads", Ints{1, 1, 1, 1}}});
  const TensorId up = small.Add("Resize", {mean, graph::kNoTensor, graph::kNoTensor, small.Ints({1, 4, 8, 8})},
                                {{"coordinate_transformation_mode", std::string("asymmetric")}});
  const TensorId sum = small.Add("Relu", {small.Add("Add", {up, x})});
  const TensorId joined =
      small.Add("Concat", {small.Add("Sub", {sum, x}), small.Add("Mul", {sum, up})}, {{"axis", int64_t{1}}});
  const auto parts = small.AddMany("Split", {joined}, 2, {{"axis", int64_t{1}}});
  const TensorId cut =
      small.Add("Slice", {parts[0], small.Ints({1}), small.Ints({7}), small.Ints({2}), small.Ints({2})});
  const TensorId moved = small.Add("Transpose", {cut}, {{"perm", Ints{0, 2, 3, 1}}});
  const TensorId flat = small.Add("Squeeze", {small.Add("Flatten", {moved}), small.Ints({0})});
  const TensorId soft = small.Add("Softmax", {parts[1]}, {{"axis", int64_t{1}}});
  const TensorId reduced =
      small.Add("ReduceSum", {small.Add("Pad", {soft, small.Ints({0, 0, 1, 0, 0, 0, 0, 1})})}, {{"axes", Ints{2}}});
  Graph graph = small.Finish({flat, small.Add("Unsqueeze", {reduced, small.Ints({0})})});
  optimize::Optimize(graph);
  ExpectRoundTrip(graph);
}

// That its output has rows of -1 is no attribute of ONNX, neither written nor read.
TEST(ExportOnnx, WritesANonMaxSuppressionAsOnnxHasIt) {
  SmallGraph small;
  const TensorId rows = small.Add("NonMaxSuppression",
                                  {small.Input("boxes", {1, 5, 4}), small.Input("scores", {1, 2, 5}), small.Ints({3})});
  Graph graph = small.Finish({rows});
  optimize::Optimize(graph);
  ASSERT_EQ(graph.nodes[0].Int("padded", 0), 1);
  const TemporaryFile file;
  ExportOnnx(graph, file.path());
  onnx::ModelProto model = Load(file.path());
  EXPECT_NO_THROW(onnx::checker::check_model(model));

  auto& brought = *model.mutable_graph()->mutable_node(0)->add_attribute();
  brought.set_name("padded");
  brought.set_type(onnx::AttributeProto::INT);
  brought.set_i(1);
  const TemporaryFile damaged(model.SerializeAsString());
  for (const std::string& path : {file.path(), damaged.path()}) {
    Graph again = ImportOnnx(path, {});
    EXPECT_EQ(again.nodes[0].attributes.count("padded"), 0U);
    optimize::Optimize(again);
    EXPECT_EQ(again.nodes[0].Int("padded", 0), 1);
  }
}

TEST(ExportOnnx, RemembersTheDigestOfItsSource) {
  SmallGraph small;
  const Graph graph = small.Finish({small.Add("Relu", {small.Input("x", {1, 3})})});
  const TemporaryFile file;
  ExportOnnx(graph, file.path());
  EXPECT_EQ(ExportedSourceDigest(file.path()), "");
  ExportOnnx(graph, file.path(), "0123456789abcdef0123456789abcdef");
  EXPECT_EQ(ExportedSourceDigest(file.path()), "0123456789abcdef0123456789abcdef");
  EXPECT_NO_THROW(onnx::checker::check_model(Load(file.path())));
  EXPECT_EQ(ExportedSourceDigest("/no/such/folder/net.onnx"), "");
}

TEST(ExportOnnx, NamesAFileThatCannotBeWritten) {
  SmallGraph small;
  const Graph graph = small.Finish({small.Add("Relu", {small.Input("x", {1, 3})})});
  try {
    ExportOnnx(graph, "/no/such/folder/net.onnx");
    FAIL() << "no error";
  } catch (const BadInput& error) {
    EXPECT_NE(std::string(error.what()).find("/no/such/folder/net.onnx"), std::string::npos) << error.what();
  }
}

TEST(ClassNames, StandInTheMetadata) {
  SmallGraph small;
  const Graph graph = small.Finish({small.Add("Relu", {small.Input("x", {1, 3})})});
  const TemporaryFile file;
  std::ofstream(file.path(), std::ios::binary) << SerializeOnnx(graph, "0123", {}, "{0: 'a', 1: 'b'}");
  EXPECT_EQ(MetadataOf(file.path(), kClassNamesKey), "{0: 'a', 1: 'b'}");
  EXPECT_EQ(ExportedSourceDigest(file.path()), "0123");
  EXPECT_NO_THROW(onnx::checker::check_model(Load(file.path())));
  ExportOnnx(graph, file.path());
  EXPECT_EQ(MetadataOf(file.path(), kClassNamesKey), "");
  EXPECT_EQ(MetadataOf("there is no such file", kClassNamesKey), "");
}

TEST(ClassNames, AreReadAsPythonPrintsThem) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(ParseClassNames("{0: 'person', 1: 'traffic light'}"), (Names{"person", "traffic light"}));
  EXPECT_EQ(ParseClassNames("['person', \"dog's\", 'a\\'b']"), (Names{"person", "dog's", "a'b"}));
  EXPECT_EQ(ParseClassNames(" { 0 : \"x\" } "), Names{"x"});
  for (const char* other : {"", "{}", "[]", "{1: 'a'}", "{0: 'a', 2: 'b'}", "{0: 'a'", "{0: 'a'] ", "['a', 3]",
                            "['a'] b", "['a", "['a\\", "{0 'a'}", "person", "{0: a}", "['a',"}) {
    EXPECT_EQ(ParseClassNames(other), Names{}) << other;
  }
}

}  // namespace
}  // namespace lockstep::importer
