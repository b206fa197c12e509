// What ONNX says of edges: empty tensors, indices and windows beyond an end, infinities.
#include <gtest/gtest.h>

#include <cmath>

#include "graph/error.h"
#include "support/plain_evaluator.h"
#include "support/small_graph.h"

namespace lockstep::ops {
namespace {

using graph::Shape;
using graph::TensorId;
using testing::PlainTensor;
using testing::SmallGraph;
using Attributes = std::map<std::string, graph::Attribute>;
using List = std::vector<int64_t>;
using Values = std::vector<double>;

// Of one float input and constants of integers.
PlainTensor Result(const std::string& op, const PlainTensor& x, const std::vector<List>& constants = {},
                   const Attributes& attributes = {}) {
  SmallGraph small;
  std::vector<TensorId> inputs = {small.Input("x", x.shape)};
  for (const List& values : constants) inputs.push_back(small.Ints(values));
  const TensorId y = small.Add(op, inputs, attributes);
  const graph::Graph graph = small.Finish({y});
  return testing::EvaluatePlain(graph, {{"x", x}}).at(graph.tensor(y).name);
}

TEST(Slice, BackwardsFromBeforeTheFirstElementBeginsWithIt) {
  const PlainTensor x{{5}, {0, 1, 2, 3, 4}};
  const auto cut = [&](int64_t start, int64_t end, int64_t step) {
    return Result("Slice", x, {{start}, {end}, {0}, {step}}).values;
  };
  EXPECT_EQ(cut(-100, -200, -1), (Values{0}));
  EXPECT_EQ(cut(-6, INT64_MIN, -1), (Values{0}));
  EXPECT_EQ(cut(100, -100, -2), (Values{4, 2, 0}));
  EXPECT_EQ(cut(-100, 100, 1), (Values{0, 1, 2, 3, 4}));
  EXPECT_EQ(cut(-100, 0, -1), Values{});
  EXPECT_EQ(Result("Slice", {{0}, {}}, {{5}, {-5}, {0}, {-1}}).shape, (Shape{0}));
}

TEST(Pools, WithCeilModeHaveAWindowThatIsLargerThanTheImage) {
  const PlainTensor x{{1, 1, 2, 2}, {0, 1, 2, 3}};
  Attributes attributes = {{"kernel_shape", List{3, 3}}, {"strides", List{2, 2}}, {"ceil_mode", int64_t{1}}};
  EXPECT_EQ(Result("MaxPool", x, {}, attributes).values, (Values{3}));
  EXPECT_EQ(Result("AveragePool", x, {}, attributes).values, (Values{1.5}));
  attributes["strides"] = List{1, 1};
  EXPECT_THROW(Result("MaxPool", x, {}, attributes), BadInput) << "the next window would begin at -1";
}

TEST(ReduceLogSumExp, OfInfinities) {
  const double infinity = HUGE_VAL;
  const PlainTensor result =
      Result("ReduceLogSumExp", {{3, 2}, {-infinity, -infinity, infinity, 1, 1, 2}}, {}, {{"axes", List{1}}});
  EXPECT_EQ(result.values[0], -infinity);
  EXPECT_EQ(result.values[1], infinity);
  EXPECT_NEAR(result.values[2], std::log(std::exp(1.0) + std::exp(2.0)), 1e-6);
}

TEST(Reductions, OfNoAxesHandOnWhatTheyGet) {
  for (const char* op : {"ReduceSumSquare", "ReduceL1", "ReduceL2", "ReduceLogSumExp", "ReduceSum", "ReduceMax"}) {
    EXPECT_EQ(Result(op, {{3}, {-1, 2, -3}}, {}, {{"noop_with_empty_axes", int64_t{1}}}).values, (Values{-1, 2, -3}))
        << op;
  }
}

TEST(LpNormalization, OfZerosIsZero) {
  for (const int64_t p : {1, 2}) {
    EXPECT_EQ(Result("LpNormalization", {{2, 2}, {0, 0, 0, 4}}, {}, {{"p", p}}).values, (Values{0, 0, 0, 1}));
  }
}

TEST(ScatterElements, CombinesInOrderAndCountsFromTheEnd) {
  const auto scattered = [](const char* reduction) {
    SmallGraph small;
    const TensorId x = small.Input("x", {2, 3});
    const TensorId indices =
        small.graph.AddTensor({"indices", graph::ElementType::kInt64, {1, 3}, graph::ConstantData{{}, {-1, 2, -3}}});
    const TensorId y = small.Add("ScatterElements", {x, indices, small.Floats({1, 3}, {10, 20, 30})},
                                 {{"axis", int64_t{-1}}, {"reduction", std::string(reduction)}});
    const graph::Graph graph = small.Finish({y});
    return testing::EvaluatePlain(graph, {{"x", {{2, 3}, {1, 2, 15, 4, 5, 6}}}}).at(graph.tensor(y).name).values;
  };
  EXPECT_EQ(scattered("none"), (Values{30, 2, 20, 4, 5, 6}));
  EXPECT_EQ(scattered("add"), (Values{31, 2, 45, 4, 5, 6}));
  EXPECT_EQ(scattered("mul"), (Values{30, 2, 3000, 4, 5, 6}));
  EXPECT_EQ(scattered("max"), (Values{30, 2, 20, 4, 5, 6}));
  EXPECT_EQ(scattered("min"), (Values{1, 2, 10, 4, 5, 6}));
}

TEST(ScatterElements, IndicesBeyondTheOtherAxesAreRefused) {
  SmallGraph small;
  const TensorId x = small.Input("x", {2, 3});
  const TensorId indices =
      small.graph.AddTensor({"indices", graph::ElementType::kInt64, {1, 4}, graph::ConstantData{{}, {0, 0, 0, 0}}});
  small.Add("ScatterElements", {x, indices, small.Floats({1, 4}, {1, 2, 3, 4})}, {{"axis", int64_t{0}}});
  EXPECT_THROW(small.Finish({small.graph.nodes[0].outputs[0]}), BadInput);
}

TEST(QuantizeLinear, AScaleAndAZeroPointOfOneElementFitWhateverTheirRank) {
  SmallGraph small;
  const TensorId y = small.Add("QuantizeLinear", {small.Input("x", {2}), small.Scalar(0.5F), small.Ints({3})},
                               {{"output_dtype", int64_t{2}}});
  const graph::Graph graph = small.Finish({y});
  EXPECT_EQ(testing::EvaluatePlain(graph, {{"x", {{2}, {1, -9}}}}).at(graph.tensor(y).name).values, (Values{5, 0}));
}

// Its normal form refuses integers too, where no file is at hand to be named.
TEST(GlobalAveragePool, IsOfFloats) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 2, 3, 3});
  small.graph.tensor(x).type = graph::ElementType::kInt64;
  const TensorId y = small.Add("GlobalAveragePool", {x});
  EXPECT_THROW(small.Finish({y}), BadInput);
}

TEST(Logic, IsOfTruthValues) {
  for (const char* op : {"And", "Or", "Xor"}) {
    SmallGraph small;
    const TensorId x = small.Input("x", {2});
    const TensorId y = small.Add(op, {x, x});
    EXPECT_THROW(small.Finish({y}), BadInput) << op;
  }
  SmallGraph small;
  const TensorId y = small.Add("Not", {small.Input("x", {2})});
  EXPECT_THROW(small.Finish({y}), BadInput);
}

}  // namespace
}  // namespace lockstep::ops
