// One axis of a transposed convolution as its phases: outputs that are `stride` apart and see the same taps of the
// kernel.
//
// Output o is (first + step) * stride + phase - pad. It sums tap `phase + stride * j` of the kernel times input
// first + step - j, over all j: along its outputs a phase is a convolution of stride 1 with its taps in reverse.
#pragma once

#include <cstdint>

namespace lockstep::kernels {

// The taps of a phase. Where the kernel has none there is one of zeros, so that the phase is a convolution too.
constexpr int32_t TapsOfPhase(int32_t kernel, int32_t stride, int32_t phase) {
  const int32_t taps = (kernel - phase + stride - 1) / stride;
  return taps > 1 ? taps : 1;
}

struct PhaseOutputs {
  int32_t first_step;  // 0 or 1
  int32_t first;       // output
  int32_t count;
};

struct TransposedAxis {
  int32_t kernel, stride, pad, out;  // pad < kernel

  int32_t Taps(int32_t phase) const { return TapsOfPhase(kernel, stride, phase); }
  int32_t MostTaps() const { return Taps(0); }
  int32_t First() const { return pad / stride; }
  // How many of each phase there are at most.
  int32_t Steps() const { return static_cast<int32_t>((int64_t{out} - 1 + pad) / stride) - First() + 1; }

  PhaseOutputs Outputs(int32_t phase) const {
    PhaseOutputs outputs{};
    outputs.first_step = phase < pad % stride ? 1 : 0;
    outputs.first = outputs.first_step * stride + phase - pad % stride;
    outputs.count = outputs.first < out ? (out - 1 - outputs.first) / stride + 1 : 0;
    return outputs;
  }
};

}  // namespace lockstep::kernels
