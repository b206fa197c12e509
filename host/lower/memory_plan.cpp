// The memory plan
//
// Every activation lives from the layer that writes it to the last layer that reads it; the model's inputs live from
// before the first layer, its outputs until after the last. A Reshape changes nothing in memory, so its output takes
// the place of its input, and both count as one buffer with both lives.
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

// The buffers of a model and which of them each tensor lies in (-1: a constant).
struct BufferMap {
  std::vector<Buffer> buffers;
  std::vector<int> of_tensor;
};

BufferMap CollectBuffers(const joint::ModelT& model) {
  BufferMap map;
  map.of_tensor.assign(model.tensors.size(), -1);
  const auto begin = [&](int32_t tensor, int moment) {
    map.of_tensor[tensor] = static_cast<int>(map.buffers.size());
    map.buffers.push_back({model.tensors[tensor]->bytes, moment, moment, 0});
  };
  const auto extend = [&](int32_t tensor, int moment) {
    if (map.of_tensor[tensor] >= 0) map.buffers[map.of_tensor[tensor]].last = moment;
  };
  for (const auto& input : model.inputs) begin(input->tensor, -1);
  for (size_t i = 0; i < model.layers.size(); ++i) {
    const joint::LayerT& layer = *model.layers[i];
    const int moment = static_cast<int>(i);
    for (const int32_t input : layer.inputs) extend(input, moment);
    if (layer.options.type == joint::Options::Reshape && map.of_tensor[layer.inputs[0]] >= 0) {
      map.of_tensor[layer.outputs[0]] = map.of_tensor[layer.inputs[0]];
      continue;
    }
    for (const int32_t output : layer.outputs) begin(output, moment);
  }
  for (const auto& output : model.outputs) extend(output->tensor, static_cast<int>(model.layers.size()));
  return map;
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
  BufferMap map = CollectBuffers(model);
  model.arena_lower_bound = LowerBound(map.buffers);
  model.arena_size = PlaceBuffers(map.buffers);
  for (size_t i = 0; i < model.tensors.size(); ++i) {
    if (map.of_tensor[i] >= 0)
      model.tensors[i]->arena_offset = static_cast<int64_t>(map.buffers[map.of_tensor[i]].offset);
  }
}

}  // namespace lockstep::lower
