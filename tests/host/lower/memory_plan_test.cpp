#include "lower/memory_plan.h"

#include <gtest/gtest.h>

#include <random>

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

}  // namespace
}  // namespace lockstep::test
