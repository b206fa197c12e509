#include "optimize/optimize.h"
#include "pass_check.h"

namespace lockstep::optimize {
namespace {

using graph::TensorId;
using testing::SmallGraph;

using Ints = std::vector<int64_t>;

TEST(SplitThroughConcat, TakesTheInputsOfAConcatOnTheSameAxis) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 4, 3, 2});
  const TensorId a = small.Conv(x, 4, 5, 1);
  const TensorId b = small.Conv(x, 4, 2, 1);
  const TensorId c = small.Conv(x, 4, 1, 1);
  const TensorId joined = small.Add("Concat", {a, b, c}, {{"axis", int64_t{1}}});
  const auto parts = small.AddMany("Split", {joined, small.Ints({5, 3})}, 2, {{"axis", int64_t{1}}});
  const TensorId first = small.Add("Relu", {parts[0]});
  const TensorId second = small.Add("Relu", {parts[1]});
  graph::Graph before = small.Finish({first, second});
  graph::Graph after = CheckPass(before, SplitThroughConcat, 1, "Conv Conv Conv Concat Identity Relu Relu");
  EXPECT_EQ(RemoveIdentities(after), 1);
  EXPECT_EQ(testing::Operators(after), "Conv Conv Conv Concat Relu Relu");
  EXPECT_LE(testing::LargestOutputDifference(before, after), 0.0);
}

TEST(SplitThroughConcat, LeavesSeamsThatDoNotFit) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 4, 3, 2});
  const TensorId joined = small.Add("Concat", {small.Conv(x, 4, 5, 1), small.Conv(x, 4, 3, 1)}, {{"axis", int64_t{1}}});
  const auto parts = small.AddMany("Split", {joined, small.Ints({4, 4})}, 2, {{"axis", int64_t{1}}});
  ExpectUntouched(small.Finish(parts), SplitThroughConcat);
}

TEST(SplitThroughConcat, LeavesAConcatThatOthersRead) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 4, 3, 2});
  const TensorId joined = small.Add("Concat", {small.Conv(x, 4, 5, 1), small.Conv(x, 4, 3, 1)}, {{"axis", int64_t{1}}});
  auto outputs = small.AddMany("Split", {joined, small.Ints({5, 3})}, 2, {{"axis", int64_t{1}}});
  outputs.push_back(small.Add("Relu", {joined}));
  ExpectUntouched(small.Finish(outputs), SplitThroughConcat);
}

TEST(SplitThroughConcat, LeavesAReshapeThatTouchesTheAxis) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 4, 3, 2});
  const TensorId joined = small.Add("Concat", {small.Conv(x, 4, 5, 1), small.Conv(x, 4, 3, 1)}, {{"axis", int64_t{1}}});
  const TensorId flat = small.Add("Reshape", {joined, small.Ints({1, 24, 2})});
  const auto parts = small.AddMany("Split", {flat, small.Ints({15, 9})}, 2, {{"axis", int64_t{1}}});
  ExpectUntouched(small.Finish(parts), SplitThroughConcat);
}

// The head of a YOLO detector with two scales: boxes and classes joined, flattened, joined over scales and split again.
graph::Graph Head(bool with_slices) {
  SmallGraph small;
  std::vector<TensorId> scales;
  for (const int64_t size : {4, 2}) {
    const TensorId x = small.Input("x" + std::to_string(size), {1, 4, size, size});
    const TensorId joined =
        small.Add("Concat", {small.Conv(x, 4, 8, 1), small.Conv(x, 4, 3, 1)}, {{"axis", int64_t{1}}});
    scales.push_back(small.Add("Reshape", {joined, small.Ints({1, 11, -1})}));
  }
  const TensorId all = small.Add("Concat", scales, {{"axis", int64_t{-1}}});
  TensorId boxes = graph::kNoTensor;
  TensorId classes = graph::kNoTensor;
  if (with_slices) {
    boxes = small.Add("Slice", {all, small.Ints({0}), small.Ints({8}), small.Ints({1})});
    classes = small.Add("Slice", {all, small.Ints({8}), small.Ints({1000}), small.Ints({-2})});
  } else {
    const auto parts = small.AddMany("Split", {all, small.Ints({8, 3})}, 2, {{"axis", int64_t{1}}});
    boxes = parts[0];
    classes = parts[1];
  }
  const TensorId moved = small.Add("Mul", {boxes, small.Scalar(2.0F)});
  const TensorId scores = small.Add("Sigmoid", {classes});
  return small.Finish({small.Add("Concat", {moved, scores}, {{"axis", int64_t{1}}})});
}

TEST(SplitThroughConcat, KeepsBoxesAndClassesOfAHeadApart) {
  for (const bool with_slices : {false, true}) {
    const graph::Graph before = Head(with_slices);
    graph::Graph after = before;
    Optimize(after);
    EXPECT_LE(testing::LargestOutputDifference(before, after), 1e-6);
    int concats = 0;
    for (const graph::Node& node : after.nodes) {
      EXPECT_NE(node.op, "Split");
      EXPECT_NE(node.op, "Slice");
      concats += node.op == "Concat" ? 1 : 0;
    }
    EXPECT_EQ(concats, 3) << testing::Operators(after);
    EXPECT_NE(after.Find(with_slices ? "Slice_9" : "Split_9"), graph::kNoTensor)
        << "the ONNX name of the boxes is lost";
  }
}

TEST(SlicesToSplit, JoinsSlicesThatCoverATensor) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 6, 3, 2});
  const TensorId last = small.Add("Slice", {x, small.Ints({4}), small.Ints({6}), small.Ints({1}), small.Ints({1})});
  const TensorId first = small.Add("Slice", {x, small.Ints({0}), small.Ints({4}), small.Ints({1}), small.Ints({1})});
  const graph::Graph after = CheckPass(small.Finish({last, first}), SlicesToSplit, 1, "Split");
  EXPECT_EQ(after.nodes[0].onnx_nodes, (std::vector<std::string>{"Slice_0", "Slice_1"}));
}

TEST(SlicesToSplit, LeavesGapsStepsAndOtherReaders) {
  const std::vector<std::vector<Ints>> pairs = {
      {{0, 3, 1, 1}, {4, 6, 1, 1}},  // a gap
      {{0, 4, 1, 1}, {3, 6, 1, 1}},  // an overlap
      {{0, 3, 1, 1}, {3, 5, 1, 1}},  // the end is missing
      {{0, 5, 1, 2}, {1, 6, 1, 2}},  // interleaved
      {{0, 3, 1, 1}, {0, 3, 2, 1}},  // different axes
  };
  for (const auto& pair : pairs) {
    SmallGraph small;
    const TensorId x = small.Input("x", {1, 6, 3, 2});
    std::vector<TensorId> outputs;
    outputs.reserve(pair.size());
    for (const Ints& cut : pair) {
      outputs.push_back(small.Add(
          "Slice", {x, small.Ints({cut[0]}), small.Ints({cut[1]}), small.Ints({cut[2]}), small.Ints({cut[3]})}));
    }
    ExpectUntouched(small.Finish(outputs), SlicesToSplit);
  }
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 6, 3, 2});
  const TensorId a = small.Add("Slice", {x, small.Ints({0}), small.Ints({4}), small.Ints({1}), small.Ints({1})});
  const TensorId b = small.Add("Slice", {x, small.Ints({4}), small.Ints({6}), small.Ints({1}), small.Ints({1})});
  ExpectUntouched(small.Finish({a, b, small.Add("Relu", {x})}), SlicesToSplit);
}

// What an operator that is not known makes has no axes to count.
TEST(SlicesToSplit, LeavesTensorsWithoutAShape) {
  for (const int64_t axis : {-1, 2}) {
    SmallGraph small;
    const TensorId x = small.Add("Mystery", {small.Input("x", {2, 4})});
    const auto slice = [&](int64_t start, int64_t end) {
      return small.Add("Slice", {x, small.Ints({start}), small.Ints({end}), small.Ints({axis}), small.Ints({1})});
    };
    const TensorId first = slice(0, 2);
    ExpectUntouched(small.Finish({first, slice(2, 4)}), SlicesToSplit);
  }
}

}  // namespace
}  // namespace lockstep::optimize
