// Every operator with inputs that it can make little of: the passes leave them or say what is wrong.
#include <gtest/gtest.h>

#include "graph/error.h"
#include "ops/op_table.h"
#include "optimize/optimize.h"
#include "support/small_graph.h"

namespace lockstep::optimize {
namespace {

using graph::Shape;
using graph::TensorId;
using testing::SmallGraph;
using Ints = std::vector<int64_t>;

struct Case {
  std::string op;
  size_t inputs = 1;
  Shape shape;     // of the first input
  bool unknown;    // what it is, is known of none
  int others = 0;  // the other inputs: 0 like the first, 1 integers, 2 a number for each channel, 3 one number
  int64_t axis = 0;
};

TensorId OtherInput(SmallGraph& g, const Case& c, TensorId first) {
  if (c.others == 0) return first;
  if (c.others == 1) return g.Ints({c.axis});
  if (c.others == 3) return g.Scalar(0.5F);
  const int64_t channels = c.shape.size() > 1 ? c.shape[1] : 1;
  return g.Random({channels, 1, 1});
}

graph::Graph Network(const Case& c) {
  SmallGraph g;
  TensorId x = g.Input("x", c.shape);
  if (c.unknown) x = g.Add("Mystery", {x});
  std::vector<TensorId> inputs = {g.Add("Add", {x, g.Scalar(1.0F)})};
  while (inputs.size() < c.inputs) inputs.push_back(OtherInput(g, c, inputs[0]));
  TensorId y = g.Add(c.op, inputs,
                     {{"axis", c.axis},
                      {"blocksize", int64_t{1}},
                      {"kernel_shape", Ints(c.shape.size() < 2 ? 1 : c.shape.size() - 2, 1)},
                      {"num_groups", int64_t{1}},
                      {"hidden_size", int64_t{1}}});
  y = g.Add("Mul", {y, g.Scalar(0.5F)});
  y = g.Add("Slice", {y, g.Ints({0}), g.Ints({1}), g.Ints({c.axis}), g.Ints({1})});
  g.graph.outputs = {g.Add("Relu", {y})};
  return g.graph;
}

TEST(EveryOperator, WithoutElementsOrWithoutAShape) {
  const std::vector<Shape> shapes = {{0, 4, 3, 3}, {1, 0, 3, 3}, {1, 4, 0, 3}, {2, 0, 3},
                                     {0, 5},       {0},          {},           {1, 4, 3, 3}};
  int optimized = 0;
  for (const ops::OpRow& row : ops::kOps) {
    for (const Shape& shape : shapes) {
      for (size_t inputs = row.op->arity.least; inputs <= std::min<size_t>(row.op->arity.most, 5); ++inputs) {
        for (const bool unknown : {false, true}) {
          for (int others = 0; others < (inputs > 1 ? 4 : 1); ++others) {
            for (const int64_t axis : {-1, 0, 1}) {
              const Case c{std::string(row.name), inputs, shape, unknown, others, axis};
              SCOPED_TRACE(c.op + " " + graph::ToString(shape) + " " + std::to_string(inputs) + " " +
                           std::to_string(others) + " " + std::to_string(axis));
              graph::Graph graph = Network(c);
              try {
                Optimize(graph);
                FindBlockers(graph);
                ++optimized;
              } catch (const Error&) {  // it says what is wrong
              } catch (const std::exception& error) {
                ADD_FAILURE() << error.what();
              }
            }
          }
        }
      }
    }
  }
  EXPECT_GT(optimized, 1000);
}

}  // namespace
}  // namespace lockstep::optimize
