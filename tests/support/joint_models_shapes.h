// Extents and limits that the layers of a NetworkBuilder follow from.
#pragma once

#include <cstdint>
#include <vector>

#include "support/joint_models.h"

namespace lockstep::test {

inline int High(joint::DType dtype) { return dtype == joint::DType::U16 ? 65535 : 255; }

inline int64_t Product(const std::vector<int>& shape) {
  int64_t product = 1;
  for (const int d : shape) product *= d;
  return product;
}

inline int Extent(int in, int pads, int kernel, int dilation, int stride) {
  return (in + pads - (dilation * (kernel - 1) + 1)) / stride + 1;
}

// Of a convolution of images, channels last.
inline std::vector<int> OutputShape(const std::vector<int>& in, const ConvShape& shape, int channels) {
  return {in[0], Extent(in[1], shape.pad_top + shape.pad_bottom, shape.kernel_h, shape.dilation_h, shape.stride_h),
          Extent(in[2], shape.pad_left + shape.pad_right, shape.kernel_w, shape.dilation_w, shape.stride_w), channels};
}

}  // namespace lockstep::test
