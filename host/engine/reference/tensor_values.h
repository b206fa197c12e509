// Tensors as the reference engine computes with them: 32-bit integers, whatever the width in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "arithmetic/rq1.h"
#include "engine/reference/layer_run.h"
#include "joint_generated.h"

namespace lockstep::engine {

size_t ElementSize(joint::DType dtype);

int64_t ElementCount(const joint::Tensor& tensor);

// U8, S8, U16 or S16 elements in memory order, as int16_t (bytes alone), int32_t or int64_t.
template <typename Value = int32_t>
std::vector<Value> ReadIntegers(joint::DType dtype, const uint8_t* data, size_t count) {
  std::vector<Value> values(count);
  for (size_t i = 0; i < count; ++i) {
    const bool bytes = dtype == joint::DType::U8 || dtype == joint::DType::S8;
    const int value = bytes ? data[i] : data[2 * i] | (data[2 * i + 1] << 8);
    const int range = bytes ? 1 << 8 : 1 << 16;
    const bool negative = (dtype == joint::DType::S8 || dtype == joint::DType::S16) && value >= range / 2;
    values[i] = static_cast<Value>(negative ? value - range : value);
  }
  return values;
}

// Writes `values` in the width of `dtype`; every value fits (the layers clamp).
void WriteIntegers(const std::vector<int32_t>& values, joint::DType dtype, uint8_t* data);

// All elements of a tensor.
std::vector<int32_t> ReadElements(const Operand& operand);
void WriteElements(const std::vector<int32_t>& values, const Result& result);

// The scale and zero point of an activation.
float Scale(const joint::Tensor& tensor);
int32_t ZeroPoint(const joint::Tensor& tensor);

// The largest value of U8 or U16, and the largest that a tensor's bits allow.
int32_t TypeHigh(joint::DType dtype);
int32_t High(const joint::Tensor& tensor);
// Entries of a table with one for every value: 256 for U8, 2^bits for U16.
size_t TableEntries(const joint::Tensor& tensor);

// Where the weight (oc, ic, ky, kx) of a convolution lies in the packing O16I4 (docs/model-format.md).
class O16I4Geometry {
 public:
  O16I4Geometry(int32_t out_channels, int32_t in_channels_per_group, int32_t kernel_h, int32_t kernel_w, int32_t groups,
                int32_t dilation_w);

  uint64_t bytes() const;
  uint64_t Offset(int32_t oc, int32_t ic, int32_t ky, int32_t kx) const;

 private:
  int64_t in_channels_;
  int64_t kernel_w_;
  int64_t groups_;
  int64_t channels_per_group_;
  bool dilated_;
  int64_t blocks_;    // of 16 output channels, in a group
  int64_t segments_;  // runs of input bytes that lie side by side
  int64_t quads_;     // of 4 input bytes, in a segment
};

// Weights in the packing O16I4, S8 or S16, of which those of `bytes` bytes lie side by side.
class PackedBytes {
 public:
  PackedBytes(const Operand& weights, uint64_t bytes)
      : first_(reinterpret_cast<const int8_t*>(weights.data)),
        second_(weights.tensor->dtype() == joint::DType::S16 ? first_ + bytes : nullptr) {}

  int32_t operator[](uint64_t offset) const {
    return second_ == nullptr ? first_[offset] : rq1::kWeightBase * first_[offset] + second_[offset];
  }

 private:
  const int8_t* first_;
  const int8_t* second_;
};

}  // namespace lockstep::engine
