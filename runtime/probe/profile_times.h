// What the profile build measures, in nanoseconds.
#pragma once

#include <cstdint>
#include <ctime>

#include "base/list.h"

namespace lockstep {

struct LayerTimes {
  uint64_t start = 0;  // of the present run
  uint64_t shortest = UINT64_MAX;
  uint64_t longest = 0;
  uint64_t sum = 0;
};

struct ProfileTimes {
  List<LayerTimes> layers;
  uint64_t runs = 0;
  uint64_t total = 0;  // of all layers and runs

  double Average(uint64_t sum) const { return static_cast<double>(sum) / static_cast<double>(runs); }
  double Percent(uint64_t sum) const {
    return total != 0 ? 100.0 * static_cast<double>(sum) / static_cast<double>(total) : 0.0;
  }
};

inline uint64_t ProfileClock() {
  timespec time = {};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<uint64_t>(time.tv_sec) * 1000000000U + static_cast<uint64_t>(time.tv_nsec);
}

}  // namespace lockstep
