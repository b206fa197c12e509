// Places all activations of a model in one arena.
#pragma once

#include <cstdint>
#include <vector>

#include "joint_generated.h"

namespace lockstep::lower {

inline constexpr uint64_t kArenaAlignment = 64;

// A stretch of memory that is needed from layer `first` to layer `last`, both included.
struct Buffer {
  uint64_t bytes = 0;
  int first = 0;
  int last = 0;
  uint64_t offset = 0;
};

// Sets the offsets, each a multiple of 64, so that buffers alive at the same time do not overlap. Returns the end of
// the highest buffer. The same buffers get the same plan.
uint64_t PlaceBuffers(std::vector<Buffer>& buffers);

// The largest sum of buffers alive at once, sizes rounded up to 64: no plan needs less.
uint64_t LowerBound(const std::vector<Buffer>& buffers);

// Fills in arena_offset of every tensor that is no constant, strides of those that lie within another so, arena_size
// and arena_lower_bound; and row_plan, where running layers row by row needs less.
void PlanMemory(joint::ModelT& model);

}  // namespace lockstep::lower
