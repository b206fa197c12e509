// SimplifyReductions: extremes of many, limits, sums and positions.
#include "optimize/optimize.h"
#include "pass_check.h"

namespace lockstep::optimize {
namespace {

using graph::kNoTensor;
using graph::TensorId;
using testing::SmallGraph;
using Ints = std::vector<int64_t>;

TEST(SimplifyReductions, ManyTwoByTwo) {
  struct Case {
    const char* op;
    const char* of_three;
  };
  for (const Case& c : {Case{"Max", "Max Max"}, Case{"Min", "Min Min"}}) {
    SmallGraph small;
    const TensorId x = small.Input("x", {2, 3});
    const TensorId y = small.Input("y", {4, 1, 3});
    CheckPass(small.Finish({small.Add(c.op, {x, y, small.Random({3})})}), SimplifyReductions, 1, c.of_three);
    SmallGraph one;
    CheckPass(one.Finish({one.Add(c.op, {one.Input("x", {2, 3})})}), SimplifyReductions, 1, "Identity", 0.0);
  }
  SmallGraph two;
  const TensorId x = two.Input("x", {2, 3});
  ExpectUntouched(two.Finish({two.Add("Max", {x, two.Random({3})}), two.Add("Min", {x, two.Input("y", {2, 1})})}),
                  SimplifyReductions);
}

TEST(SimplifyReductions, OneNumberIsALimit) {
  for (const std::string op : {"Max", "Min"}) {
    SmallGraph small;
    const TensorId x = small.Input("x", {2, 3});
    CheckPass(small.Finish({small.Add(op, {small.Scalar(0.25F), x}), small.Add(op, {x, small.Floats({1, 1}, {0.5F})})}),
              SimplifyReductions, 2, "Clip Clip", 0.0);
    SmallGraph larger;
    const TensorId y = larger.Input("x", {3});
    ExpectUntouched(larger.Finish({larger.Add(op, {y, larger.Floats({2, 1}, {0.5F, 0.5F})})}), SimplifyReductions);
  }
}

TEST(SimplifyReductions, LimitsThatAreComputed) {
  SmallGraph small;
  const TensorId x = small.Input("x", {2, 3});
  const TensorId low = small.Input("low", {1});
  CheckPass(small.Finish({small.Add("Clip", {x, low, small.Scalar(0.5F)})}), SimplifyReductions, 2, "Max Clip", 0.0);
  SmallGraph high;
  const TensorId y = high.Input("x", {2, 3});
  CheckPass(high.Finish({high.Add("Clip", {y, kNoTensor, high.Input("high", {1})})}), SimplifyReductions, 1, "Min",
            0.0);
  SmallGraph constant;
  const TensorId z = constant.Input("x", {2, 3});
  ExpectUntouched(constant.Finish({constant.Add("Clip", {z, constant.Scalar(0.0F), constant.Scalar(1.0F)})}),
                  SimplifyReductions);
}

TEST(SimplifyReductions, FunctionsOfSums) {
  struct Case {
    const char* op;
    const char* becomes;
  };
  for (const Case& c : {Case{"ReduceSumSquare", "Exp Mul ReduceSum"}, Case{"ReduceL1", "Exp Abs ReduceSum"},
                        Case{"ReduceL2", "Exp Mul ReduceSum Sqrt"}, Case{"ReduceLogSum", "Exp ReduceSum Log"},
                        Case{"ReduceLogSumExp", "Exp ReduceMax Sub Exp ReduceSum Log Add Reshape"}}) {
    SCOPED_TRACE(c.op);
    SmallGraph small;
    const TensorId x = small.Add("Exp", {small.Input("x", {2, 3, 4})});
    const TensorId y = small.Add(c.op, {x}, {{"axes", Ints{1}}, {"keepdims", int64_t{0}}});
    CheckPass(small.Finish({y}), SimplifyReductions, 1, c.becomes);
  }
}

TEST(SimplifyReductions, PositionsOfExtremes) {
  for (const std::string op : {"ArgMax", "ArgMin"}) {
    for (const int64_t keep : {0, 1}) {
      SmallGraph small;
      const TensorId x = small.Input("x", {2, 5, 3});
      const TensorId y = small.Add(op, {x}, {{"axis", int64_t{1}}, {"keepdims", keep}});
      CheckPass(small.Finish({y}), SimplifyReductions, 1, keep != 0 ? "TopK" : "TopK Reshape", 0.0);
    }
  }
  SmallGraph last;
  ExpectUntouched(last.Finish({last.Add("ArgMax", {last.Input("x", {2, 5})}, {{"select_last_index", int64_t{1}}})}),
                  SimplifyReductions);
}

TEST(SimplifyReductions, ProductsOfHalves) {
  for (const auto& [shape, axes, keep] : {std::tuple{graph::Shape{2, 4, 3}, Ints{1}, 0},
                                          {{2, 7, 3}, {1}, 1},
                                          {{3, 5}, {0, 1}, 0},
                                          {{4, 1, 2}, {1}, 0},
                                          {{2, 3, 2, 2}, {0, 3}, 1}}) {
    SmallGraph small;
    const TensorId x = small.Input("x", shape);
    const graph::Graph before =
        small.Finish({small.Add("ReduceProd", {x}, {{"axes", axes}, {"keepdims", int64_t{keep}}})});
    graph::Graph after = before;
    EXPECT_EQ(SimplifyReductions(after), 1);
    EXPECT_EQ(testing::Operators(after).find("ReduceProd"), std::string::npos);
    EXPECT_LE(testing::LargestOutputDifference(before, after), 1e-5);
    EXPECT_EQ(after.tensor(after.outputs[0]).shape, before.tensor(before.outputs[0]).shape);
    EXPECT_EQ(SimplifyReductions(after), 0);
  }
  SmallGraph large;
  graph::Graph graph = large.Finish({large.Add("ReduceProd", {large.Input("x", {2, 65})}, {{"axes", Ints{1}}})});
  Optimize(graph);
  ASSERT_EQ(FindBlockers(graph).size(), 1U);
  EXPECT_EQ(FindBlockers(graph)[0].reason.rfind("it multiplies 65 elements; up to 64 are supported", 0), 0U);
}

TEST(SimplifyReductions, RunningSums) {
  for (const int64_t exclusive : {0, 1}) {
    for (const int64_t reverse : {0, 1}) {
      SmallGraph small;
      const TensorId x = small.Input("x", {2, 5, 3});
      const std::map<std::string, graph::Attribute> attributes = {{"exclusive", exclusive}, {"reverse", reverse}};
      CheckPass(small.Finish({small.Add("CumSum", {x, small.Ints({1})}, attributes)}), SimplifyReductions, 1,
                "Transpose MatMul Transpose");
      SmallGraph inner;
      const TensorId y = inner.Input("x", {2, 5});
      CheckPass(inner.Finish({inner.Add("CumSum", {y, inner.Ints({-1})}, attributes)}), SimplifyReductions, 1,
                "MatMul");
      SmallGraph row;
      const TensorId z = row.Input("x", {5});
      CheckPass(row.Finish({row.Add("CumSum", {z, row.Ints({0})}, attributes)}), SimplifyReductions, 1,
                "Reshape MatMul Reshape");
    }
  }
  SmallGraph large;
  ExpectUntouched(large.Finish({large.Add("CumSum", {large.Input("x", {4097}), large.Ints({0})})}), SimplifyReductions);
}

TEST(SimplifyReductions, Triangles) {
  for (const int64_t upper : {0, 1}) {
    for (const int64_t diagonal : {-9, -1, 0, 2, 9}) {
      SmallGraph small;
      const TensorId x = small.Input("x", {2, 4, 5});
      CheckPass(small.Finish({small.Add("Trilu", {x, small.Ints({diagonal})}, {{"upper", upper}})}), SimplifyReductions,
                1, "Mul", 0.0);
    }
    SmallGraph without;
    CheckPass(without.Finish({without.Add("Trilu", {without.Input("x", {3, 3})}, {{"upper", upper}})}),
              SimplifyReductions, 1, "Mul", 0.0);
  }
}

// The maximum of a whole image.
TEST(SimplifyReductions, GlobalMaximum) {
  SmallGraph small;
  CheckPass(small.Finish({small.Add("GlobalMaxPool", {small.Input("x", {2, 3, 4, 5})})}), MakeExplicit, 1, "ReduceMax",
            0.0);
}

}  // namespace
}  // namespace lockstep::optimize
