#include <gtest/gtest.h>

#include "optimize/optimize.h"
#include "pass_check.h"

namespace lockstep::optimize {
namespace {

using graph::Shape;
using graph::TensorId;
using testing::SmallGraph;

TensorId Levels(SmallGraph& g, const Shape& shape) {
  std::vector<int64_t> levels;
  for (int64_t i = 0; i < graph::ElementCount(shape); ++i) levels.push_back((i * 37 + 11) % 251 - 100);
  return g.graph.AddTensor(
      {g.graph.UniqueName("levels"), graph::ElementType::kInt64, shape, graph::ConstantData{{}, levels}});
}

struct Form {
  std::string op = "MatMulInteger";
  Shape x = {2, 3, 8};
  Shape weights = {8, 5};
  Shape zeros = {};
  Shape scales = {};
  bool scaled = true;  // the weights have a scale
  std::map<std::string, graph::Attribute> attributes = {};
};

graph::Graph Network(const Form& form) {
  SmallGraph g;
  const std::vector<TensorId> levels = g.AddMany("DynamicQuantizeLinear", {g.Input("x", form.x)}, 3);
  const TensorId sums =
      g.Add(form.op, {levels[0], Levels(g, form.weights), levels[2], Levels(g, form.zeros)}, form.attributes);
  const TensorId floats = g.Add("Cast", {sums}, {{"to", graph::kOnnxFloat}});
  const TensorId scale = form.scaled ? g.Add("Mul", {levels[1], g.Random(form.scales, 0.001F, 0.002F)}) : levels[1];
  return g.Finish({g.Add("Mul", {floats, scale})});
}

TEST(UndoDynamicQuantization, OfProductsAndConvolutions) {
  const Form forms[] = {
      {},
      {"MatMulInteger", {3, 8}, {8, 5}, {5}, {5}},
      {"MatMulInteger", {2, 3, 8}, {2, 8, 5}, {}, {1, 1, 5}},
      {"ConvInteger", {1, 4, 6, 6}, {3, 4, 3, 3}, {}, {1}, true, {{"pads", std::vector<int64_t>{1, 1, 1, 1}}}},
      {"ConvInteger", {1, 4, 6, 6}, {6, 2, 3, 3}, {6}, {6, 1, 1}, true, {{"group", int64_t{2}}}},
      {"ConvInteger", {1, 4, 6}, {3, 4, 3}, {3}, {1, 3, 1}},
  };
  for (const Form& form : forms) {
    SCOPED_TRACE(form.op + " " + graph::ToString(form.weights));
    // Half a step of the input, in [-1, 1], for every product.
    const double bound = 0.5 * 2.0 / 255.0 * 36.0 * 300.0 * 0.002;
    CheckPass(Network(form), UndoDynamicQuantization, 1, form.op == "ConvInteger" ? "Conv" : "MatMul", bound);
  }
}

TEST(UndoDynamicQuantization, WithoutAScaleOfTheWeights) {
  Form form;
  form.scaled = false;
  const graph::Graph after =
      CheckPass(Network(form), UndoDynamicQuantization, 1, "MatMul", 0.5 * 2.0 / 255.0 * 8 * 300);
  EXPECT_EQ(after.nodes[0].onnx_nodes, (std::vector<std::string>{"MatMulInteger_1", "Cast_2", "Mul_3"}));
}

TEST(UndoDynamicQuantization, LeavesOtherProductsOfIntegers) {
  SmallGraph g;
  const std::vector<TensorId> levels = g.AddMany("DynamicQuantizeLinear", {g.Input("x", {3, 8})}, 3);
  const TensorId without_zero = g.Add("MatMulInteger", {levels[0], Levels(g, {8, 5})});
  const TensorId sums = g.Add("MatMulInteger", {levels[0], Levels(g, {8, 5}), levels[2]});
  const TensorId floats = g.Add("Cast", {sums}, {{"to", graph::kOnnxFloat}});
  const TensorId unscaled = g.Add("Mul", {floats, g.Random({5})});
  ExpectUntouched(g.Finish({without_zero, unscaled, levels[1]}), UndoDynamicQuantization);
}

}  // namespace
}  // namespace lockstep::optimize
