// Windows and types for the tests of convolutions, picked at random but the same in every run.
#pragma once

#include <random>

#include "conv_tester.h"

namespace lockstep::kernels {

class Picker {
 public:
  explicit Picker(uint32_t seed) : random_(seed) {}
  int32_t operator()(int32_t low, int32_t high) {
    return low + static_cast<int32_t>(random_() % static_cast<uint32_t>(high - low + 1));
  }

 private:
  std::mt19937 random_;
};

// Every third case has windows that lie in the padding alone.
inline void PickWindow(Picker& pick, uint32_t number, ConvCase& c) {
  c.batch = pick(1, 2);
  c.kernel_h = 2 * pick(0, 2) + 1;
  c.kernel_w = 2 * pick(0, 2) + 1;
  c.stride_h = pick(1, 3);
  c.stride_w = pick(1, 2);
  c.dilation_h = pick(1, 2);
  c.dilation_w = pick(1, 2);
  const int32_t most = number % 3 == 0 ? 12 : 2;
  c.top = pick(0, most);
  c.left = pick(0, most);
  c.bottom = pick(0, most);
  c.right = pick(0, most);
}

// Inputs or weights of 16 bits, or both.
struct Types {
  joint::DType input, weight;
};

inline constexpr Types kWideTypes[] = {{joint::DType::U16, joint::DType::S8},
                                       {joint::DType::U8, joint::DType::S16},
                                       {joint::DType::U16, joint::DType::S16}};

}  // namespace lockstep::kernels
