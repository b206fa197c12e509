// The shared loop of Add and Mul: differences to the zero points are gathered into short buffers, broadcasts included,
// so that the arithmetic itself is one plain loop whatever the shapes and types.
#pragma once

#include <type_traits>

#include "ops/common/elements.h"
#include "ops/common/strided_walk.h"

namespace lockstep::kernels {

inline constexpr int kBinaryBlock = 256;

// Element strides of an input that is broadcast to the output: 0 along the axes it lacks.
StridedWalk BroadcastWalk(const LayerArgs& args);

// to[i] = input[position + i * stride] - zero_point
void LoadDifferences(const TensorView& input, int64_t position, int64_t stride, int64_t count, int32_t* to);

// A run of bytes needs no buffers.
template <typename Combine>
void CombineBytes(const uint8_t* __restrict a, int32_t zero_a, const uint8_t* __restrict b, int32_t zero_b,
                  uint8_t* __restrict y, int64_t count, Combine combine) {
  for (int64_t i = 0; i < count; ++i) y[i] = static_cast<uint8_t>(combine(a[i] - zero_a, b[i] - zero_b));
}

// combine(a - za, b - zb) gives the output value, already clamped.
template <typename Combine>
void RunBinary(const LayerArgs& args, int64_t begin, int64_t end, Combine combine) {
  const StridedWalk walk = BroadcastWalk(args);
  const ElementRange range = ElementsOf(args.outputs[0], begin, end);
  const int64_t stride_a = walk.stride[0][walk.rank - 1];
  const int64_t stride_b = walk.stride[1][walk.rank - 1];
  const TensorView& left_input = args.inputs[0];
  const TensorView& right_input = args.inputs[1];
  const bool bytes = left_input.dtype == joint::DType::U8 && right_input.dtype == joint::DType::U8 &&
                     args.outputs[0].dtype == joint::DType::U8;
  if (bytes && stride_a == 1 && stride_b == 1) {
    ForEachRun(walk, range.first, range.last, [&](int64_t place, int64_t a, int64_t b, int64_t count) {
      CombineBytes(left_input.data + a, left_input.zero_point, right_input.data + b, right_input.zero_point,
                   args.outputs[0].data + place, count, combine);
    });
    return;
  }
  ForEachRun(walk, range.first, range.last, [&](int64_t place, int64_t a, int64_t b, int64_t count) {
    int32_t left[kBinaryBlock];
    int32_t right[kBinaryBlock];
    for (int64_t done = 0; done < count; done += kBinaryBlock) {
      const int64_t block = std::min<int64_t>(kBinaryBlock, count - done);
      LoadDifferences(left_input, a + done * stride_a, stride_a, block, left);
      LoadDifferences(right_input, b + done * stride_b, stride_b, block, right);
      WithActivationType(args.outputs[0].dtype, [&](auto* tag) {
        auto* to = reinterpret_cast<decltype(tag)>(args.outputs[0].data) + place + done;
        for (int64_t i = 0; i < block; ++i) {
          to[i] = static_cast<std::remove_pointer_t<decltype(tag)>>(combine(left[i], right[i]));
        }
      });
    }
  });
}

}  // namespace lockstep::kernels
