// What a joint model may have at most, so that checking and running it stay within bounds.
#pragma once

#include <cstdint>

namespace lockstep {

inline constexpr int kMaxRank = 6;
inline constexpr int kMaxInputs = 64;   // of a layer, and of a model
inline constexpr int kMaxOutputs = 64;  // of a layer, and of a model
inline constexpr int32_t kMaxTensors = 32768;
inline constexpr int32_t kMaxLayers = 16384;
inline constexpr int32_t kMaxExtent = 1 << 24;                   // of one axis
inline constexpr int64_t kMaxElements = (int64_t{1} << 31) - 1;  // of one tensor

}  // namespace lockstep
