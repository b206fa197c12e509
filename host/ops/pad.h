// What a padded axis shows.
#pragma once

#include <cstdint>
#include <string>

namespace lockstep::ops {

inline constexpr int64_t kFill = -1;  // the pad value

// The index in an axis of `extent` elements that stands at `index`, which may lie outside of 0..extent-1, or kFill.
// `mode` is that of Pad.
int64_t PaddedIndex(const std::string& mode, int64_t index, int64_t extent);

}  // namespace lockstep::ops
