#include "lower/memory_plan.h"

#include <gtest/gtest.h>

#include <random>

#include "lockstep/check_model.h"
#include "support/joint_models.h"

namespace lockstep::test {
namespace {

using lower::Buffer;

void ExpectValid(const std::vector<Buffer>& buffers, uint64_t peak) {
  for (size_t i = 0; i < buffers.size(); ++i) {
    const Buffer& a = buffers[i];
    ASSERT_EQ(a.offset % lower::kArenaAlignment, 0U);
    ASSERT_LE(a.offset + a.bytes, peak);
    for (size_t j = 0; j < i; ++j) {
      const Buffer& b = buffers[j];
      const bool together = a.first <= b.last && b.first <= a.last;
      const bool overlap = a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes;
      ASSERT_FALSE(together && overlap) << "buffers " << i << " (" << a.offset << "+" << a.bytes << ", layers "
                                        << a.first << ".." << a.last << ") and " << j << " (" << b.offset << "+"
                                        << b.bytes << ", layers " << b.first << ".." << b.last << ")";
    }
  }
}

TEST(MemoryPlan, NoTwoLiveBuffersOverlap) {
  std::mt19937 random(5);
  for (int round = 0; round < 200; ++round) {
    std::vector<Buffer> buffers(1 + random() % 60);
    for (Buffer& buffer : buffers) {
      buffer.bytes = 1 + random() % 5000;
      buffer.first = static_cast<int>(random() % 50) - 1;
      buffer.last = buffer.first + static_cast<int>(random() % 8);
    }
    const uint64_t peak = lower::PlaceBuffers(buffers);
    ExpectValid(buffers, peak);
    ASSERT_GE(peak, lower::LowerBound(buffers));
    // Whatever the sizes and lives, far from the worst case.
    ASSERT_LE(peak, lower::LowerBound(buffers) * 5 / 4) << "round " << round;
  }
}

TEST(MemoryPlan, ChainsWithSkipsStayWithinFivePercent) {
  std::mt19937 random(9);
  for (int round = 0; round < 60; ++round) {
    // A backbone that halves the picture and doubles the channels, blocks with branches, and skips to a neck, as
    // detectors have them.
    std::vector<Buffer> buffers;
    const auto add = [&](uint64_t bytes, int first, int last) { buffers.push_back({bytes, first, last, 0}); };
    const uint64_t side = 64 * (3 + random() % 8);
    add(side * side * 3, -1, 0);
    int layer = 0;
    uint64_t bytes = side * side * 4;
    std::vector<std::pair<uint64_t, int>> skips;
    for (int stage = 0; stage < 5; ++stage) {
      add(bytes, layer, layer + 1);
      ++layer;
      const int branches = 1 + static_cast<int>(random() % 3);
      const int join = layer + 1 + 2 * branches;
      add(bytes / 2, layer, join);
      ++layer;
      for (int branch = 0; branch < branches; ++branch) {
        add(bytes / 2, layer, layer + 1);
        add(bytes / 2, layer + 1, join);
        layer += 2;
      }
      add(bytes / 2 * static_cast<uint64_t>(1 + branches), layer, layer + 1);
      ++layer;
      skips.emplace_back(bytes, layer);
      bytes = bytes / 2 + 64 * (random() % 100);
    }
    for (size_t i = skips.size(); i-- > 1;) {
      add(skips[i].first, skips[i].second, layer + 1);
      add(skips[i].first * 2, layer, layer + 1);
      layer += 2;
    }
    const uint64_t peak = lower::PlaceBuffers(buffers);
    ExpectValid(buffers, peak);
    EXPECT_LE(peak, lower::LowerBound(buffers) * 105 / 100) << "round " << round;
  }
}

TEST(MemoryPlan, IsTheSameEveryTime) {
  std::mt19937 random(1);
  std::vector<Buffer> buffers(80);
  for (Buffer& buffer : buffers) {
    buffer.bytes = 1 + random() % 3000;
    buffer.first = static_cast<int>(random() % 40);
    buffer.last = buffer.first + static_cast<int>(random() % 12);
  }
  std::vector<Buffer> again = buffers;
  lower::PlaceBuffers(buffers);
  lower::PlaceBuffers(again);
  for (size_t i = 0; i < buffers.size(); ++i) ASSERT_EQ(buffers[i].offset, again[i].offset) << i;
}

TEST(MemoryPlan, LowerBoundIsTheBusiestMoment) {
  EXPECT_EQ(lower::LowerBound({}), 0U);
  // Rounded to 64: 64 + 128 at layer 1, 128 + 192 at layer 2.
  EXPECT_EQ(lower::LowerBound({{10, 0, 1, 0}, {65, 1, 2, 0}, {192, 2, 2, 0}}), 320U);
}

TEST(MemoryPlan, AReshapeTakesThePlaceOfItsInput) {
  NetworkBuilder net(1);
  const int x = net.Input({1, 4, 4, 16});
  const int a = net.Lookup(x);
  const int view = net.Reshape(a, {1, 16, 16});
  net.Output(net.Lookup(view));
  joint::ModelT model = net.Finish();
  lower::PlanMemory(model);
  EXPECT_EQ(model.tensors[a]->arena_offset, model.tensors[view]->arena_offset);
  EXPECT_EQ(model.arena_size, 512U);
  EXPECT_EQ(model.arena_lower_bound, 512U);
}

TEST(MemoryPlan, InputsAndOutputsLiveOverTheWholeRun) {
  NetworkBuilder net(1);
  const int x = net.Input({1, 256});
  const int late = net.Input({1, 256});
  const int a = net.Lookup(x);
  net.Output(a);
  net.Output(net.Lookup(late));
  joint::ModelT model = net.Finish();
  lower::PlanMemory(model);
  // The second input waits while the first is read, the first output while the second is written.
  EXPECT_EQ(model.arena_size, 768U);
  EXPECT_NE(model.tensors[a]->arena_offset, model.tensors[late]->arena_offset);
}

void ExpectLoads(const joint::ModelT& model) {
  const std::vector<uint8_t> file = Write(model);
  const Status status = CheckModel(file.data(), file.size());
  EXPECT_TRUE(status.ok()) << status.message();
}

bool LiesIn(const joint::ModelT& model, int part, int whole) {
  const joint::TensorT& p = *model.tensors[part];
  const joint::TensorT& w = *model.tensors[whole];
  return p.arena_offset >= w.arena_offset && p.arena_offset < w.arena_offset + static_cast<int64_t>(w.bytes);
}

using Strides = std::vector<int32_t>;

TEST(MemoryPlan, PartsOfAConcatLieInItsOutput) {
  NetworkBuilder net(1);
  const int x = net.Input({1, 4, 5, 16});
  const int a = net.Lookup(x);
  const int b = net.MaxPool(a, 3, 1, 1);
  const int all = net.Join({a, b}, 3);
  net.Output(net.Dequantize(all));
  joint::ModelT model = net.Finish();
  lower::PlanMemory(model);
  EXPECT_EQ(model.tensors[a]->arena_offset, model.tensors[all]->arena_offset);
  EXPECT_EQ(model.tensors[b]->arena_offset, model.tensors[all]->arena_offset + 16);
  EXPECT_EQ(model.tensors[a]->strides, (Strides{4 * 5 * 32, 5 * 32, 32, 1}));
  EXPECT_EQ(model.tensors[b]->strides, model.tensors[a]->strides);
  EXPECT_TRUE(model.tensors[all]->strides.empty());
  ExpectLoads(model);
}

TEST(MemoryPlan, WhatLiesSideBySideHasNoStrides) {
  NetworkBuilder net(1);
  const int x = net.Input({1, 4, 5, 16});
  const int pixels = net.Lookup(x);
  const int rows = net.Reshape(pixels, {1, 20, 16});
  const int more = net.Reshape(net.Lookup(x), {1, 20, 16});
  const int all = net.Join({more, rows}, 1);
  const int half = net.Slice(all, {0, 7, 0}, {1, 1, 1}, {1, 30, 16});
  net.Output(net.Dequantize(half));
  net.Output(net.Dequantize(net.Resize(x, 32, 32)));  // there is room for `all` as long as `half` lives
  joint::ModelT model = net.Finish();
  lower::PlanMemory(model);
  EXPECT_EQ(model.tensors[pixels]->arena_offset, model.tensors[all]->arena_offset + 320);
  EXPECT_EQ(model.tensors[rows]->arena_offset, model.tensors[pixels]->arena_offset);
  EXPECT_EQ(model.tensors[half]->arena_offset, model.tensors[all]->arena_offset + 7 * 16);
  for (const auto& tensor : model.tensors) EXPECT_TRUE(tensor->strides.empty()) << tensor->name;
  ExpectLoads(model);
}

// A convolution whose halves are joined with what is made of one of them: nothing is copied.
TEST(MemoryPlan, ASplitThatIsJoinedAgainMovesAlong) {
  NetworkBuilder net(1);
  const int x = net.Input({1, 4, 5, 16});
  ConvShape conv;
  conv.oc = 32;
  conv.table = true;
  const int both = net.Conv(x, conv);
  const int a = net.Slice(both, {0, 0, 0, 0}, {1, 1, 1, 1}, {1, 4, 5, 16});
  const int b = net.Slice(both, {0, 0, 0, 16}, {1, 1, 1, 1}, {1, 4, 5, 16});
  const int c = net.MaxPool(b, 3, 1, 1);
  const int all = net.Join({c, a, b}, 3);
  net.Output(net.Dequantize(all));
  joint::ModelT model = net.Finish();
  lower::PlanMemory(model);
  const int64_t whole = model.tensors[all]->arena_offset;
  EXPECT_EQ(model.tensors[c]->arena_offset, whole);
  EXPECT_EQ(model.tensors[both]->arena_offset, whole + 16);
  EXPECT_EQ(model.tensors[a]->arena_offset, whole + 16);
  EXPECT_EQ(model.tensors[b]->arena_offset, whole + 32);
  EXPECT_EQ(model.tensors[b]->strides, (Strides{4 * 5 * 48, 5 * 48, 48, 1}));
  ExpectLoads(model);
}

TEST(MemoryPlan, WhatCannotBeAPartStaysByItself) {
  NetworkBuilder net(1);
  const int x = net.Input({1, 4, 5, 16});
  const int a = net.Lookup(x);
  const int shared = net.Lookup(x);
  const int read_whole = net.Lookup(x);
  const int short_row = net.Slice(net.Lookup(x), {0, 0, 0, 0}, {1, 1, 1, 1}, {1, 4, 5, 8});
  const int all = net.Join({x, a, shared, shared, read_whole, net.Lookup(short_row)}, 3);
  const int other = net.Join({shared, net.Lookup(x)}, 3);
  const int rescaled = net.Lookup(x);
  const int mixed = net.Concat({a, rescaled}, 3);
  net.Output(net.Dequantize(net.Reshape(read_whole, {1, 20, 16})));
  for (const int output : {all, other, mixed, short_row}) net.Output(net.Dequantize(output));
  joint::ModelT model = net.Finish();
  lower::PlanMemory(model);
  EXPECT_TRUE(model.tensors[x]->strides.empty());
  EXPECT_TRUE(LiesIn(model, a, all));
  EXPECT_TRUE(LiesIn(model, shared, all));
  EXPECT_TRUE(model.tensors[read_whole]->strides.empty());
  EXPECT_TRUE(model.tensors[short_row]->strides.empty());
  EXPECT_FALSE(LiesIn(model, rescaled, mixed));
  ExpectLoads(model);
}

TEST(MemoryPlan, NoArenaGrowsByViews) {
  NetworkBuilder net(1);
  const int x = net.Input({1, 4, 4, 16});
  const int early = net.Lookup(x);
  // While the largest tensors live there is no room for the whole of which `early` is a part.
  const int large = net.Resize(net.Lookup(x), 32, 32);
  const int small = net.MaxPool(net.MaxPool(large, 3, 1, 1), 8, 8, 0);
  ConvShape conv;
  conv.oc = 240;
  conv.table = true;
  const int late = net.Conv(small, conv);
  const int all = net.Join({early, late}, 3);
  net.Output(net.Dequantize(all));
  joint::ModelT model = net.Finish();
  lower::PlanMemory(model);
  EXPECT_EQ(model.arena_size, 2U * 32 * 32 * 16 + 256);
  EXPECT_FALSE(LiesIn(model, early, all));
  ExpectLoads(model);
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    joint::ModelT random = seed % 2 == 0 ? RandomNetwork(seed) : RandomFloatNetwork(seed);
    const uint64_t before = random.arena_size;
    lower::PlanMemory(random);
    EXPECT_LE(random.arena_size, before) << seed;
    ExpectLoads(random);
  }
}

}  // namespace
}  // namespace lockstep::test
