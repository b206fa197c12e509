// What is divided by the root of its mean square, or by its norm.
#include "optimize/optimize.h"
#include "pass_check.h"

namespace lockstep::optimize {
namespace {

using graph::TensorId;
using testing::SmallGraph;
using Ints = std::vector<int64_t>;

constexpr const char* kComposed = "Mul Concat LayerNormalization Slice";

TensorId MeanSquare(SmallGraph& g, TensorId x, bool power, const Ints& axes, const char* op = "ReduceMean") {
  const TensorId square = power ? g.Add("Pow", {x, g.Scalar(2.0F)}) : g.Add("Mul", {x, x});
  return g.Add(op, {square}, {{"axes", axes}});
}

TEST(RecognizeRootMeanSquare, InEveryForm) {
  for (const bool power : {false, true}) {
    for (const int form : {0, 1, 2, 3}) {
      SCOPED_TRACE(std::to_string(power) + std::to_string(form));
      SmallGraph g;
      const TensorId x = g.Input("x", {2, 3, 6});
      const TensorId sum = g.Add("Add", {g.Scalar(1e-3F), MeanSquare(g, x, power, {2})});
      const TensorId root = form == 3 ? g.Add("Pow", {sum, g.Scalar(0.5F)}) : g.Add("Sqrt", {sum});
      TensorId y = graph::kNoTensor;
      if (form == 0 || form == 3) y = g.Add("Div", {x, root});
      if (form == 1) y = g.Add("Mul", {x, g.Add("Reciprocal", {root})});
      if (form == 2) y = g.Add("Mul", {g.Add("Div", {g.Scalar(1.0F), root}), x});
      const graph::Graph before = g.Finish({y});
      const graph::Graph after = CheckPass(before, RecognizeRootMeanSquare, 1, kComposed);
      std::vector<std::string> all;
      for (const graph::Node& node : before.nodes) all.push_back(node.name);
      EXPECT_EQ(after.nodes[2].onnx_nodes, all) << "the nodes it stands for, in their order";
    }
  }
}

TEST(RecognizeRootMeanSquare, NormsOfAnyAxis) {
  for (const int64_t axis : {1, 2, 3}) {
    const std::string operators = axis == 3 ? kComposed : std::string("Transpose ") + kComposed + " Transpose";
    SmallGraph own;
    CheckPass(own.Finish({own.Add("LpNormalization", {own.Input("x", {2, 3, 4, 5})}, {{"axis", axis}})}),
              RecognizeRootMeanSquare, 1, operators);
    SmallGraph l2;
    const TensorId x = l2.Input("x", {2, 3, 4, 5});
    const TensorId norm = l2.Add("ReduceL2", {x}, {{"axes", Ints{axis}}});
    const TensorId least = l2.Add("Clip", {norm, l2.Scalar(1e-12F)});
    const TensorId whole = l2.Add("Expand", {least, l2.Ints({2, 3, 4, 5})});
    CheckPass(l2.Finish({l2.Add("Div", {x, whole})}), RecognizeRootMeanSquare, 1, operators);
    SmallGraph sum;
    const TensorId z = sum.Input("x", {2, 3, 4, 5});
    const TensorId root = sum.Add("Sqrt", {MeanSquare(sum, z, true, {axis}, "ReduceSum")});
    CheckPass(sum.Finish({sum.Add("Div", {z, sum.Add("Max", {root, sum.Scalar(1e-6F)})})}), RecognizeRootMeanSquare, 1,
              operators);
  }
}

TEST(RecognizeRootMeanSquare, LeavesWhatOnlyLooksLikeIt) {
  SmallGraph g;
  const TensorId x = g.Input("x", {2, 3, 6});
  const TensorId other = g.Input("other", {2, 3, 6});
  const TensorId root = g.Add("Sqrt", {MeanSquare(g, x, true, {2})});
  const TensorId of_other = g.Add("Div", {other, root});
  const TensorId between = g.Add("Div", {x, g.Add("Sqrt", {MeanSquare(g, x, true, {0, 1})})});
  const TensorId bounded = g.Add("Div", {x, g.Add("Clip", {root, g.Scalar(0.5F)})});
  const TensorId p1 = g.Add("LpNormalization", {x}, {{"p", int64_t{1}}});
  ExpectUntouched(g.Finish({of_other, between, bounded, p1}), RecognizeRootMeanSquare);
}

// x is a quotient itself, which was looked at and is no part of the pattern.
TEST(RecognizeRootMeanSquare, StandsForWhatItMatchesAlone) {
  SmallGraph g;
  const TensorId x = g.Add("Div", {g.Input("a", {2, 6}), g.Input("b", {2, 6})});
  const TensorId root = g.Add("Sqrt", {g.Add("Add", {g.Scalar(1e-3F), MeanSquare(g, x, false, {1})})});
  const graph::Graph before = g.Finish({g.Add("Mul", {x, g.Add("Reciprocal", {root})})});
  const graph::Graph after = CheckPass(before, RecognizeRootMeanSquare, 1, std::string("Div ") + kComposed);
  const std::vector<std::string>& names = after.nodes.back().onnx_nodes;
  EXPECT_EQ(names.size(), before.nodes.size() - 1);
  EXPECT_EQ(std::count(names.begin(), names.end(), "Div_0"), 0);
}

}  // namespace
}  // namespace lockstep::optimize
