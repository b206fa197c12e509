#include "peak_rate.h"

#include <algorithm>
#include <cstdint>
#include <ctime>

#include "lockstep/cpu.h"
#ifdef LOCKSTEP_BENCH_PEAK
#include "dot_product_peak.h"
#endif

namespace lockstep::bench {

double ThreadSeconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double Median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

double PeakRate() {
#ifdef LOCKSTEP_BENCH_PEAK
  constexpr int64_t kRounds = 10000;
  if ((DetectIsa() & IsaBit(Isa::kAvx512Vnni)) == 0) return 0;
  int64_t macs = 0;
  const double seconds = Seconds([&] { macs = RunDotProducts(kRounds); });
  return static_cast<double>(macs) / seconds;
#else
  return 0;
#endif
}

}  // namespace lockstep::bench
