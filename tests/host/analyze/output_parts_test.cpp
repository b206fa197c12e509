#include "analyze/output_parts.h"

#include <gtest/gtest.h>

#include "support/small_graph.h"

namespace lockstep::analyze {
namespace {

using testing::SmallGraph;

std::vector<std::string> Names(const std::vector<OutputPart>& parts) {
  std::vector<std::string> names;
  for (const OutputPart& part : parts) names.push_back(part.name);
  return names;
}

// Of the elements that ForEachRun visits, in order.
std::vector<size_t> Elements(const graph::Shape& shape, const OutputPart& part) {
  std::vector<size_t> elements;
  ForEachRun(shape, part, [&](size_t first, size_t count) {
    for (size_t i = 0; i < count; ++i) elements.push_back(first + i);
  });
  return elements;
}

TEST(OutputParts, AnOutputOfOnePieceIsWhole) {
  SmallGraph small;
  const graph::TensorId y = small.Add("Relu", {small.Input("x", {2, 3})});
  const auto parts = OutputParts(small.Finish({y}));
  EXPECT_EQ(Names(parts.at("Relu_0")), (std::vector<std::string>{"Relu_0"}));
  EXPECT_EQ(Elements({2, 3}, parts.at("Relu_0")[0]), (std::vector<size_t>{0, 1, 2, 3, 4, 5}));
}

TEST(OutputParts, PiecesOfTwoAxesMakeAGrid) {
  SmallGraph small;
  const auto row = [&](const std::string& name) {
    const graph::TensorId box = small.Input(name + "_box", {1, 1, 2});
    return small.Add("Concat", {box, small.Input(name + "_score", {1, 1, 1})}, {{"axis", int64_t{2}}});
  };
  const graph::TensorId y = small.Add("Concat", {row("a"), row("b")}, {{"axis", int64_t{1}}});
  const graph::Graph graph = small.Finish({y});
  const std::vector<OutputPart> parts = OutputParts(graph).at(graph.tensor(y).name);
  const std::string name = graph.tensor(y).name;
  EXPECT_EQ(Names(parts), (std::vector<std::string>{name + "[:, 0:1, 0:2]", name + "[:, 0:1, 2:3]",
                                                    name + "[:, 1:2, 0:2]", name + "[:, 1:2, 2:3]"}));
  EXPECT_EQ(Elements({1, 2, 3}, parts[0]), (std::vector<size_t>{0, 1}));
  EXPECT_EQ(Elements({1, 2, 3}, parts[3]), (std::vector<size_t>{5}));
}

TEST(OutputParts, EveryElementIsInOnePart) {
  SmallGraph small;
  std::vector<graph::TensorId> inputs;
  for (int i = 0; i < 20; ++i) inputs.push_back(small.Input("x" + std::to_string(i), {3, 2, 2}));
  const graph::TensorId y = small.Add("Concat", inputs, {{"axis", int64_t{1}}});
  const graph::TensorId both = small.Add("Concat", {y, small.Input("z", {1, 40, 2})}, {{"axis", int64_t{0}}});
  const graph::Graph graph = small.Finish({both});
  const graph::Shape shape = graph.tensor(both).shape;
  const std::vector<OutputPart> parts = OutputParts(graph).at(graph.tensor(both).name);
  EXPECT_EQ(parts.size(), 2U);  // 20 pieces of an axis are too many to tell apart
  std::vector<size_t> seen(static_cast<size_t>(graph::ElementCount(shape)), 0);
  for (const OutputPart& part : parts) {
    for (const size_t element : Elements(shape, part)) ++seen[element];
  }
  EXPECT_EQ(seen, std::vector<size_t>(seen.size(), 1));
}

}  // namespace
}  // namespace lockstep::analyze
