// Operands that a node leaves out, of old opsets and new ones: refused by name, or with the value that ONNX gives them.
#include <gtest/gtest.h>

#include "graph/error.h"
#include "import/onnx_import.h"
#include "onnx_writer.h"
#include "optimize/optimize.h"
#include "support/plain_evaluator.h"
#include "support/small_graph.h"

namespace lockstep::importer {
namespace {

using Values = std::vector<double>;

graph::Graph Import(const OnnxWriter& writer, const ImportOptions& options = {}) {
  const TemporaryFile file(writer.Bytes());
  return ImportOnnx(file.path(), options);
}

// Every operator of an old opset, whatever of it is there: an error that names the node, or none.
TEST(OmittedOperands, OfEveryOldOperatorAreRefusedOrRight) {
  const char* operators[] = {"Add",          "And",       "BatchNormalization",
                             "Clip",         "Concat",    "Div",
                             "Dropout",      "Equal",     "Gemm",
                             "GlobalLpPool", "Hardmax",   "LogSoftmax",
                             "LpPool",       "Mul",       "PRelu",
                             "Pad",          "Pow",       "Reshape",
                             "Resize",       "Selu",      "Slice",
                             "Softmax",      "Split",     "Squeeze",
                             "Sub",          "Sum",       "Tile",
                             "TopK",         "Unsqueeze", "Upsample",
                             "Xor",          "ReduceSum", "Gather",
                             "MatMul",       "Conv"};
  const std::vector<std::vector<std::string>> inputs = {{},    {""},     {"", "x"},     {"x", ""},
                                                        {"x"}, {"", ""}, {"x", "", "x"}};
  for (const int64_t opset : {1, 5, 6, 7, 10, 13, 22}) {
    for (const char* op : operators) {
      for (const auto& given : inputs) {
        for (const bool attributes : {false, true}) {
          OnnxWriter writer(opset);
          writer.Input("x", {1, 2, 2, 2}).Output("y");
          auto& node = writer.Node(op, given, {"y"});
          if (attributes) {
            SetInt(node, "broadcast", 1);
            SetInt(node, "axis", 1);
            SetInts(node, "axes", {0});
            SetInts(node, "starts", {0});
            SetInts(node, "ends", {1});
            SetInts(node, "pads", {0, 0, 0, 0, 0, 0, 0, 1});
            SetFloats(node, "scales", {1, 1, 2, 2});
          }
          try {
            Import(writer);
          } catch (const BadInput& error) {
            EXPECT_NE(std::string(error.what()).find("the_"), std::string::npos) << error.what();
          }
        }
      }
    }
  }
}

TEST(OmittedOperands, InTheMiddle) {
  OnnxWriter slice(13);
  slice.Input("x", {4}).Output("y").Ints("starts", {0}).Ints("ends", {4}).Ints("steps", {2});
  slice.Node("Slice", {"x", "starts", "ends", "", "steps"}, {"y"});
  EXPECT_EQ(testing::EvaluatePlain(Import(slice), {{"x", {{4}, {1, 2, 3, 4}}}}).at("y").values, (Values{1, 3}));

  OnnxWriter pad(18);
  pad.Input("x", {1, 2})
      .Output("y")
      .Ints("pads", {1, 0})
      .Ints("axes", {-1})
      .Node("Pad", {"x", "pads", "", "axes"}, {"y"});
  EXPECT_EQ(testing::EvaluatePlain(Import(pad), {{"x", {{1, 2}, {1, 2}}}}).at("y").values, (Values{0, 1, 2}));

  OnnxWriter clip(6);
  SetFloat(clip.Input("x", {2}).Output("y").Node("Clip", {"x"}, {"y"}), "max", 2.0F);
  EXPECT_EQ(testing::EvaluatePlain(Import(clip), {{"x", {{2}, {-9, 9}}}}).at("y").values, (Values{-9, 2}));
}

TEST(OldOpsets, TypesHaveNames) {
  OnnxWriter writer(5);
  SetString(writer.Input("x", {2}).Output("y").Node("Cast", {"x"}, {"whole"}), "to", "INT32");
  SetString(writer.Node("Cast", {"whole"}, {"y"}), "to", "FLOAT");
  EXPECT_EQ(testing::EvaluatePlain(Import(writer), {{"x", {{2}, {1.75, -1.75}}}}).at("y").values, (Values{1, -1}));
}

TEST(OldOpsets, ANormIsAWholeNumber) {
  for (const float p : {1.0F, 2.5F, 1e30F}) {
    OnnxWriter writer(1);
    SetFloat(writer.Input("x", {1, 1, 2}).Output("y").Node("GlobalLpPool", {"x"}, {"y"}), "p", p);
    if (p == 1.0F) {
      EXPECT_EQ(testing::EvaluatePlain(Import(writer), {{"x", {{1, 1, 2}, {3, -4}}}}).at("y").values, (Values{7}));
    } else {
      EXPECT_THROW(Import(writer), BadInput) << p;
    }
  }
}

TEST(OldOpsets, SlopesMayHaveTheShapeOfChannels) {
  for (const std::vector<int64_t>& shape : {std::vector<int64_t>{2}, {2, 1, 1}, {1, 2, 1, 1}}) {
    OnnxWriter writer(6);
    writer.Input("x", {1, 2, 1, 1}).Output("y").Floats("w", shape, {0.5F, 2.0F}).Node("PRelu", {"x", "w"}, {"y"});
    EXPECT_EQ(testing::EvaluatePlain(Import(writer), {{"x", {{1, 2, 1, 1}, {-1, -1}}}}).at("y").values,
              (Values{-0.5, -2.0}));
  }
}

// Behind an operator that nobody knows the shape is open, until the network is cut there.
TEST(OldOpsets, AnAxisIsKeptUntilTheShapesAreKnown) {
  OnnxWriter writer(6);
  writer.Input("x", {1, 2, 2}).Output("y").Floats("w", {2}, {10.0F, 20.0F});
  writer.Node("Strange", {"x"}, {"middle"});
  auto& node = writer.Node("Add", {"middle", "w"}, {"y"});
  SetInt(node, "broadcast", 1);
  SetInt(node, "axis", 1);
  ImportOptions options;
  options.input_nodes = {"middle"};
  options.input_shapes = {{"middle", {1, 2, 2}}};
  EXPECT_EQ(testing::EvaluatePlain(Import(writer, options), {{"middle", {{1, 2, 2}, {0, 0, 0, 0}}}}).at("y").values,
            (Values{10, 10, 20, 20}));
}

TEST(Opsets, ASplitHasAsManyOutputsAsItSays) {
  OnnxWriter writer(18);
  SetInt(writer.Input("x", {6}).Output("a").Output("b").Node("Split", {"x"}, {"a", "b"}), "num_outputs", 3);
  try {
    Import(writer);
    FAIL() << "no error";
  } catch (const BadInput& error) {
    EXPECT_NE(std::string(error.what()).find("(Split): its attribute 'num_outputs' is 3, it has 2 outputs"),
              std::string::npos)
        << error.what();
  }
}

TEST(Opsets, GridSampleHasOtherNamesForItsModesFromOpset20On) {
  for (const std::string mode : {"linear", "cubic"}) {
    OnnxWriter writer(20);
    writer.Input("x", {1, 1, 3, 3}).Input("grid", {1, 2, 2, 2}).Output("y");
    SetString(writer.Node("GridSample", {"x", "grid"}, {"y"}), "mode", mode);
    EXPECT_EQ(Import(writer).nodes[0].String("mode", ""), "bi" + mode);
  }
}

TEST(Opsets, AConstantGivesItsTypeToACastLike) {
  OnnxWriter writer(17);
  auto& constant = writer.Input("x", {2}).Output("y").Node("Constant", {}, {"like"});
  SetInt(constant, "value_int", 3);
  writer.Node("CastLike", {"x", "like"}, {"whole"});
  SetInt(writer.Node("Cast", {"whole"}, {"y"}), "to", onnx::TensorProto::FLOAT);
  EXPECT_EQ(testing::EvaluatePlain(Import(writer), {{"x", {{2}, {1.75, -1.75}}}}).at("y").values, (Values{1, -1}));
}

// The graph has one type of integers; which values of it wrap is said beside.
TEST(Opsets, ACastSaysWhichIntegersItMakes) {
  const std::pair<onnx::TensorProto::DataType, int64_t> types[] = {{onnx::TensorProto::INT64, 0},
                                                                   {onnx::TensorProto::INT32, 0},
                                                                   {onnx::TensorProto::UINT8, graph::kOnnxUint8},
                                                                   {onnx::TensorProto::INT16, graph::kOnnxInt16},
                                                                   {onnx::TensorProto::UINT64, 13}};
  for (const auto& [type, expected] : types) {
    OnnxWriter writer(17);
    SetInt(writer.Input("x", {2}, onnx::TensorProto::INT16).Output("y").Node("Cast", {"x"}, {"whole"}), "to", type);
    SetInt(writer.Node("Cast", {"whole"}, {"y"}), "to", onnx::TensorProto::FLOAT);
    EXPECT_EQ(Import(writer).nodes[0].Int("integer_type", 0), expected);
  }
}

}  // namespace
}  // namespace lockstep::importer
