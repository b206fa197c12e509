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
  // What profiling itself takes of the calling thread.
  double clock = 0;      // to read the clock once
  uint64_t reads = 0;    // of the clock, in all runs
  uint64_t keeping = 0;  // keeping what the trace will have

  double Average(uint64_t sum) const { return static_cast<double>(sum) / static_cast<double>(runs); }
  double Percent(uint64_t sum) const {
    return total != 0 ? 100.0 * static_cast<double>(sum) / static_cast<double>(total) : 0.0;
  }
  double Own() const { return clock * static_cast<double>(reads) + static_cast<double>(keeping); }
  double OwnPerRun() const { return Own() / static_cast<double>(runs); }
  double OwnPercent() const { return total != 0 ? 100.0 * Own() / static_cast<double>(total) : 0.0; }
};

inline uint64_t ProfileClock() {
  timespec time = {};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<uint64_t>(time.tv_sec) * 1000000000U + static_cast<uint64_t>(time.tv_nsec);
}

// What a read of the clock takes: that of the fastest of some rounds, which nothing interrupted.
inline double ClockCost() {
  constexpr int kRounds = 16;
  constexpr int kReads = 64;
  uint64_t fastest = UINT64_MAX;
  for (int round = 0; round < kRounds; ++round) {
    const uint64_t begin = ProfileClock();
    uint64_t end = begin;
    for (int i = 0; i < kReads; ++i) end = ProfileClock();
    if (end - begin < fastest) fastest = end - begin;
  }
  return static_cast<double>(fastest) / kReads;
}

}  // namespace lockstep
