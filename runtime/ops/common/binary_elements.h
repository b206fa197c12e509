// The shared loop of Add and Mul: differences to the zero points are gathered into short buffers, broadcasts included,
// so that the arithmetic itself is one plain loop whatever the shapes and types.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ops/common/strided_walk.h"
#include "ops/layer_args.h"

namespace lockstep::kernels {

// Element strides of an input that is broadcast to the output: 0 along the axes it lacks.
StridedWalk BroadcastWalk(const LayerArgs& args);

// Whether the elements of each input lie side by side in every run, or are one.
bool HasPlainRuns(const LayerArgs& args);

inline constexpr int kBinaryBlock = 256;

// to[i] = input[position + i * stride] - zero_point
void LoadDifferences(const TensorView& input, int64_t position, int64_t stride, int64_t count, int32_t* to);

// What an operator makes of `count` differences of a and b: output values, already clamped. y is apart from both.
using CombineBlock = void(const void* combine, const int32_t* a, const int32_t* b, int64_t count, int32_t* y);
// The same of bytes that lie side by side, without buffers.
struct ByteRun {
  const uint8_t* a;
  const uint8_t* b;
  uint8_t* y;
  int64_t count;
  int32_t zero_a, zero_b;
};
using CombineBytes = void(const void* combine, const ByteRun& run);

struct BinaryLoops {
  const void* combine;  // what both get
  CombineBlock* block;
  CombineBytes* bytes;  // nullptr: blocks do for bytes too
};
void RunBinary(const LayerArgs& args, int64_t begin, int64_t end, const BinaryLoops& loops);

// combine(a - za, b - zb) gives the output value, already clamped.
template <typename Combine>
BinaryLoops LoopsOf(const Combine& combine) {
  return {&combine,
          [](const void* self, const int32_t* __restrict a, const int32_t* __restrict b, int64_t count,
             int32_t* __restrict y) {
            const Combine each = *static_cast<const Combine*>(self);
            const auto length = static_cast<ptrdiff_t>(count);
            for (ptrdiff_t i = 0; i < length; ++i) y[i] = each(a[i], b[i]);
          },
          nullptr};
}
template <typename Combine>
void CombineEachByte(const uint8_t* __restrict a, int32_t zero_a, const uint8_t* __restrict b, int32_t zero_b,
                     uint8_t* __restrict y, ptrdiff_t count, Combine combine) {
  for (ptrdiff_t i = 0; i < count; ++i) y[i] = static_cast<uint8_t>(combine(a[i] - zero_a, b[i] - zero_b));
}
template <typename Combine>
BinaryLoops ByteLoopsOf(const Combine& combine) {
  BinaryLoops loops = LoopsOf(combine);
  loops.bytes = [](const void* self, const ByteRun& run) {
    CombineEachByte(run.a, run.zero_a, run.b, run.zero_b, run.y, static_cast<ptrdiff_t>(run.count),
                    *static_cast<const Combine*>(self));
  };
  return loops;
}

}  // namespace lockstep::kernels
