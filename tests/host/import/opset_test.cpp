// The same computation written for several opsets must become the same graph: same operators, same values.
#include <gtest/gtest.h>

#include <functional>

#include "graph/error.h"
#include "import/onnx_import.h"
#include "onnx_writer.h"
#include "optimize/optimize.h"
#include "support/small_graph.h"

namespace lockstep::importer {
namespace {

using graph::Graph;

Graph Import(const OnnxWriter& writer) {
  const TemporaryFile file(writer.Bytes());
  return ImportOnnx(file.path(), {});
}

struct Writing {
  int64_t opset;
  std::function<void(OnnxWriter&)> build;  // from "x" (1x4x6x5) to "y"
};

void ExpectSame(const std::vector<Writing>& writings) {
  Graph first;
  for (size_t i = 0; i < writings.size(); ++i) {
    SCOPED_TRACE("opset " + std::to_string(writings[i].opset));
    OnnxWriter writer(writings[i].opset);
    writer.Input("x", {1, 4, 6, 5}).Output("y");
    writings[i].build(writer);
    Graph graph = Import(writer);
    EXPECT_EQ(graph.opset, 17);
    Graph optimized = graph;
    optimize::Optimize(optimized);
    EXPECT_LE(testing::LargestOutputDifference(graph, optimized), 1e-6);
    if (i == 0) {
      first = optimized;
      continue;
    }
    EXPECT_EQ(testing::Operators(optimized), testing::Operators(first));
    EXPECT_EQ(optimized.tensor(optimized.outputs[0]).shape, first.tensor(first.outputs[0]).shape);
    EXPECT_LE(testing::LargestOutputDifference(first, optimized), 0.0);
  }
}

TEST(Opsets, Slice) {
  ExpectSame({{17,
               [](OnnxWriter& w) {
                 w.Ints("starts", {1}).Ints("ends", {-1}).Ints("axes", {2}).Ints("steps", {1});
                 w.Node("Slice", {"x", "starts", "ends", "axes", "steps"}, {"y"});
               }},
              {9, [](OnnxWriter& w) {
                 auto& node = w.Node("Slice", {"x"}, {"y"});
                 SetInts(node, "starts", {1});
                 SetInts(node, "ends", {-1});
                 SetInts(node, "axes", {2});
               }}});
}

TEST(Opsets, Split) {
  const auto consume = [](OnnxWriter& w) { w.Node("Sub", {"a", "b"}, {"y"}); };
  ExpectSame({{17,
               [&](OnnxWriter& w) {
                 SetInt(w.Ints("sizes", {2, 2}).Node("Split", {"x", "sizes"}, {"a", "b"}), "axis", 1);
                 consume(w);
               }},
              {11,
               [&](OnnxWriter& w) {
                 auto& node = w.Node("Split", {"x"}, {"a", "b"});
                 SetInt(node, "axis", 1);
                 SetInts(node, "split", {2, 2});
                 consume(w);
               }},
              {18, [&](OnnxWriter& w) {
                 auto& node = w.Node("Split", {"x"}, {"a", "b"});
                 SetInt(node, "axis", 1);
                 SetInt(node, "num_outputs", 2);
                 consume(w);
               }}});
}

TEST(Opsets, Clip) {
  ExpectSame({{17,
               [](OnnxWriter& w) {
                 w.Floats("low", {}, {-0.5F}).Floats("high", {}, {0.75F}).Node("Clip", {"x", "low", "high"}, {"y"});
               }},
              {8, [](OnnxWriter& w) {
                 auto& node = w.Node("Clip", {"x"}, {"y"});
                 SetFloat(node, "min", -0.5F);
                 SetFloat(node, "max", 0.75F);
               }}});
}

TEST(Opsets, Pad) {
  ExpectSame({{17,
               [](OnnxWriter& w) {
                 w.Ints("pads", {0, 0, 1, 0, 0, 0, 2, 3}).Floats("value", {}, {0.5F});
                 w.Node("Pad", {"x", "pads", "value"}, {"y"});
               }},
              {10,
               [](OnnxWriter& w) {
                 auto& node = w.Node("Pad", {"x"}, {"y"});
                 SetInts(node, "pads", {0, 0, 1, 0, 0, 0, 2, 3});
                 SetFloat(node, "value", 0.5F);
               }},
              {18, [](OnnxWriter& w) {
                 w.Ints("pads", {1, 0, 2, 3}).Floats("value", {}, {0.5F}).Ints("axes", {2, -1});
                 w.Node("Pad", {"x", "pads", "value", "axes"}, {"y"});
               }}});
}

TEST(Opsets, SqueezeAndUnsqueeze) {
  ExpectSame({{17,
               [](OnnxWriter& w) {
                 w.Ints("axes", {0});
                 w.Node("Squeeze", {"x", "axes"}, {"s"});
                 w.Node("Relu", {"s"}, {"r"});
                 w.Node("Unsqueeze", {"r", "axes"}, {"y"});
               }},
              {11, [](OnnxWriter& w) {
                 SetInts(w.Node("Squeeze", {"x"}, {"s"}), "axes", {0});
                 w.Node("Relu", {"s"}, {"r"});
                 SetInts(w.Node("Unsqueeze", {"r"}, {"y"}), "axes", {0});
               }}});
}

TEST(Opsets, ResizeAndUpsample) {
  ExpectSame({{17,
               [](OnnxWriter& w) {
                 auto& node = w.Floats("scales", {4}, {1, 1, 2, 3}).Node("Resize", {"x", "", "scales"}, {"y"});
                 SetString(node, "coordinate_transformation_mode", "asymmetric");
                 SetString(node, "nearest_mode", "floor");
               }},
              {11,
               [](OnnxWriter& w) {
                 auto& node = w.Floats("scales", {4}, {1, 1, 2, 3})
                                  .Floats("roi", {0}, {})
                                  .Node("Resize", {"x", "roi", "scales"}, {"y"});
                 SetString(node, "coordinate_transformation_mode", "asymmetric");
                 SetString(node, "nearest_mode", "floor");
               }},
              {10,
               [](OnnxWriter& w) {
                 w.Floats("scales", {4}, {1, 1, 2, 3}).Node("Resize", {"x", "scales"}, {"y"});
               }},
              {9,
               [](OnnxWriter& w) {
                 w.Floats("scales", {4}, {1, 1, 2, 3}).Node("Upsample", {"x", "scales"}, {"y"});
               }},
              {7,
               [](OnnxWriter& w) {
                 SetFloats(w.Node("Upsample", {"x"}, {"y"}), "scales", {1, 1, 2, 3});
               }},
              {18, [](OnnxWriter& w) {
                 auto& node = w.Floats("scales", {2}, {2, 3}).Node("Resize", {"x", "", "scales"}, {"y"});
                 SetInts(node, "axes", {2, 3});
                 SetString(node, "coordinate_transformation_mode", "asymmetric");
                 SetString(node, "nearest_mode", "floor");
               }}});
}

void WriteResize17(OnnxWriter& w, const std::string& x, const std::vector<float>& scales, const std::string& rounding,
                   const std::string& y) {
  auto& node = w.Floats("scales_" + y, {4}, scales).Node("Resize", {x, "", "scales_" + y}, {y});
  SetString(node, "coordinate_transformation_mode", "asymmetric");
  SetString(node, "nearest_mode", rounding);
}

// ONNX Runtime takes the next element along axes that an old Resize shrinks: columns 0, 2, 3 of 5 for the scale 0.7.
TEST(Opsets, AResizeThatShrinksTakesTheCeilUpToOpset10) {
  ExpectSame({{17,
               [](OnnxWriter& w) {
                 WriteResize17(w, "x", {1, 1, 0.75F, 0.7F}, "ceil", "y");
               }},
              {10, [](OnnxWriter& w) {
                 w.Floats("scales", {4}, {1, 1, 0.75F, 0.7F}).Node("Resize", {"x", "scales"}, {"y"});
               }}});
}

TEST(Opsets, AnOldResizeMayGrowAndShrink) {
  const std::vector<Writing> writings = {{17,
                                          [](OnnxWriter& w) {
                                            WriteResize17(w, "x", {1, 1, 1.5F, 1}, "floor", "grown");
                                            WriteResize17(w, "grown", {1, 1, 1, 0.7F}, "ceil", "y");
                                          }},
                                         {10,
                                          [](OnnxWriter& w) {
                                            w.Floats("scales", {4}, {1, 1, 1.5F, 0.7F});
                                            w.Node("Resize", {"x", "scales"}, {"y"});
                                          }},
                                         {10, [](OnnxWriter& w) {
                                            w.Floats("half", {4}, {0.5F, 0.5F, 0.75F, 0.35F});
                                            w.Node("Add", {"half", "half"}, {"scales"});
                                            w.Node("Resize", {"x", "scales"}, {"y"});
                                          }}};
  ExpectSame(writings);
}

TEST(Opsets, ComputedScalesOfAnOldResizeMakeOneNode) {
  ExpectSame({{17,
               [](OnnxWriter& w) {
                 WriteResize17(w, "x", {1, 1, 2, 3}, "floor", "y");
               }},
              {10, [](OnnxWriter& w) {
                 w.Floats("half", {4}, {0.5F, 0.5F, 1, 1.5F}).Node("Add", {"half", "half"}, {"scales"});
                 w.Node("Resize", {"x", "scales"}, {"y"});
               }}});
}

TEST(Opsets, ReduceMean) {
  ExpectSame({{17,
               [](OnnxWriter& w) {
                 SetInts(w.Node("ReduceMean", {"x"}, {"y"}), "axes", {2, 3});
               }},
              {18, [](OnnxWriter& w) {
                 w.Ints("axes", {2, 3}).Node("ReduceMean", {"x", "axes"}, {"y"});
               }}});
}

TEST(Opsets, ReduceMeanHasConstantAxesInAnAttribute) {
  OnnxWriter writer(18);
  writer.Input("x", {1, 4, 6, 5}).Output("y");
  writer.Ints("axes", {2, 3}).Node("ReduceMean", {"x", "axes"}, {"y"});
  const Graph graph = Import(writer);
  EXPECT_EQ(graph.nodes[0].inputs.size(), 1U);
  EXPECT_EQ(graph.nodes[0].Ints("axes", {}), (std::vector<int64_t>{2, 3}));
}

// An empty name is no list, a list that a run is given stays one, and one of floats is refused.
TEST(Opsets, ReduceMeanWithAxesThatAreNoConstantIntegers) {
  OnnxWriter empty(18);
  empty.Input("x", {1, 4, 6, 5}).Output("y").Node("ReduceMean", {"x", ""}, {"y"});
  const Graph all = Import(empty);
  EXPECT_EQ(all.nodes[0].inputs.size(), 1U);
  EXPECT_EQ(all.tensor(all.outputs[0]).shape, (graph::Shape{1, 1, 1, 1}));

  OnnxWriter given(18);
  given.Input("x", {1, 4, 6, 5}).Input("axes", {1}).Output("y").Node("ReduceMean", {"x", "axes"}, {"y"});
  auto& type = *given.model.mutable_graph()->mutable_input(1)->mutable_type();
  type.mutable_tensor_type()->set_elem_type(static_cast<int32_t>(graph::kOnnxInt64));
  EXPECT_EQ(Import(given).nodes[0].inputs.size(), 2U);

  OnnxWriter floats(18);
  floats.Input("x", {1, 4, 6, 5}).Output("y");
  floats.Floats("axes", {1}, {2}).Node("ReduceMean", {"x", "axes"}, {"y"}).set_name("mean");
  try {
    Import(floats);
    FAIL() << "axes of a ReduceMean that are no integers";
  } catch (const BadInput& error) {
    EXPECT_NE(std::string(error.what()).find("'mean' (ReduceMean)"), std::string::npos) << error.what();
  }
}

TEST(Opsets, TopKHasItsKInNoAttribute) {
  OnnxWriter writer(9);
  writer.Input("x", {1, 4, 6, 5}).Output("y");
  SetInt(writer.Node("TopK", {"x"}, {"y", "i"}), "k", 3);
  EXPECT_EQ(Import(writer).nodes[0].attributes.count("k"), 0U);
}

TEST(Opsets, TopKHasItsKInAnInputFromOpset10On) {
  ExpectSame({{17,
               [](OnnxWriter& w) {
                 w.Ints("k", {3}).Node("TopK", {"x", "k"}, {"y", "i"});
               }},
              {9, [](OnnxWriter& w) {
                 SetInt(w.Node("TopK", {"x"}, {"y", "i"}), "k", 3);
               }}});
}

TEST(Opsets, SoftmaxOverAllAxesFromOneOnUpToOpset12) {
  ExpectSame({{17,
               [](OnnxWriter& w) {
                 w.Ints("back", {1, 4, 6, 5});
                 SetInt(w.Node("Flatten", {"x"}, {"f"}), "axis", 2);
                 w.Node("Softmax", {"f"}, {"s"});
                 w.Node("Reshape", {"s", "back"}, {"y"});
               }},
              {11, [](OnnxWriter& w) { SetInt(w.Node("Softmax", {"x"}, {"y"}), "axis", 2); }}});
}

TEST(Opsets, AnAxisOfAnOldSoftmaxThatIsNoneIsBlamedOnTheSoftmax) {
  for (const int64_t axis : {2, 3, -3}) {
    OnnxWriter writer(11);
    auto& node = writer.Input("x", {1, 7}).Output("y").Node("Softmax", {"x"}, {"y"});
    node.set_name("soft");
    SetInt(node, "axis", axis);
    try {
      Import(writer);
      ADD_FAILURE() << "no error";
    } catch (const BadInput& error) {
      const std::string text = "node 'soft' (Softmax): its attribute 'axis' is " + std::to_string(axis);
      EXPECT_NE(std::string(error.what()).find(text), std::string::npos) << error.what();
    }
  }
}

// What is exported is ONNX, and a cut behind the node gives the node's output.
TEST(Opsets, AnOldSoftmaxIsWrittenWithTheOperatorsOfOnnx) {
  for (const char* op : {"Softmax", "LogSoftmax", "Hardmax"}) {
    OnnxWriter writer(11);
    auto& node = writer.Input("x", {2, 3, 4, 5}).Output("y").Node(op, {"x"}, {"s"});
    node.set_name("soft");
    SetInt(node, "axis", -2);
    writer.Node("Relu", {"s"}, {"y"});
    const Graph graph = Import(writer);
    EXPECT_EQ(testing::Operators(graph), std::string("Shape Flatten ") + op + " Reshape Relu");
    EXPECT_EQ(graph.tensor(graph.nodes[1].outputs[0]).shape, (graph::Shape{6, 20}));
    EXPECT_EQ(graph.nodes[1].attributes.size(), 1U) << "axis, and nothing that ONNX does not know";
    const TemporaryFile file(writer.Bytes());
    ImportOptions cut;
    cut.output_nodes = {"soft"};
    const Graph head = ImportOnnx(file.path(), cut);
    EXPECT_EQ(head.tensor(head.outputs.at(0)).name, "s");
    EXPECT_EQ(head.tensor(head.outputs.at(0)).shape, (graph::Shape{2, 3, 4, 5}));
  }
}

TEST(Opsets, AnOldSoftmaxWithNothingBehindItsAxisStaysOne) {
  for (const int64_t axis : {1, -3}) {
    OnnxWriter writer(11);
    SetInt(writer.Input("x", {2, 7, 1, 1}).Output("y").Node("Softmax", {"x"}, {"y"}), "axis", axis);
    const Graph graph = Import(writer);
    EXPECT_EQ(testing::Operators(graph), "Softmax");
    EXPECT_EQ(graph.nodes[0].Int("axis", -1), 1);
  }
}

TEST(Opsets, SoftmaxOfAMatrixIsTheSameInAllOpsets) {
  OnnxWriter writer(11);
  writer.Input("x", {1, 7}).Output("y").Node("Softmax", {"x"}, {"y"});
  Graph graph = Import(writer);
  optimize::Optimize(graph);
  EXPECT_EQ(testing::Operators(graph), "Softmax");
}

}  // namespace
}  // namespace lockstep::importer
