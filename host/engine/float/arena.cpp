#include "engine/float/arena.h"

#include <algorithm>
#include <cstdlib>
#include <new>
#include <numeric>

namespace lockstep::engine {

std::shared_ptr<float> AllocateFloats(size_t bytes) {
  constexpr size_t kAlignment = 64;
  const size_t rounded = (std::max<size_t>(bytes, 1) + kAlignment - 1) / kAlignment * kAlignment;
  void* memory = std::aligned_alloc(kAlignment, rounded);
  if (memory == nullptr) throw std::bad_alloc();
  return {static_cast<float*>(memory), std::free};
}

size_t PlaceBuffers(std::vector<ArenaBuffer>& buffers) {
  constexpr size_t kAlignment = 64;
  std::vector<size_t> order(buffers.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return buffers[a].bytes > buffers[b].bytes; });
  std::vector<const ArenaBuffer*> placed;  // by offset
  size_t size = 0;
  for (const size_t index : order) {
    ArenaBuffer& buffer = buffers[index];
    size_t offset = 0;
    for (const ArenaBuffer* other : placed) {
      if (other->last < buffer.first || buffer.last < other->first) continue;
      if (offset + buffer.bytes <= other->offset) break;
      offset = std::max(offset, (other->offset + other->bytes + kAlignment - 1) / kAlignment * kAlignment);
    }
    buffer.offset = offset;
    size = std::max(size, offset + buffer.bytes);
    placed.insert(std::upper_bound(placed.begin(), placed.end(), &buffer,
                                   [](const ArenaBuffer* a, const ArenaBuffer* b) { return a->offset < b->offset; }),
                  &buffer);
  }
  return size;
}

}  // namespace lockstep::engine
