// How much a number would differ with other pictures of the same kind.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace lockstep::evaluate {

struct BootstrapOptions {
  int rounds = 300;
  uint64_t seed = 0;
};

// The standard deviation of `number` over selections that take as many pictures as there are, with replacement; the
// function is told how often each was taken. The same on every machine. Selections whose number is not finite do not
// count; NaN if fewer than two do.
double BootstrapError(size_t pictures, const BootstrapOptions& options,
                      const std::function<double(const std::vector<int>& times_taken)>& number);

}  // namespace lockstep::evaluate
