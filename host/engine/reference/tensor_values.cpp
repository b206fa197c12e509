#include "engine/reference/tensor_values.h"

#include <cstring>

#include "joint_elements.h"

namespace lockstep::engine {

size_t ElementSize(joint::DType dtype) { return static_cast<size_t>(joint::ElementBytes(dtype)); }

int64_t ElementCount(const joint::Tensor& tensor) {
  int64_t count = 1;
  for (const int32_t extent : *tensor.shape()) count *= extent;
  return count;
}

void WriteIntegers(const std::vector<int32_t>& values, joint::DType dtype, uint8_t* data) {
  for (size_t i = 0; i < values.size(); ++i) {
    if (dtype == joint::DType::U8) {
      data[i] = static_cast<uint8_t>(values[i]);
    } else {
      data[2 * i] = static_cast<uint8_t>(values[i] & 255);
      data[2 * i + 1] = static_cast<uint8_t>(values[i] >> 8);
    }
  }
}

std::vector<int32_t> ReadElements(const Operand& operand) {
  return ReadIntegers(operand.tensor->dtype(), operand.data, ElementCount(*operand.tensor));
}

void WriteElements(const std::vector<int32_t>& values, const Result& result) {
  WriteIntegers(values, result.tensor->dtype(), result.data);
}

float Scale(const joint::Tensor& tensor) { return tensor.quantization()->scale()->Get(0); }
int32_t ZeroPoint(const joint::Tensor& tensor) { return tensor.quantization()->zero_point()->Get(0); }
int32_t TypeHigh(joint::DType dtype) { return dtype == joint::DType::U8 ? 255 : 65535; }

int32_t High(const joint::Tensor& tensor) { return (1 << tensor.quantization()->bits()) - 1; }

size_t TableEntries(const joint::Tensor& tensor) {
  return tensor.dtype() == joint::DType::U8 ? 256 : static_cast<size_t>(High(tensor)) + 1;
}

O16I4Geometry::O16I4Geometry(int32_t out_channels, int32_t in_channels_per_group, int32_t kernel_h, int32_t kernel_w,
                             int32_t groups, int32_t dilation_w)
    : in_channels_(in_channels_per_group),
      kernel_w_(kernel_w),
      groups_(groups),
      channels_per_group_(out_channels / groups),
      dilated_(dilation_w > 1),
      blocks_((channels_per_group_ + 15) / 16),
      segments_(dilated_ ? int64_t{kernel_h} * kernel_w : kernel_h),
      quads_(((dilated_ ? in_channels_ : in_channels_ * kernel_w) + 3) / 4) {}

uint64_t O16I4Geometry::bytes() const { return static_cast<uint64_t>(groups_ * blocks_ * segments_ * quads_ * 64); }

uint64_t O16I4Geometry::Offset(int32_t oc, int32_t ic, int32_t ky, int32_t kx) const {
  const int64_t group = oc / channels_per_group_;
  const int64_t channel = oc % channels_per_group_;
  const int64_t segment = dilated_ ? ky * kernel_w_ + kx : ky;
  const int64_t position = dilated_ ? ic : kx * in_channels_ + ic;
  const int64_t quad = ((group * blocks_ + channel / 16) * segments_ + segment) * quads_ + position / 4;
  return static_cast<uint64_t>(quad * 64 + (channel % 16) * 4 + position % 4);
}

}  // namespace lockstep::engine
