// What the engine fuses, shares and leaves uncopied must not change any value, and must yield to what is observed.
#include <gtest/gtest.h>

#include "graph_maker.h"

namespace lockstep::testing {
namespace {

using graph::ActivationKind;

const graph::Activation kSilu{ActivationKind::kSilu, 0.0, 0.0};
const graph::Activation kRelu{ActivationKind::kRelu, 0.0, 0.0};

engine::FloatEngineOptions Everything(bool any_order) {
  engine::FloatEngineOptions options;
  options.observe_all = true;
  options.any_order = any_order;
  return options;
}

void ExpectMatchesHoweverObserved(const graph::Graph& graph) {
  {
    SCOPED_TRACE("nothing observed");
    ExpectMatchesPlain(graph);
  }
  {
    SCOPED_TRACE("everything observed");
    ExpectMatchesPlain(graph, Everything(false));
  }
  {
    SCOPED_TRACE("everything observed in any order");
    ExpectMatchesPlain(graph, Everything(true));
  }
  for (graph::TensorId id = 0; id < graph.tensor_count(); ++id) {
    if (graph.tensor(id).constant) continue;
    SCOPED_TRACE("observed: " + graph.tensor(id).name);
    engine::FloatEngineOptions options;
    options.observed = {graph.tensor(id).name};
    ExpectMatchesPlain(graph, options);
  }
}

// A bottleneck: two convolutions, the sum with their input, all activated.
TensorId Bottleneck(GraphMaker& maker, TensorId input, bool activate_sum) {
  const int64_t channels = maker.ShapeOf(input)[1];
  const TensorId first = maker.Conv(input, channels, 3);
  maker.Activate(kSilu);
  const TensorId second = maker.Conv(first, channels, 3);
  maker.Activate(kSilu);
  const TensorId sum = maker.Add("Add", {input, second});
  if (activate_sum) maker.Activate(kRelu);
  return sum;
}

TEST(Fusion, BottleneckBetweenSplitAndConcat) {
  for (const int64_t half : {8, 16, 24}) {
    for (const bool activate_sum : {false, true}) {
      GraphMaker maker;
      const TensorId wide = maker.Conv(maker.Input({1, 3, 12, 10}), 2 * half, 3, 2);
      maker.Activate(kSilu);
      const auto parts = maker.AddMany("Split", {wide}, 2, {{"axis", int64_t{1}}});
      const TensorId inner = Bottleneck(maker, parts[1], activate_sum);
      const TensorId more = Bottleneck(maker, inner, activate_sum);
      const TensorId joined = maker.Add("Concat", {parts[0], parts[1], inner, more}, {{"axis", int64_t{1}}});
      ExpectMatchesHoweverObserved(maker.Finish({maker.Conv(joined, 16)}));
    }
  }
}

TEST(Fusion, SumOfWhichThePartIsUsedElsewhere) {
  GraphMaker maker;
  const TensorId input = maker.Conv(maker.Input({1, 16, 5, 5}), 16);
  const TensorId part = maker.Conv(input, 16, 3);
  const TensorId sum = maker.Add("Add", {part, input});
  ExpectMatchesHoweverObserved(maker.Finish({sum, maker.Conv(part, 8)}));
}

TEST(Fusion, SumOfATensorWithItself) {
  GraphMaker maker;
  const TensorId part = maker.Conv(maker.Input({1, 16, 5, 5}), 16);
  ExpectMatchesHoweverObserved(maker.Finish({maker.Add("Add", {part, part})}));
}

TEST(Fusion, SumWithSomethingComputedLater) {
  GraphMaker maker;
  const TensorId input = maker.Input({1, 16, 5, 5});
  const TensorId part = maker.Conv(input, 16);
  const TensorId later = maker.Conv(input, 16, 3);
  ExpectMatchesHoweverObserved(maker.Finish({maker.Add("Add", {part, later})}));
}

TEST(Fusion, SumWithBroadcasting) {
  GraphMaker maker;
  const TensorId input = maker.Conv(maker.Input({1, 16, 5, 5}), 16);
  const TensorId one_row = maker.Add("Slice", {input, maker.Ints({0}), maker.Ints({1}), maker.Ints({2})});
  ExpectMatchesHoweverObserved(maker.Finish({maker.Add("Add", {maker.Conv(input, 16), one_row})}));
}

TEST(Joining, TheSameTensorTwice) {
  GraphMaker maker;
  const TensorId part = maker.Conv(maker.Input({1, 16, 5, 5}), 16);
  const TensorId joined = maker.Add("Concat", {part, part}, {{"axis", int64_t{1}}});
  ExpectMatchesHoweverObserved(maker.Finish({maker.Conv(joined, 8)}));
}

TEST(Joining, OneTensorInTwoConcats) {
  GraphMaker maker;
  const TensorId input = maker.Input({1, 16, 5, 5});
  const TensorId a = maker.Conv(input, 16);
  const TensorId b = maker.Conv(input, 32);
  const TensorId ab = maker.Add("Concat", {a, b}, {{"axis", int64_t{1}}});
  const TensorId ba = maker.Add("Concat", {b, a}, {{"axis", int64_t{1}}});
  ExpectMatchesHoweverObserved(maker.Finish({maker.Conv(ab, 16), maker.Conv(ba, 16)}));
}

TEST(Joining, ConcatOfConcats) {
  GraphMaker maker;
  const TensorId input = maker.Input({1, 16, 5, 5});
  const TensorId inner = maker.Add("Concat", {maker.Conv(input, 16), maker.Conv(input, 16)}, {{"axis", int64_t{1}}});
  const TensorId outer = maker.Add("Concat", {maker.Conv(inner, 16), inner, input}, {{"axis", int64_t{1}}});
  ExpectMatchesHoweverObserved(maker.Finish({maker.Conv(outer, 16), inner}));
}

TEST(Joining, PartsOfASplitInAnotherOrder) {
  GraphMaker maker;
  const TensorId wide = maker.Conv(maker.Input({1, 16, 5, 5}), 48);
  const auto parts = maker.AddMany("Split", {wide}, 3, {{"axis", int64_t{1}}});
  const TensorId swapped = maker.Add("Concat", {parts[2], parts[0], parts[1]}, {{"axis", int64_t{1}}});
  const TensorId without_one = maker.Add("Concat", {parts[0], parts[2]}, {{"axis", int64_t{1}}});
  ExpectMatchesHoweverObserved(maker.Finish({maker.Conv(swapped, 16), maker.Conv(without_one, 16)}));
}

TEST(Joining, OnlySomePartsOfASplit) {
  GraphMaker maker;
  const TensorId input = maker.Input({1, 16, 5, 5});
  const TensorId wide = maker.Conv(input, 48);
  const auto parts = maker.AddMany("Split", {wide}, 3, {{"axis", int64_t{1}}});
  const TensorId joined = maker.Add("Concat", {parts[0], parts[1], maker.Conv(input, 16)}, {{"axis", int64_t{1}}});
  ExpectMatchesHoweverObserved(maker.Finish({maker.Conv(joined, 16), maker.Conv(parts[2], 16)}));
}

TEST(Joining, LastPartOfASplitBehindSomethingElse) {
  GraphMaker maker;
  const TensorId input = maker.Input({1, 16, 5, 5});
  const auto parts = maker.AddMany("Split", {maker.Conv(input, 32)}, 2, {{"axis", int64_t{1}}});
  const TensorId joined = maker.Add("Concat", {maker.Conv(input, 16), parts[1]}, {{"axis", int64_t{1}}});
  ExpectMatchesHoweverObserved(maker.Finish({maker.Conv(joined, 16), maker.Conv(parts[0], 16)}));
}

TEST(Joining, OutputsAndInputsOfTheGraph) {
  GraphMaker maker;
  const TensorId a = maker.Input({1, 16, 5, 5});
  const TensorId b = maker.Conv(a, 16);
  const TensorId joined = maker.Add("Concat", {a, b}, {{"axis", int64_t{1}}});
  ExpectMatchesHoweverObserved(maker.Finish({joined, b, a}));
}

TEST(Joining, PixelsOfThreeScales) {  // the head of a detector
  GraphMaker maker;
  const TensorId image = maker.Input({1, 3, 16, 16});
  std::vector<TensorId> scales;
  TensorId features = image;
  for (int scale = 0; scale < 3; ++scale) {
    features = maker.Conv(features, 16, 3, 2);
    maker.Activate(kSilu);
    const TensorId both =
        maker.Add("Concat", {maker.Conv(features, 64), maker.Conv(features, 80)}, {{"axis", int64_t{1}}});
    scales.push_back(maker.Add("Reshape", {both, maker.Ints({1, 144, -1})}));
  }
  const TensorId all = maker.Add("Concat", scales, {{"axis", int64_t{2}}});
  const auto parts = maker.AddMany("Split", {all, maker.Ints({64, 80})}, 2, {{"axis", int64_t{1}}});
  const TensorId bins = maker.Add("Reshape", {parts[0], maker.Ints({1, 4, 16, -1})});
  const TensorId turned = maker.Add("Transpose", {bins}, {{"perm", std::vector<int64_t>{0, 2, 1, 3}}});
  const TensorId distances = maker.Conv(maker.Add("Softmax", {turned}, {{"axis", int64_t{1}}}), 1);
  const TensorId boxes = maker.Add("Reshape", {distances, maker.Ints({1, 4, -1})});
  const TensorId output = maker.Add("Concat", {boxes, maker.Add("Sigmoid", {parts[1]})}, {{"axis", int64_t{1}}});
  ExpectMatchesHoweverObserved(maker.Finish({output}));
}

// Networks of random operators: whatever is fused, aliased or overwritten too early shows as a wrong value.
class RandomNetwork : public ::testing::TestWithParam<uint32_t> {
 protected:
  GraphMaker maker{GetParam()};
  std::vector<TensorId> pool;

  size_t Below(size_t limit) { return maker.random()() % limit; }
  TensorId Any() { return pool[Below(pool.size())]; }
  int64_t AnyWidth() { return std::vector<int64_t>{8, 16, 24, 32, 48}[Below(5)]; }

  void Join() {
    const TensorId first = Any();
    std::vector<TensorId> parts{first};
    for (size_t i = 0; i < 6 && parts.size() < 4; ++i) {
      const TensorId other = Any();
      if (maker.ShapeOf(other)[2] == maker.ShapeOf(first)[2]) parts.push_back(other);
    }
    int64_t channels = 0;
    for (const TensorId id : parts) channels += maker.ShapeOf(id)[1];
    if (channels <= 200) pool.push_back(maker.Add("Concat", parts, {{"axis", int64_t{1}}}));
  }

  void Divide() {
    const TensorId from = Any();
    const int64_t channels = maker.ShapeOf(from)[1];
    if (channels < 16) return;
    const int64_t first = Below(2) == 0 ? 8 : channels / 2;
    for (const TensorId part :
         maker.AddMany("Split", {from, maker.Ints({first, channels - first})}, 2, {{"axis", int64_t{1}}})) {
      pool.push_back(part);
    }
  }

  void Sum() {
    const TensorId first = Any();
    for (size_t i = 0; i < pool.size(); ++i) {
      const TensorId other = Any();
      if (maker.ShapeOf(other) != maker.ShapeOf(first)) continue;
      pool.push_back(maker.Add("Add", {first, other}));
      return;
    }
    const TensorId same = maker.Conv(first, maker.ShapeOf(first)[1]);
    pool.push_back(maker.Add("Add", {same, first}));
  }

  void Grow() {
    switch (Below(8)) {
      case 0:
      case 1:
        pool.push_back(maker.Conv(Any(), AnyWidth(), Below(2) == 0 ? 1 : 3));
        if (Below(2) == 0) maker.Activate(kSilu);
        return;
      case 2:
        return Join();
      case 3:
        return Divide();
      case 4:
        return Sum();
      case 5:
        pool.push_back(
            maker.Add("MaxPool", {Any()},
                      {{"kernel_shape", std::vector<int64_t>{3, 3}}, {"pads", std::vector<int64_t>{1, 1, 1, 1}}}));
        return;
      case 6:
        pool.push_back(maker.Add("Tanh", {Any()}));
        return;
      default: {
        const TensorId from = Any();
        const TensorId pixels = maker.Add("Reshape", {from, maker.Ints({1, maker.ShapeOf(from)[1], -1})});
        const TensorId mapped = maker.Add("Sigmoid", {pixels});
        pool.push_back(maker.Add("Reshape", {mapped, maker.Ints(maker.ShapeOf(from))}));
      }
    }
  }
};

TEST_P(RandomNetwork, GivesTheSameValues) {
  pool.push_back(maker.Input({1, 16, 6, 6}));
  for (int i = 0; i < 14; ++i) Grow();
  const graph::Graph graph = maker.Finish({pool.back(), pool[pool.size() / 2]});
  ExpectMatchesPlain(graph, {}, 1e-4);
  ExpectMatchesPlain(graph, Everything(Below(2) == 0), 1e-4);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomNetwork, ::testing::Range(0U, 60U));

}  // namespace
}  // namespace lockstep::testing
