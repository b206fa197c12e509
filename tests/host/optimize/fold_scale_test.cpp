// FoldScale where it must not, and where its conditions are met just so.
#include <cmath>
#include <limits>

#include "pass_check.h"

namespace lockstep::optimize {
namespace {

using graph::TensorId;
using testing::SmallGraph;
using Ints = std::vector<int64_t>;

TensorId Half(SmallGraph& g, TensorId x) { return g.Add("Mul", {x, g.Scalar(0.5F)}); }
TensorId Rows(SmallGraph& g, TensorId x, const Ints& shape) { return g.Add("Reshape", {x, g.Ints(shape)}); }

TEST(FoldScaleGuards, AProductOfATensorWithItselfWouldTakeItTwice) {
  SmallGraph g;
  const TensorId rows = Rows(g, g.Conv(g.Input("x", {1, 4, 3, 3}), 4, 9, 1), {9, 9});
  ExpectUntouched(g.Finish({Half(g, g.Add("MatMul", {rows, rows}))}), FoldScale);
}

TEST(FoldScaleGuards, PartsOfAProductShareTheirFactors) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 4, 3, 3});
  const TensorId product = g.Add("MatMul", {Rows(g, g.Conv(x, 4, 6, 1), {6, 9}), Rows(g, g.Conv(x, 4, 8, 1), {9, 8})});
  const std::vector<TensorId> parts = g.AddMany("Split", {product, g.Ints({4, 4})}, 2, {{"axis", int64_t{1}}});
  ExpectUntouched(g.Finish({Half(g, parts[0]), parts[1]}), FoldScale);
}

TEST(FoldScaleGuards, WhatLeavesTheNetworkOrIsReadByOthersKeepsItsValues) {
  for (const int place : {0, 1, 2}) {
    for (const bool leaves : {true, false}) {
      SCOPED_TRACE(std::to_string(place) + (leaves ? " leaves" : " is read"));
      SmallGraph g;
      std::vector<TensorId> way = {g.Conv(g.Input("x", {1, 4, 3, 3}), 4, 4, 1)};
      way.push_back(Rows(g, way[0], {4, 9}));
      way.push_back(g.Add("Transpose", {way[1]}, {{"perm", Ints{1, 0}}}));
      const TensorId at = way[static_cast<size_t>(place)];
      const TensorId scaled = Half(g, way[2]);
      ExpectUntouched(g.Finish({scaled, leaves ? at : g.Add("Relu", {at})}), FoldScale);
    }
  }
}

TEST(FoldScaleGuards, AnActivationOnTheWay) {
  SmallGraph g;
  graph::Graph graph = g.Finish({Half(g, Rows(g, g.Conv(g.Input("x", {1, 4, 3, 3}), 4, 4, 1), {4, 9}))});
  graph.nodes[0].activation.kind = graph::ActivationKind::kSigmoid;
  ExpectUntouched(graph, FoldScale);
}

TEST(FoldScaleGuards, TransposedConvolutionsInPartsStay) {
  for (const bool parted : {false, true}) {
    SmallGraph g;
    const TensorId up = g.Add("ConvTranspose", {g.Input("x", {1, 4, 3, 3}), g.Random({4, 6, 2, 2}), g.Random({6})});
    const TensorId rows = Rows(g, up, {6, 16});
    if (!parted) {
      CheckPass(g.Finish({Half(g, rows)}), FoldScale, 1, "ConvTranspose Reshape");
      continue;
    }
    const std::vector<TensorId> parts = g.AddMany("Split", {rows, g.Ints({2, 4})}, 2, {{"axis", int64_t{0}}});
    ExpectUntouched(g.Finish({Half(g, parts[0]), parts[1]}), FoldScale);
  }
}

TEST(FoldScaleGuards, EveryFiniteNumberThatKeepsDigits) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  for (const float number : {0.0F, -0.5F, -3.0F, 1e20F}) {
    SCOPED_TRACE(number);
    SmallGraph g;
    const TensorId rows = Rows(g, g.Conv(g.Input("x", {1, 4, 3, 3}), 4, 4, 1), {4, 9});
    CheckPass(g.Finish({g.Add("Mul", {g.Floats({1, 1}, {number}), rows})}), FoldScale, 1, "Conv Reshape");
  }
  for (const float number : {1e-42F, kInfinity, -kInfinity, std::nanf("")}) {
    SCOPED_TRACE(number);
    SmallGraph g;
    const TensorId rows = Rows(g, g.Conv(g.Input("x", {1, 4, 3, 3}), 4, 4, 1), {4, 9});
    ExpectUntouched(g.Finish({g.Add("Mul", {rows, g.Scalar(number)})}), FoldScale);
  }
}

TEST(FoldScaleGuards, ConstantsThatOthersReadStayTheirs) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 4, 3, 3});
  const TensorId weights = g.Random({4, 4, 1, 1});
  const TensorId bias = g.Random({4});
  const TensorId scaled = Half(g, Rows(g, g.Add("Conv", {x, weights, bias}), {4, 9}));
  const TensorId other = g.Add("Conv", {x, weights, bias});
  CheckPass(g.Finish({scaled, other, g.Add("Mul", {x, weights})}), FoldScale, 1, "Conv Reshape Conv Mul");
}

TEST(FoldScaleGuards, PartsOfAGroupedConvolutionAndTwoNumbersInARow) {
  SmallGraph g;
  const TensorId rows = Rows(g, g.Conv(g.Input("x", {1, 4, 3, 3}), 4, 8, 3, {{"group", int64_t{2}}}), {8, 1});
  const std::vector<TensorId> parts = g.AddMany("Split", {rows, g.Ints({3, 5})}, 2, {{"axis", int64_t{0}}});
  const TensorId once = g.Add("Transpose", {Half(g, parts[1])}, {{"perm", Ints{1, 0}}});
  CheckPass(g.Finish({parts[0], Half(g, once)}), FoldScale, 2, "Conv Reshape Split Transpose");
}

TEST(FoldScaleGuards, NoElements) {
  SmallGraph g;
  const TensorId rows = Rows(g, g.Conv(g.Input("x", {0, 4, 3, 3}), 4, 8, 1), {0, 8, 9});
  g.graph.nodes.back().attributes["allowzero"] = int64_t{1};
  const std::vector<TensorId> parts = g.AddMany("Split", {rows, g.Ints({4, 4})}, 2, {{"axis", int64_t{1}}});
  ExpectUntouched(g.Finish({Half(g, parts[0]), parts[1]}), FoldScale);
}

}  // namespace
}  // namespace lockstep::optimize
