// SimplifyMoves: what moves elements becomes Reshape, Transpose, Slice and Gather.
#include "optimize/optimize.h"
#include "pass_check.h"

namespace lockstep::optimize {
namespace {

using graph::TensorId;
using testing::SmallGraph;
using Ints = std::vector<int64_t>;

// Indices of any rank.
TensorId Indices(SmallGraph& g, const graph::Shape& shape, const Ints& values) {
  const TensorId id = g.Ints(values);
  g.graph.tensor(id).shape = shape;
  return id;
}

TEST(SimplifyMoves, BlocksOfPixels) {
  for (const std::string mode : {"DCR", "CRD"}) {
    SmallGraph small;
    const TensorId x = small.Input("x", {2, 12, 3, 4});
    const TensorId y = small.Add("DepthToSpace", {x}, {{"blocksize", int64_t{2}}, {"mode", mode}});
    CheckPass(small.Finish({y}), SimplifyMoves, 1, "Reshape Transpose Reshape", 0.0);
  }
  SmallGraph small;
  const TensorId y = small.Add("SpaceToDepth", {small.Input("x", {2, 3, 4, 6})}, {{"blocksize", int64_t{2}}});
  CheckPass(small.Finish({y}), SimplifyMoves, 1, "Reshape Transpose Reshape", 0.0);
}

TEST(SimplifyMoves, IndicesOfEveryRank) {
  struct Case {
    graph::Shape shape;
    Ints indices;
    const char* becomes;
  };
  const Case cases[] = {
      {{}, {-1}, "Slice Reshape"},
      {{1}, {2}, "Slice"},
      {{3}, {0, 2, 4}, "Slice"},
      {{3}, {1, 2, 3}, "Slice"},
      {{2, 2}, {1, 2, 3, 4}, "Slice Reshape"},
      {{2, 2}, {4, 0, 1, 1}, "Gather Reshape"},
      {{3}, {-1, 0, -2}, "Gather"},
  };
  for (const Case& c : cases) {
    SmallGraph small;
    const TensorId x = small.Input("x", {2, 5, 3});
    const TensorId y = small.Add("Gather", {x, Indices(small, c.shape, c.indices)}, {{"axis", int64_t{1}}});
    CheckPass(small.Finish({y}), SimplifyMoves, 1, c.becomes, 0.0);
  }
}

TEST(SimplifyMoves, LeavesAListOfIndicesAndWhatItDoesNotKnow) {
  SmallGraph small;
  const TensorId x = small.Input("x", {2, 5, 3});
  const TensorId index = small.Input("index", {4});
  small.graph.tensor(index).type = graph::ElementType::kInt64;
  const TensorId list = small.Add("Gather", {x, small.Ints({3, 0, 0})}, {{"axis", int64_t{1}}});
  const TensorId computed = small.Add("Gather", {x, index}, {{"axis", int64_t{1}}});
  const TensorId beyond = small.Add("Gather", {x, small.Ints({5, 0})}, {{"axis", int64_t{1}}});
  ExpectUntouched(small.Finish({list, computed, beyond}), SimplifyMoves);
}

TEST(SimplifyMoves, ElementsByPlace) {
  SmallGraph elements;
  CheckPass(
      elements.Finish({elements.Add(
          "GatherElements", {elements.Input("x", {2, 3, 2}), Indices(elements, {2, 2, 2}, {0, -1, 2, 1, 1, 1, -3, 0})},
          {{"axis", int64_t{-2}}})}),
      SimplifyMoves, 1, "Reshape Gather Reshape", 0.0);
  SmallGraph nd;
  CheckPass(nd.Finish({nd.Add("GatherND", {nd.Input("x", {2, 3, 4}), Indices(nd, {3, 2}, {1, -1, 0, 0, 1, 1})})}),
            SimplifyMoves, 1, "Reshape Gather", 0.0);
  SmallGraph batched;
  CheckPass(batched.Finish(
                {batched.Add("GatherND", {batched.Input("x", {2, 3, 4}), Indices(batched, {2, 2, 1}, {2, 0, -2, 2})},
                             {{"batch_dims", int64_t{1}}})}),
            SimplifyMoves, 1, "Reshape Gather Reshape", 0.0);
}

TEST(SimplifyMoves, ReversesSequences) {
  for (const int64_t time : {0, 1}) {
    SmallGraph small;
    const TensorId x = small.Input("x", {3, 3, 2});
    const TensorId y =
        small.Add("ReverseSequence", {x, small.Ints({2, 0, 3})}, {{"time_axis", time}, {"batch_axis", 1 - time}});
    CheckPass(small.Finish({y}), SimplifyMoves, 1, "Reshape Gather Reshape", 0.0);
  }
}

TEST(SimplifyMoves, AxesThatExpandAdds) {
  SmallGraph small;
  const TensorId x = small.Input("x", {3, 1});
  CheckPass(small.Finish({small.Add("Expand", {x, small.Ints({2, 1, 4})})}), SimplifyMoves, 1, "Reshape Expand", 0.0);
  SmallGraph same;
  ExpectUntouched(same.Finish({same.Add("Expand", {same.Input("x", {3, 1}), same.Ints({1, 4})})}), SimplifyMoves);
}

TEST(SimplifyMoves, APadThatCutsIsASlice) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 3, 5});
  CheckPass(small.Finish({small.Add("Pad", {x, small.Ints({0, -1, -1, 0, 0, -2})})}), SimplifyMoves, 1, "Slice", 0.0);
  SmallGraph both;
  const TensorId y = both.Add("Pad", {both.Input("x", {1, 3, 5}), both.Ints({0, -1, 1, 0, 0, 0})});
  ExpectUntouched(both.Finish({y}), SimplifyMoves);
}

}  // namespace
}  // namespace lockstep::optimize
