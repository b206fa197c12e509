// RemoveIdentities, Simplify, MergeChains, MakeExplicit.
#include "optimize/optimize.h"
#include "pass_check.h"

namespace lockstep::optimize {
namespace {

using graph::kNoTensor;
using graph::TensorId;
using testing::SmallGraph;

using Ints = std::vector<int64_t>;

TEST(RemoveIdentities, TakesOutWhatDoesNothing) {
  const std::vector<TensorId (*)(SmallGraph&, TensorId)> all = {
      [](SmallGraph& g, TensorId x) { return g.Add("Identity", {x}); },
      [](SmallGraph& g, TensorId x) { return g.Add("Dropout", {x}); },
      [](SmallGraph& g, TensorId x) {
        return g.Add("Reshape", {x, g.Ints({1, 3, 4, 2})});
      },
      [](SmallGraph& g, TensorId x) {
        return g.Add("Transpose", {x}, {{"perm", Ints{0, 1, 2, 3}}});
      },
      [](SmallGraph& g, TensorId x) {
        return g.Add("Pad", {x, g.Ints({0, 0, 0, 0, 0, 0, 0, 0})});
      },
      [](SmallGraph& g, TensorId x) {
        return g.Add("Slice", {x, g.Ints({0}), g.Ints({99}), g.Ints({2})});
      },
      [](SmallGraph& g, TensorId x) {
        return g.Add("Concat", {x}, {{"axis", int64_t{1}}});
      },
      [](SmallGraph& g, TensorId x) {
        return g.Add("Split", {x}, {{"axis", int64_t{1}}});
      },
      [](SmallGraph& g, TensorId x) {
        return g.Add("Mul", {g.Scalar(1.0F), x});
      },
      [](SmallGraph& g, TensorId x) {
        return g.Add("Sub", {x, g.Floats({3, 1, 1}, {0, 0, 0})});
      },
      [](SmallGraph& g, TensorId x) {
        return g.Add("Resize", {x, kNoTensor, kNoTensor, g.Ints({1, 3, 4, 2})});
      },
      [](SmallGraph& g, TensorId x) {
        return g.Add("Expand", {x, g.Ints({1, 4, 1})});
      },
      [](SmallGraph& g, TensorId x) {
        return g.Add("Cast", {x}, {{"to", graph::kOnnxFloat}});
      },
  };
  for (size_t i = 0; i < all.size(); ++i) {
    SCOPED_TRACE(i);
    SmallGraph small;
    const TensorId x = small.Add("Relu", {small.Input("x", {1, 3, 4, 2})});
    const TensorId y = small.Add("Sigmoid", {all[i](small, x)});
    CheckPass(small.Finish({y}), RemoveIdentities, 1, "Relu Sigmoid", 0.0);
    SmallGraph at_end;
    const TensorId before = at_end.Add("Relu", {at_end.Input("x", {1, 3, 4, 2})});
    CheckPass(at_end.Finish({all[i](at_end, before)}), RemoveIdentities, 1, "Relu", 0.0);
  }
}

TEST(RemoveIdentities, LeavesWhatOnlyLooksIdle) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 3, 4, 4});
  const TensorId turned = small.Add("Transpose", {x}, {{"perm", Ints{0, 1, 3, 2}}});
  const TensorId reversed =
      small.Add("Slice", {x, small.Ints({3}), small.Ints({-9}), small.Ints({2}), small.Ints({-1})});
  const TensorId shifted = small.Add("Pad", {x, small.Ints({0, 0, 1, 0, 0, 0, -1, 0})});
  const TensorId negated = small.Add("Sub", {small.Scalar(0.0F), x});
  const TensorId inverted = small.Add("Div", {small.Scalar(1.0F), x});
  const TensorId larger = small.Add("Add", {x, small.Floats({2, 3, 4, 4}, std::vector<float>(96, 0.0F))});
  ExpectUntouched(small.Finish({turned, reversed, shifted, negated, inverted, larger}), RemoveIdentities);
}

TEST(RemoveIdentities, KeepsAnIdentityBetweenInputAndOutput) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 3, 4, 4});
  const graph::Graph graph = small.Finish({small.Add("Reshape", {x, small.Ints({1, 3, 4, 4})})});
  CheckPass(graph, RemoveIdentities, 1, "Identity", 0.0);
}

TEST(RemoveIdentities, KeepsBothNamesOfATensorThatIsTwoOutputs) {
  SmallGraph small;
  const TensorId x = small.Add("Relu", {small.Input("x", {1, 3, 4, 4})});
  const TensorId y = small.Add("Identity", {x});
  ExpectUntouched(small.Finish({x, y}), RemoveIdentities);
}

TEST(Simplify, ReplacesDivPowAndPRelu) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 3, 4, 4});
  const TensorId divided = small.Add("Div", {x, small.Random({3, 1, 1}, 0.5F, 3.0F)});
  const TensorId squared = small.Add("Pow", {divided, small.Scalar(2.0F)});
  const TensorId leaky =
      small.Add("PRelu", {small.Add("Add", {squared, x}), small.Floats({3, 1, 1}, {0.25, 0.25, 0.25})});
  CheckPass(small.Finish({leaky}), Simplify, 3, "Mul Mul Add LeakyRelu", 1e-6);
}

TEST(Simplify, ReplacesPowersThatHaveANameOfTheirOwn) {
  SmallGraph small;
  const TensorId x = small.Add("Sigmoid", {small.Input("x", {1, 3, 4, 4})});
  const TensorId root = small.Add("Pow", {x, small.Floats({1}, {0.5F})});
  const TensorId inverse = small.Add("Pow", {root, small.Scalar(-1.0F)});
  CheckPass(small.Finish({inverse}), Simplify, 2, "Sigmoid Sqrt Reciprocal", 1e-5);
}

TEST(Simplify, LeavesOtherExponentsSlopesAndDivisors) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 3, 4, 4});
  const TensorId cubed = small.Add("Pow", {x, small.Scalar(3.0F)});
  const TensorId sloped = small.Add("PRelu", {x, small.Floats({3, 1, 1}, {0.25, 0.5, 0.25})});
  const TensorId zero = small.Add("Div", {x, small.Scalar(0.0F)});
  const TensorId both = small.Add("Div", {x, cubed});
  ExpectUntouched(small.Finish({cubed, sloped, zero, both}), Simplify);
}

TEST(Simplify, AddsManyOneByOne) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 3, 4, 4});
  const TensorId row = small.Input("row", {4});
  const TensorId sum = small.Add("Sum", {row, x, small.Random({3, 1, 1})});
  const TensorId mean = small.Add("Mean", {sum, row, x});
  const TensorId one = small.Add("Sum", {mean});
  CheckPass(small.Finish({small.Add("Mean", {one})}), Simplify, 4, "Add Add Add Add Mul Mul Mul", 1e-6);
}

TEST(DivideByReciprocals, TakesComputedDivisorsAlone) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 3, 4, 4});
  const TensorId divisor = small.Add("Exp", {small.Input("row", {4})});
  const TensorId quotient = small.Add("Div", {x, divisor});
  const TensorId inverse = small.Add("Div", {small.Scalar(1.0F), divisor});
  const TensorId scaled = small.Add("Div", {small.Random({3, 1, 1}), divisor});
  const TensorId constant = small.Add("Div", {x, small.Scalar(2.0F)});
  CheckPass(small.Finish({quotient, inverse, scaled, constant}), DivideByReciprocals, 3,
            "Exp Reciprocal Mul Reciprocal Reciprocal Mul Div", 1e-6);
}

// Dividing by a deviation is looked for before.
TEST(DivideByReciprocals, ComesAfterEverythingElse) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 4, 8});
  const std::map<std::string, graph::Attribute> axes = {{"axes", Ints{2}}};
  const TensorId centred = small.Add("Sub", {x, small.Add("ReduceMean", {x}, axes)});
  const TensorId variance = small.Add("ReduceMean", {small.Add("Pow", {centred, small.Scalar(2.0F)})}, axes);
  const TensorId deviation = small.Add("Sqrt", {small.Add("Add", {variance, small.Scalar(1e-5F)})});
  graph::Graph graph = small.Finish({small.Add("Div", {centred, deviation}), small.Add("Div", {x, deviation})});
  Optimize(graph);
  const std::string operators = testing::Operators(graph);
  EXPECT_NE(operators.find("LayerNormalization"), std::string::npos) << operators;
  EXPECT_NE(operators.find("LayerNormalization Reciprocal Mul"), std::string::npos) << operators;
}

TEST(MergeChains, MergesNumbersReshapesAndTransposes) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 3, 4, 2});
  const TensorId product = small.Add("Mul", {small.Add("Mul", {x, small.Scalar(3.0F)}), small.Scalar(0.5F)});
  const TensorId sum = small.Add("Add", {small.Scalar(1.5F), small.Add("Add", {product, small.Scalar(0.25F)})});
  const TensorId flat = small.Add("Unsqueeze", {small.Add("Flatten", {sum}), small.Ints({1})});
  const TensorId back = small.Add("Reshape", {flat, small.Ints({1, 2, 3, 4})});
  const TensorId turned = small.Add("Transpose", {back}, {{"perm", Ints{0, 2, 3, 1}}});
  const TensorId again = small.Add("Transpose", {turned}, {{"perm", Ints{0, 3, 1, 2}}});
  const graph::Graph after = CheckPass(small.Finish({again}), MergeChains, 5, "Mul Add Reshape Transpose", 1e-6);
  EXPECT_EQ(after.nodes[0].onnx_nodes, (std::vector<std::string>{"Mul_0", "Mul_1"}));
  EXPECT_EQ(after.nodes[3].Ints("perm", {}), (Ints{0, 1, 2, 3}));
}

TEST(MergeChains, LeavesWhatOthersReadAndMixedArithmetic) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 3, 4, 2});
  const TensorId inner = small.Add("Mul", {x, small.Scalar(3.0F)});
  const TensorId outer = small.Add("Mul", {inner, small.Scalar(0.5F)});
  const TensorId mixed = small.Add("Add", {small.Add("Mul", {x, small.Scalar(3.0F)}), small.Scalar(0.5F)});
  ExpectUntouched(small.Finish({inner, outer, mixed}), MergeChains);
}

TEST(MakeExplicit, WritesPaddingsSizesAndAxes) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 3, 7, 8});
  const TensorId conv = small.Conv(x, 3, 4, 3, {{"auto_pad", std::string("SAME_UPPER")}, {"strides", Ints{2, 2}}});
  const TensorId pool =
      small.Add("MaxPool", {conv}, {{"kernel_shape", Ints{2, 2}}, {"strides", Ints{3, 3}}, {"ceil_mode", int64_t{1}}});
  const auto parts = small.AddMany("Split", {pool}, 2, {{"axis", int64_t{-3}}});
  const TensorId cut = small.Add("Slice", {parts[0], small.Ints({-1, -99}), small.Ints({99, -1}), small.Ints({-1, 2})});
  const TensorId turned = small.Add("Transpose", {cut});
  const TensorId soft = small.Add("Softmax", {parts[1]});
  const graph::Graph before = small.Finish({turned, soft});
  const graph::Graph after = CheckPass(before, MakeExplicit, 6, "Conv MaxPool Split Slice Transpose Softmax", 0.0);
  EXPECT_EQ(after.nodes[0].attributes.count("auto_pad"), 0U);
  EXPECT_EQ(after.nodes[0].Ints("pads", {}), (Ints{1, 0, 1, 1}));
  EXPECT_EQ(after.nodes[0].Int("group", 0), 1);
  EXPECT_EQ(after.nodes[1].Int("ceil_mode", 1), 0);
  EXPECT_EQ(after.nodes[1].Ints("pads", {}), (Ints{0, 0, 1, 1}));
  EXPECT_EQ(after.nodes[2].Int("axis", -1), 1);
  EXPECT_EQ(after.Ints(after.nodes[2].inputs[1]), (Ints{2, 2}));
  EXPECT_EQ(after.Ints(after.nodes[3].inputs[1]), (Ints{0, 1}));
  EXPECT_EQ(after.Ints(after.nodes[3].inputs[2]), (Ints{1, 2}));
  EXPECT_EQ(after.Ints(after.nodes[3].inputs[3]), (Ints{2, 3}));
  EXPECT_EQ(after.nodes[4].Ints("perm", {}), (Ints{3, 2, 1, 0}));
  EXPECT_EQ(after.nodes[5].Int("axis", -1), 3);
}

TEST(MakeExplicit, AveragePoolsOfWindowsAndWholeImages) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 3, 7, 8});
  const Ints two{2, 2};
  const TensorId same =
      small.Add("AveragePool", {x},
                {{"kernel_shape", two}, {"auto_pad", std::string("SAME_LOWER")}, {"count_include_pad", int64_t{1}}});
  const TensorId clipped =
      small.Add("AveragePool", {same}, {{"kernel_shape", two}, {"strides", two}, {"ceil_mode", int64_t{1}}});
  const TensorId whole = small.Add("GlobalAveragePool", {clipped});
  const graph::Graph after =
      CheckPass(small.Finish({whole}), MakeExplicit, 3, "AveragePool AveragePool AveragePool", 1e-12);
  EXPECT_EQ(after.nodes[0].Ints("pads", {}), (Ints{1, 1, 0, 0}));
  EXPECT_EQ(after.nodes[1].Ints("pads", {}), (Ints{0, 0, 1, 0}));
  EXPECT_EQ(after.nodes[1].Int("ceil_mode", 1), 0);
  EXPECT_EQ(after.nodes[2].Ints("kernel_shape", {}), (Ints{4, 4}));
}

// The axes of a mean are an attribute, each named once and counted from the front; a mean over none is nothing.
TEST(MakeExplicit, ReduceMeanNamesItsAxes) {
  SmallGraph small;
  const TensorId x = small.Input("x", {2, 3, 4, 5});
  const TensorId some = small.Add("ReduceMean", {x, small.Ints({-1, 1, 1})}, {{"noop_with_empty_axes", int64_t{1}}});
  const TensorId all = small.Add("ReduceMean", {x, small.Ints({})}, {{"keepdims", int64_t{0}}});
  const TensorId none = small.Add("ReduceMean", {some}, {{"noop_with_empty_axes", int64_t{1}}});
  const TensorId scalar = small.Add("ReduceMean", {all});
  const graph::Graph after =
      CheckPass(small.Finish({none, scalar}), MakeExplicit, 4, "ReduceMean ReduceMean Identity Identity", 1e-12);
  EXPECT_EQ(after.nodes[0].inputs.size(), 1U);
  EXPECT_EQ(after.nodes[0].Ints("axes", {}), (Ints{1, 3}));
  EXPECT_EQ(after.nodes[0].Int("keepdims", 0), 1);
  EXPECT_EQ(after.nodes[0].attributes.count("noop_with_empty_axes"), 0U);
  EXPECT_EQ(after.nodes[1].Ints("axes", {}), (Ints{0, 1, 2, 3}));
  EXPECT_EQ(after.nodes[1].Int("keepdims", 1), 0);
  EXPECT_TRUE(after.nodes[2].attributes.empty());
}

// The padding that the last window would need counts as elements, what ceil_mode adds does not.
TEST(MakeExplicit, LeavesAnAveragePoolThatPadsCannotExpress) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 3, 7, 8});
  ExpectUntouched(small.Finish({small.Add("AveragePool", {x},
                                          {{"kernel_shape", Ints{2, 2}},
                                           {"strides", Ints{2, 2}},
                                           {"ceil_mode", int64_t{1}},
                                           {"count_include_pad", int64_t{1}}})}),
                  MakeExplicit);
}

// 4 * 1.2 is 4 after rounding down, but element 3 of the output is element 2 of the input.
TEST(RemoveIdentities, KeepsAResizeThatStretchesByALittle) {
  SmallGraph small;
  const TensorId x = small.Add("Relu", {small.Input("x", {1, 3, 4, 4})});
  const TensorId y = small.Add(
      "Resize", {x, kNoTensor, small.Floats({4}, {1, 1, 1.2F, 1.2F})},
      {{"coordinate_transformation_mode", std::string("asymmetric")}, {"nearest_mode", std::string("floor")}});
  ExpectUntouched(small.Finish({y}), RemoveIdentities);
}

TEST(RemoveIdentities, DropsAnInterpolationToTheSameSize) {
  for (const char* mode : {"linear", "cubic"}) {
    SmallGraph small;
    const TensorId x = small.Add("Relu", {small.Input("x", {1, 3, 4, 5})});
    const TensorId y =
        small.Add("Resize", {x, kNoTensor, kNoTensor, small.Ints({1, 3, 4, 5})}, {{"mode", std::string(mode)}});
    CheckPass(small.Finish({small.Add("Relu", {y})}), RemoveIdentities, 1, "Relu Relu", 0.0);
  }
}

// Its coordinates lie half an element further than the elements.
TEST(RemoveIdentities, KeepsAResizeBetweenTheElements) {
  for (const char* mode : {"linear", "nearest"}) {
    SmallGraph small;
    const TensorId x = small.Add("Relu", {small.Input("x", {1, 3, 4, 5})});
    const TensorId y = small.Add("Resize", {x, kNoTensor, small.Floats({4}, {1, 1, 1, 1})},
                                 {{"mode", std::string(mode)},
                                  {"nearest_mode", std::string("ceil")},
                                  {"coordinate_transformation_mode", std::string("tf_half_pixel_for_nn")}});
    const graph::Graph before = small.Finish({small.Add("Relu", {y})});
    graph::Graph after = before;
    RemoveIdentities(after);
    EXPECT_EQ(testing::LargestOutputDifference(before, after), 0.0) << mode;
  }
}

TEST(MakeExplicit, DropsIndicesThatNothingReads) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 3, 4, 4});
  const auto pooled = small.AddMany("MaxPool", {x}, 2, {{"kernel_shape", Ints{2, 2}}});
  graph::Graph graph = small.Finish({pooled[0]});
  MakeExplicit(graph);
  EXPECT_EQ(graph.nodes[0].outputs, std::vector<TensorId>{pooled[0]});
  graph::Graph used = small.Finish({pooled[0], pooled[1]});
  MakeExplicit(used);
  EXPECT_EQ(used.nodes[0].outputs, pooled);
}

TEST(MakeExplicit, TopKKeepsBothOutputsAndNamesItsAttributes) {
  SmallGraph small;
  const auto best = small.AddMany("TopK", {small.Input("x", {2, 5}), small.Ints({3})}, 2);
  const graph::Graph after = CheckPass(small.Finish({best[0]}), MakeExplicit, 1, "TopK", 0.0);
  EXPECT_EQ(after.nodes[0].outputs.size(), 2U);
  EXPECT_EQ(after.nodes[0].Int("axis", -1), 1);
  EXPECT_EQ(after.nodes[0].Int("largest", 0), 1);
  EXPECT_EQ(after.nodes[0].Int("sorted", 0), 1);
}

TEST(Simplify, LeavesADivisorWhoseReciprocalIsInfinite) {
  SmallGraph small;
  const TensorId x = small.Add("Mul", {small.Input("x", {2, 3}), small.Scalar(1e-30F)});
  ExpectUntouched(small.Finish({small.Add("Div", {x, small.Scalar(1e-40F)})}), Simplify);
}

// 1e-25 twice is nothing to a float; 1e30 in front of it is much.
TEST(MergeChains, LeavesProductsThatVanish) {
  SmallGraph small;
  TensorId x = small.Add("Exp", {small.Add("Add", {small.Input("x", {2, 3}), small.Scalar(65.0F)})});
  for (int i = 0; i < 2; ++i) x = small.Add("Mul", {x, small.Scalar(1e-25F)});
  ExpectUntouched(small.Finish({small.Add("Mul", {small.Add("Neg", {x}), small.Scalar(1e30F)})}), MergeChains);
}

}  // namespace
}  // namespace lockstep::optimize
