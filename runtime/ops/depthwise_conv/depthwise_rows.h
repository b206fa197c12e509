// A depthwise convolution of bytes as the kernels of an instruction set see it: plain numbers and addresses, so that
// their files need nothing else.
#pragma once

#include <cstdint>

namespace lockstep::kernels {

struct DepthwiseLayer {
  const uint8_t* input;
  int64_t in_pitch;  // bytes from one pixel to the next
  int32_t in_h, in_w;
  int32_t in_zero_point;
  uint8_t* output;
  int64_t out_pitch;
  int32_t out_h, out_w;
  int32_t channels;
  int32_t first_channel, last_channel;  // of those that are wanted and behind them, for what shares channels
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_top, pad_left;
  const int8_t* weights;  // [ky][kx][channel]
  const int32_t* acc_init;
  const int32_t* multiplier;
  const int8_t* shift;
  int32_t zero_point, low, high;
  const uint8_t* table;          // of bytes, or nullptr; of 256 but for wide_table
  const uint8_t* state;          // of the operator's setup, if it has one
  bool wide_input, wide_output;  // u16
  bool wide_table;               // for values of 16 bits in front of bytes
};

// One whose inputs, weights or outputs may have two bytes; strides of tensors still count bytes.
struct DepthwiseWideLayer {
  DepthwiseLayer layer;  // its weights and table at whatever type they have
  bool wide_weights;
  const int64_t* wide_start;  // instead of acc_init, or nullptr
  bool wide_table;            // an entry for each value of two bytes, of the output's type
};

// Computes the rows [begin, end) of the outputs, counted over all images.
using DepthwiseRows = void(const DepthwiseLayer& layer, int64_t begin, int64_t end);

// What depthwise_rows_u8s8_avx512vnni has memory for: a window's quads of rows, for one output row and in the columns
// that it spans.
inline constexpr int kShareChannels512 = 64;  // of a unit, where threads share channels
inline constexpr int kWeightQuads512 = 48;
inline constexpr int kColumnQuads512 = 64;
inline constexpr int kMostQuads512 = 4;
inline constexpr int kMostStride512 = 16;
inline constexpr int kMostTaps512 = 128;  // of depthwise_rows_uxsx_avx512vnni

// Likewise depthwise_columns_256.h, in groups of two rows or of four; for 16 channels or more.
inline constexpr int kWeightGroups256 = 96;
inline constexpr int kColumnGroups256 = 256;
inline constexpr int kMostRows256 = 32;
inline constexpr int kFewestChannels256 = 16;

// What depthwise_rows_u8s8_msa has memory for: a window's quads of rows, and those of the columns of a piece of a row.
inline constexpr int kWeightQuadsMsa = 48;
inline constexpr int kColumnQuadsMsa = 128;

inline constexpr int kMostFloatTaps = 256;

// An output pixel of floats: of each tap the address of its pixel, or nullptr for padding, and its weights.
struct FloatWindow {
  const float* const* taps;
  int64_t count;
  const float* weights;  // [tap][channel]
  const float* bias;
  int64_t channels;
  float* y;
};

void FloatPixel512(const FloatWindow& window);

// clamp(zero_point + rq(acc)) for every shift.
void RequantizeDepthwise(const DepthwiseLayer& layer, const int64_t* acc, const int32_t* multiplier,
                         const int32_t* shift, int count, uint16_t* values);

void depthwise_rows_uxsx_avx512vnni(const DepthwiseWideLayer& layer, int64_t begin, int64_t end);

// One for each instruction set, in the file of its name: compiled where LOCKSTEP_KERNELS_<SET> says so.
DepthwiseRows depthwise_rows_u8s8_avx512vnni;
DepthwiseRows depthwise_rows_u8s8_avxvnni;
DepthwiseRows depthwise_rows_u8s8_avx2;
DepthwiseRows depthwise_rows_u8s8_neondot;
DepthwiseRows depthwise_rows_3x3_u8s8_neon;
DepthwiseRows depthwise_rows_u8s8_neon;
DepthwiseRows depthwise_rows_u8s8_msa;
DepthwiseRows depthwise_rows_uxs8_neon;
DepthwiseRows depthwise_rows_uxs8_msa;
DepthwiseRows depthwise_rows_u8s8_portable;  // where LOCKSTEP_KERNELS_SCALAR does

}  // namespace lockstep::kernels
