// The sums of packed weights, which are most of what there is to read when a model is loaded.
#pragma once

#include <cstdint>

namespace lockstep::check {

inline constexpr int64_t kPackedLanes = 16;
inline constexpr int64_t kPackedQuad = 4;

// Of 16 channels.
struct BlockSums {
  int64_t sum[kPackedLanes] = {};
  int64_t absolute[kPackedLanes] = {};
};

// Adds so many quads of each channel, one behind the other. False: one of them is -128.
bool AddQuads(const int8_t* weights, int64_t quads, BlockSums* sums);

}  // namespace lockstep::check
