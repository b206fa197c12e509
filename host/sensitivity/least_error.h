// Of several ways for each of many things, those of least error within a number of bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace lockstep::sensitivity {

struct Way {
  int64_t bytes = 0;  // at least 0
  double error = 0.0;
};

// For each thing the place of its way: the first ones of each have no bytes. Bytes count in units of a 1024th of
// `most`, rounded up, so that no more than `most` are taken.
std::vector<size_t> LeastError(const std::vector<std::vector<Way>>& things, int64_t most);

}  // namespace lockstep::sensitivity
