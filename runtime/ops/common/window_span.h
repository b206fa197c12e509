// The part of a pooling window that lies within the input.
#pragma once

#include <algorithm>
#include <cstdint>

namespace lockstep::kernels {

struct WindowSpan {
  int64_t first, last;

  int64_t size() const { return last - first; }
};

// Never empty: the loader wants every padding smaller than its window.
inline WindowSpan WindowWithin(int64_t start, int64_t size, int64_t limit) {
  return {std::max<int64_t>(start, 0), std::min(start + size, limit)};
}

}  // namespace lockstep::kernels
