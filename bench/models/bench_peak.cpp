// Prints the peak of a core that the shares of measure_models.py are parts of.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "peak_rate.h"

namespace {

constexpr char kUsage[] =
    "usage: bench_peak [SECONDS]\n"
    "Prints how many thousand million 8-bit multiply-accumulates per second one core reaches with vpdpbusd,\n"
    "0 where there is none: the median of short loops within SECONDS (default 0.1, at most 3600).\n"
    "example: taskset -c 1 bench_peak 1\n";

}  // namespace

int main(int argc, char** argv) {
  using lockstep::bench::ThreadSeconds;
  double seconds = 0.1;
  if (argc > 1) {
    const std::string word = argv[1];
    const bool help = word == "-h" || word == "--help";
    char* rest = nullptr;
    seconds = std::strtod(argv[1], &rest);
    if (help || argc > 2 || *rest != '\0' || !(seconds > 0 && seconds <= 3600)) {
      std::fputs(kUsage, help ? stdout : stderr);
      return help ? 0 : 2;
    }
  }
  const double end = ThreadSeconds() + seconds;
  std::vector<double> rates;
  do {
    rates.push_back(lockstep::bench::PeakRate());
  } while (rates.back() > 0 && ThreadSeconds() < end);
  std::printf("%.3f\n", lockstep::bench::Median(rates) * 1e-9);
  return 0;
}
