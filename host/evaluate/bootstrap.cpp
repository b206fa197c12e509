#include "evaluate/bootstrap.h"

#include <cmath>
#include <limits>
#include <random>

namespace lockstep::evaluate {

double BootstrapError(size_t pictures, const BootstrapOptions& options,
                      const std::function<double(const std::vector<int>& times_taken)>& number) {
  std::mt19937_64 random(options.seed);
  double count = 0.0;
  double mean = 0.0;
  double squares = 0.0;  // of the differences from the mean (Welford)
  for (int round = 0; round < options.rounds; ++round) {
    std::vector<int> times_taken(pictures, 0);
    for (size_t i = 0; i < pictures; ++i) ++times_taken[random() % pictures];
    const double value = number(times_taken);
    if (!std::isfinite(value)) continue;
    count += 1.0;
    const double difference = value - mean;
    mean += difference / count;
    squares += difference * (value - mean);
  }
  return count < 2.0 ? std::numeric_limits<double>::quiet_NaN() : std::sqrt(squares / (count - 1.0));
}

}  // namespace lockstep::evaluate
