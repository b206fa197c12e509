// The most multiply-accumulates of 8 bits that this core does in a second, in thousand millions; 0 where there is no
// vpdpbusd. The median of many short loops: bench_peak [SECONDS]
#include <cstdio>
#include <cstdlib>

#include "peak_rate.h"

int main(int argc, char** argv) {
  using lockstep::bench::ThreadSeconds;
  const double end = ThreadSeconds() + (argc > 1 ? std::atof(argv[1]) : 0.1);
  std::vector<double> rates;
  do {
    rates.push_back(lockstep::bench::PeakRate());
  } while (rates.back() > 0 && ThreadSeconds() < end);
  std::printf("%.3f\n", lockstep::bench::Median(rates) * 1e-9);
  return 0;
}
