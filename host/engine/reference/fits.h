// What the operators' conditions have in common.
#pragma once

#include <algorithm>
#include <cstdint>

#include "engine/reference/layer_run.h"

namespace lockstep::engine {

// So many inputs, and one output.
bool HasTensors(const LayerRun& run, size_t inputs);

bool IsActivation(joint::DType dtype);          // U8 or U16
bool IsQuantized(const joint::Tensor& tensor);  // an activation with a scale and a zero point
bool SameShape(const joint::Tensor& a, const joint::Tensor& b);

bool IsShift(int32_t shift);

template <typename Shifts>
bool AreShifts(const Shifts& shifts) {
  return std::all_of(shifts.begin(), shifts.end(), [](int32_t shift) { return IsShift(shift); });
}

// Input and output of a window are images of one batch, and the output's extents follow from the floor formula.
template <typename Window>
bool FitsWindow(const LayerRun& run, const Window& window, int64_t kernel_h, int64_t kernel_w, int64_t dilation_h,
                int64_t dilation_w) {
  const auto& x = *run.x().shape();
  const auto& y = *run.y().shape();
  if (x.size() != 4 || y.size() != 4 || x[0] != y[0]) return false;
  const auto fits = [](int64_t in, int64_t out, int64_t kernel, int64_t stride, int64_t dilation, int64_t before,
                       int64_t after) {
    if (kernel < 1 || stride < 1 || dilation < 1 || before < 0 || after < 0) return false;
    const int64_t room = in + before + after - ((kernel - 1) * dilation + 1);
    return room >= 0 && out == room / stride + 1;
  };
  return fits(x[1], y[1], kernel_h, window.stride_h(), dilation_h, window.pad_top(), window.pad_bottom()) &&
         fits(x[2], y[2], kernel_w, window.stride_w(), dilation_w, window.pad_left(), window.pad_right());
}

}  // namespace lockstep::engine
