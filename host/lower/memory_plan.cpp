// The memory plan
//
// Every activation lives from the layer that writes it to the last layer that reads it; the model's inputs live from
// before the first layer, its outputs until after the last. Tensors that lie within another's memory (views.h) and that
// one count as one buffer, alive from the first that is written to the last use of any.
//
// A view saves a copy, but may need the memory of the whole earlier or longer. Views are taken layer by layer as long
// as the lower bound stays within the arena that a plan without them has, and if their plan is larger still, only those
// of the first half of the layers are, and so on: no arena grows by its views.
//
// Finding the smallest arena is NP-hard (it is strip packing), but networks are easy: buffers are placed one after the
// other, each in the smallest gap that fits among the buffers already placed which are alive at the same time. What
// matters is the order. Three orders are tried: by size, by size times length of life, and by the sum of what is alive
// at the busiest moment of the buffer's life. Where the best of them stays above the lower bound, it is improved: the
// buffer that sticks out furthest goes to the front of the order, and everything is placed again, a fixed number of
// times. The best plan seen is taken.
#include "lower/memory_plan.h"

#include <algorithm>
#include <numeric>

#include "joint_strides.h"
#include "lower/row_plan.h"
#include "lower/tensor_buffers.h"
#include "lower/views.h"

namespace lockstep::lower {
namespace {

constexpr int kImprovements = 300;

uint64_t Aligned(uint64_t bytes) { return (bytes + kArenaAlignment - 1) / kArenaAlignment * kArenaAlignment; }

bool AliveTogether(const Buffer& a, const Buffer& b) { return a.first <= b.last && b.first <= a.last; }

// Bytes alive at each moment; index 0 is the moment `begin`.
std::vector<uint64_t> LiveBytes(const std::vector<Buffer>& buffers, int begin) {
  int end = begin;
  for (const Buffer& buffer : buffers) end = std::max(end, buffer.last);
  std::vector<uint64_t> live(static_cast<size_t>(end - begin) + 1, 0);
  for (const Buffer& buffer : buffers) {
    for (int moment = buffer.first; moment <= buffer.last; ++moment) live[moment - begin] += Aligned(buffer.bytes);
  }
  return live;
}

int FirstMoment(const std::vector<Buffer>& buffers) {
  int begin = 0;
  for (const Buffer& buffer : buffers) begin = std::min(begin, buffer.first);
  return begin;
}

// Places the buffers in the given order and returns the end of the highest.
uint64_t PlaceInOrder(std::vector<Buffer>& buffers, const std::vector<size_t>& order) {
  uint64_t peak = 0;
  std::vector<const Buffer*> placed;  // by offset
  for (const size_t index : order) {
    Buffer& buffer = buffers[index];
    const uint64_t need = Aligned(buffer.bytes);
    uint64_t best_gap = UINT64_MAX;
    uint64_t end = 0;  // of the conflicting buffers so far
    buffer.offset = UINT64_MAX;
    for (const Buffer* other : placed) {
      if (!AliveTogether(buffer, *other)) continue;
      if (other->offset > end) {
        const uint64_t gap = other->offset - end;
        if (gap >= need && gap < best_gap) {
          best_gap = gap;
          buffer.offset = end;
        }
      }
      end = std::max(end, other->offset + Aligned(other->bytes));
    }
    if (buffer.offset == UINT64_MAX) buffer.offset = end;
    peak = std::max(peak, buffer.offset + need);
    const auto place = std::upper_bound(placed.begin(), placed.end(), &buffer,
                                        [](const Buffer* a, const Buffer* b) { return a->offset < b->offset; });
    placed.insert(place, &buffer);
  }
  return peak;
}

template <typename Key>
std::vector<size_t> DescendingBy(size_t count, const Key& key) {
  std::vector<size_t> order(count);
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return key(a) > key(b); });
  return order;
}

struct MemoryPlan {
  Views views;
  BufferMap map;
  uint64_t size;
};

MemoryPlan PlanWith(const joint::ModelT& model, Views views) {
  BufferMap map = CollectBuffers(model, views);
  const uint64_t size = PlaceBuffers(map.buffers);
  return {std::move(views), std::move(map), size};
}

// The views of the first layers that let the lower bound stay within `limit`.
Views ChooseViews(const joint::ModelT& model, size_t layers, uint64_t limit) {
  Views chosen(model);
  for (size_t i = 0; i < layers; ++i) {
    Views more = chosen;
    if (more.AddLayer(i) && LowerBound(CollectBuffers(model, more).buffers) <= limit) chosen = std::move(more);
  }
  return chosen;
}

MemoryPlan ChoosePlan(const joint::ModelT& model) {
  MemoryPlan without = PlanWith(model, Views(model));
  for (size_t layers = model.layers.size(); layers > 0; layers /= 2) {
    MemoryPlan plan = PlanWith(model, ChooseViews(model, layers, without.size));
    if (plan.size <= without.size) return plan;
  }
  return without;
}

void SetPlace(const Views& views, int32_t index, uint64_t root_offset, joint::TensorT& tensor) {
  const Views::Place place = views.PlaceOf(index);
  tensor.arena_offset = static_cast<int64_t>(root_offset) + place.offset * joint::ElementBytes(tensor.dtype);
  if (!views.IsStrided(index)) return;
  std::vector<int64_t> strides(tensor.shape.size());
  joint::StridesOf(tensor.shape.data(), static_cast<int32_t>(tensor.shape.size()), place.pitch, strides.data());
  tensor.strides.assign(strides.begin(), strides.end());
}

}  // namespace

uint64_t LowerBound(const std::vector<Buffer>& buffers) {
  if (buffers.empty()) return 0;
  const std::vector<uint64_t> live = LiveBytes(buffers, FirstMoment(buffers));
  return *std::max_element(live.begin(), live.end());
}

uint64_t PlaceBuffers(std::vector<Buffer>& buffers) {
  if (buffers.empty()) return 0;
  const int begin = FirstMoment(buffers);
  const std::vector<uint64_t> live = LiveBytes(buffers, begin);
  const uint64_t bound = *std::max_element(live.begin(), live.end());
  const auto busiest = [&](size_t i) {
    return *std::max_element(live.begin() + (buffers[i].first - begin), live.begin() + (buffers[i].last - begin) + 1);
  };
  const std::vector<std::vector<size_t>> orders = {
      DescendingBy(buffers.size(), [&](size_t i) { return buffers[i].bytes; }),
      DescendingBy(
          buffers.size(),
          [&](size_t i) { return buffers[i].bytes * static_cast<uint64_t>(buffers[i].last - buffers[i].first + 1); }),
      DescendingBy(buffers.size(), [&](size_t i) { return std::make_pair(busiest(i), buffers[i].bytes); })};

  std::vector<Buffer> best = buffers;
  uint64_t best_peak = UINT64_MAX;
  for (const std::vector<size_t>& start : orders) {
    std::vector<size_t> order = start;
    for (int round = 0; round <= kImprovements && best_peak > bound; ++round) {
      const uint64_t peak = PlaceInOrder(buffers, order);
      if (peak < best_peak) {
        best_peak = peak;
        best = buffers;
      }
      const auto highest = std::max_element(order.begin(), order.end(), [&](size_t a, size_t b) {
        return buffers[a].offset + buffers[a].bytes < buffers[b].offset + buffers[b].bytes;
      });
      std::rotate(order.begin(), highest, highest + 1);
    }
  }
  buffers = best;
  return best_peak;
}

void PlanMemory(joint::ModelT& model) {
  const MemoryPlan plan = ChoosePlan(model);
  model.arena_lower_bound = LowerBound(plan.map.buffers);
  model.arena_size = plan.size;
  for (size_t i = 0; i < model.tensors.size(); ++i) {
    if (plan.map.of_tensor[i] < 0) continue;
    SetPlace(plan.views, static_cast<int32_t>(i), plan.map.buffers[plan.map.of_tensor[i]].offset, *model.tensors[i]);
  }
  PlanRows(model, plan.views);
}

}  // namespace lockstep::lower
