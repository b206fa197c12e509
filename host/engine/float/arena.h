// Places buffers in one block of memory so that buffers whose lifetimes overlap do not.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace lockstep::engine {

struct ArenaBuffer {
  size_t bytes = 0;
  int first = 0;  // first and last step that touch the buffer, inclusive
  int last = 0;
  size_t offset = 0;  // result, a multiple of 64
};

// Not initialised, aligned to 64 bytes; at least one byte.
std::shared_ptr<float> AllocateFloats(size_t bytes);

// Largest first, each at the lowest free offset. Returns the arena's size.
size_t PlaceBuffers(std::vector<ArenaBuffer>& buffers);

}  // namespace lockstep::engine
