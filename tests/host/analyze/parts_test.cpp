#include "analyze/parts.h"

#include <gtest/gtest.h>

#include "support/small_graph.h"

namespace lockstep::analyze {
namespace {

using Ends = std::vector<int64_t>;

// Boxes (1x4x5x5) and scores (1x3x5x5), joined, as a list of places behind the other (1x25x7).
struct Head {
  testing::SmallGraph small;
  graph::TensorId box, score, joined, list, turned;

  Head() {
    const graph::TensorId x = small.Input("x", {1, 2, 5, 5});
    box = small.Conv(x, 2, 4, 1);
    score = small.Conv(x, 2, 3, 1);
    joined = small.Add("Concat", {box, score}, {{"axis", int64_t{1}}});
    list = small.Add("Reshape", {joined, small.Ints({1, 7, 25})});
    turned = small.Add("Transpose", {list}, {{"perm", Ends{0, 2, 1}}});
  }
};

const Partition* Only(const std::map<graph::TensorId, std::vector<Partition>>& found, graph::TensorId id) {
  const auto one = found.find(id);
  return one == found.end() || one->second.size() != 1 ? nullptr : &one->second[0];
}

TEST(Parts, AConcatAndItsViews) {
  Head head;
  const graph::TensorId y = head.small.Add("Sigmoid", {head.turned});
  const graph::Graph graph = head.small.Finish({y});
  const auto found = FindParts(graph);
  const std::vector<std::string> names{graph.tensor(head.box).name, graph.tensor(head.score).name};
  for (const auto& [id, axis] : {std::pair{head.joined, 1}, {head.list, 1}, {head.turned, 2}, {y, 2}}) {
    const Partition* cut = Only(found, id);
    ASSERT_NE(cut, nullptr) << graph.tensor(id).name;
    EXPECT_EQ(cut->axis, axis) << graph.tensor(id).name;
    EXPECT_EQ(cut->ends, (Ends{4, 7}));
    EXPECT_EQ(cut->names, names);
  }
}

TEST(Parts, ASliceKeepsWhatItTouches) {
  Head head;
  const auto slice = [&](int64_t start, int64_t end) {
    return head.small.Add("Slice",
                          {head.turned, head.small.Ints({start}), head.small.Ints({end}), head.small.Ints({2})});
  };
  const graph::TensorId both = slice(3, 6);
  const graph::TensorId scores = slice(4, 7);
  const graph::Graph graph = head.small.Finish({both, scores});
  const auto found = FindParts(graph);
  ASSERT_NE(Only(found, both), nullptr);
  EXPECT_EQ(Only(found, both)->ends, (Ends{1, 3}));
  EXPECT_EQ(Only(found, scores), nullptr) << "it is one part";
}

TEST(Parts, ConcatsAcrossAndAlongTheParts) {
  Head head;
  const graph::TensorId across = head.small.Add("Concat", {head.turned, head.turned}, {{"axis", int64_t{1}}});
  const graph::TensorId along = head.small.Add("Concat", {head.turned, head.turned}, {{"axis", int64_t{-1}}});
  const graph::Graph graph = head.small.Finish({across, along});
  const auto found = FindParts(graph);
  ASSERT_EQ(found.at(across).size(), 2U);
  EXPECT_EQ(found.at(across)[0].ends, (Ends{25, 50}));
  EXPECT_EQ(found.at(across)[1].ends, (Ends{4, 7}));
  ASSERT_NE(Only(found, along), nullptr);
  EXPECT_EQ(Only(found, along)->ends, (Ends{4, 7, 11, 14}));
}

TEST(Parts, AReshapeThatMixesThemEndsThem) {
  Head head;
  const graph::TensorId mixed = head.small.Add("Reshape", {head.turned, head.small.Ints({1, 175})});
  const graph::Graph graph = head.small.Finish({mixed});
  EXPECT_EQ(FindParts(graph).count(mixed), 0U);
}

TEST(Parts, OfAPReluAreThoseOfItsInput) {
  Head head;
  const graph::TensorId y = head.small.Add("PRelu", {head.joined, head.small.Random({7, 1, 1})});
  const graph::Graph graph = head.small.Finish({y});
  const auto found = FindParts(graph);
  ASSERT_NE(Only(found, y), nullptr);
  EXPECT_EQ(Only(found, y)->ends, (Ends{4, 7}));
}

}  // namespace
}  // namespace lockstep::analyze
