// What this core reaches with vpdpbusd, in processor time of this thread: on a shared machine the wall clock also
// measures the neighbours.
#pragma once

#include <vector>

namespace lockstep::bench {

double ThreadSeconds();

template <typename Work>
double Seconds(Work work) {
  const double start = ThreadSeconds();
  work();
  return ThreadSeconds() - start;
}

double Median(std::vector<double> values);

// Multiply-accumulates per second in one short loop, 0 if this CPU has no vpdpbusd.
double PeakRate();

}  // namespace lockstep::bench
