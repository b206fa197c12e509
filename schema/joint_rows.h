// Layers that can run a few output rows at a time, for whoever writes or reads Model.row_plan.
#pragma once

#include <algorithm>
#include <cstdint>

namespace lockstep::joint {

inline constexpr int32_t kMostRowGroupLayers = 3;
// A tile of a row of pixels may need so many.
inline constexpr int32_t kFewestRowPixels = 4;

// How a convolution's window moves over the rows of its input; of one that is 1x1 the defaults.
struct RowWindow {
  int32_t kernel_h = 1;
  int32_t stride_h = 1;
  int32_t dilation_h = 1;
  int32_t pad_top = 0;
};

// Rows [begin, end).
struct RowRange {
  int64_t begin = 0;
  int64_t end = 0;
};

// The input rows that these output rows are made of, which are at least one.
inline RowRange RowsRead(const RowWindow& window, RowRange rows, int64_t in_h) {
  const int64_t first = rows.begin * window.stride_h - window.pad_top;
  const int64_t last =
      (rows.end - 1) * window.stride_h - window.pad_top + int64_t{window.kernel_h - 1} * window.dilation_h;
  return {std::clamp<int64_t>(first, 0, in_h - 1), std::clamp<int64_t>(last, 0, in_h - 1) + 1};
}

}  // namespace lockstep::joint
