// Opsets 1 to 6.
#include <gtest/gtest.h>

#include "graph/error.h"
#include "import/onnx_import.h"
#include "onnx_writer.h"
#include "support/plain_evaluator.h"
#include "support/small_graph.h"

namespace lockstep::importer {
namespace {

graph::Graph Import(const OnnxWriter& writer) {
  const TemporaryFile file(writer.Bytes());
  return ImportOnnx(file.path(), {});
}

// x of 2x3x2 and a second operand; what is added to every element of x.
std::vector<double> Added(const std::vector<int64_t>& shape, const std::vector<float>& values, int64_t axis) {
  OnnxWriter writer(6);
  writer.Input("x", {2, 3, 2}).Output("y").Floats("w", shape, values);
  auto& node = writer.Node("Add", {"x", "w"}, {"y"});
  SetInt(node, "broadcast", 1);
  if (axis >= 0) SetInt(node, "axis", axis);
  return testing::EvaluatePlain(Import(writer), {{"x", {{2, 3, 2}, std::vector<double>(12, 0.0)}}}).at("y").values;
}

TEST(OldOpsets, AnAxisSaysWhereTheSecondOperandLies) {
  EXPECT_EQ(Added({3}, {1, 2, 3}, 1), (std::vector<double>{1, 1, 2, 2, 3, 3, 1, 1, 2, 2, 3, 3}));
  EXPECT_EQ(Added({2}, {1, 2}, 0), (std::vector<double>{1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2}));
  EXPECT_EQ(Added({2}, {1, 2}, -1), (std::vector<double>{1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2})) << "the last axes";
}

TEST(OldOpsets, AnOperandThatDoesNotFitItsAxisIsBlamed) {
  try {
    Added({3, 2}, {1, 2, 3, 4, 5, 6}, 2);
    FAIL() << "no error";
  } catch (const BadInput& error) {
    EXPECT_NE(std::string(error.what()).find("node 'the_Add' (Add): its second input of shape 3x2 does not fit axis 2"),
              std::string::npos)
        << error.what();
  }
}

TEST(OldOpsets, SlopesOfAPReluAreThoseOfChannels) {
  OnnxWriter writer(6);
  writer.Input("x", {1, 2, 1, 1}).Output("y").Floats("w", {2}, {0.5F, 2.0F}).Node("PRelu", {"x", "w"}, {"y"});
  EXPECT_EQ(testing::EvaluatePlain(Import(writer), {{"x", {{1, 2, 1, 1}, {-1, -1}}}}).at("y").values,
            (std::vector<double>{-0.5, -2.0}));
}

TEST(OldOpsets, AttributesThatBecameInputs) {
  OnnxWriter reshape(1);
  SetInts(reshape.Input("x", {2, 3}).Output("y").Node("Reshape", {"x"}, {"y"}), "shape", {3, -1});
  const graph::Graph graph = Import(reshape);
  EXPECT_EQ(graph.tensor(graph.outputs[0]).shape, (graph::Shape{3, 2}));

  OnnxWriter concat(1);
  concat.Input("x", {2, 3}).Output("y").Node("Concat", {"x", "x"}, {"y"});
  const graph::Graph joined = Import(concat);
  EXPECT_EQ(joined.tensor(joined.outputs[0]).shape, (graph::Shape{2, 6})) << "axis 1 is the default";

  OnnxWriter pad(1);
  SetInts(pad.Input("x", {2, 3}).Output("y").Node("Pad", {"x"}, {"y"}), "paddings", {0, 1, 0, 0});
  const graph::Graph padded = Import(pad);
  EXPECT_EQ(padded.tensor(padded.outputs[0]).shape, (graph::Shape{2, 4}));
}

TEST(OldOpsets, BatchNormalizationSaysThatItIsNoTraining) {
  for (const bool test : {false, true}) {
    OnnxWriter writer(6);
    writer.Input("x", {1, 1, 2, 2}).Output("y");
    for (const char* name : {"scale", "bias", "mean", "variance"}) writer.Floats(name, {1}, {1.0F});
    auto& node = writer.Node("BatchNormalization", {"x", "scale", "bias", "mean", "variance"}, {"y"});
    if (test) SetInt(node, "is_test", 1);
    EXPECT_EQ(Import(writer).nodes[0].Int("training_mode", 0), test ? 0 : 1);
  }
}

// Attention is exported in training mode with a ratio of 0 where the module never had one.
TEST(OldOpsets, ADropoutInTrainingModeThatDropsNothingIsNone) {
  for (const float ratio : {0.0F, 0.5F}) {
    OnnxWriter writer(13);
    writer.Input("x", {1, 4}).Output("y").Floats("ratio", {}, {ratio});
    auto& training = *writer.model.mutable_graph()->add_initializer();
    training.set_name("training");
    training.set_data_type(onnx::TensorProto::BOOL);
    training.add_int32_data(1);
    writer.Node("Dropout", {"x", "ratio", "training"}, {"y"});
    EXPECT_EQ(Import(writer).nodes[0].op, ratio == 0.0F ? "Dropout" : "Dropout in training mode");
  }
}

}  // namespace
}  // namespace lockstep::importer
