// Winograd's F(4x4, 3x3) in exact integers: a quarter of the multiplications of a 3x3 convolution with stride 1, 9 of
// 16 with stride 2.
#pragma once

#include <cstdint>

#if defined(LOCKSTEP_KERNELS_NEON) || defined(LOCKSTEP_KERNELS_MSA) || defined(LOCKSTEP_KERNELS_AVX2)
#define LOCKSTEP_KERNELS_WINOGRAD
#endif

namespace lockstep::kernels {

struct WinogradProduct;
using MultiplyWinograd = void(const WinogradProduct& product);
MultiplyWinograd MultiplyWinogradAvxVnni;

// What the kernels are given of a layer.
struct WinogradLayer {
  const uint8_t* input;
  int64_t in_pitch;
  int32_t in_h, in_w, in_c;
  int32_t in_zero_point;
  uint8_t* output;
  int64_t out_pitch;
  int32_t out_h, out_w, out_c;
  int32_t pad_top, pad_left, stride;  // 1 or 2
  const int8_t* weights;              // O16I4
  const int32_t* acc_init;
  const int32_t* multiplier;
  const int8_t* shift;
  int32_t zero_point, low, high;
  MultiplyWinograd* multiply = nullptr;  // instead of the kernel's own, with AVX2
};

// Sums are computed 64 times within 32 bits: those of an accepted layer are within ±kWinogradLimit.
constexpr int64_t kWinogradLimit = (int64_t{1} << 25) - 1;
// Six bits more to shift leave at least one.
constexpr int32_t kWinogradLeastShift = -5;

// Scratch of a thread.
struct WinogradScratch {
  int64_t tiles;                                           // at a time
  int32_t depth;                                           // of the transformed weights: input channels at a time
  int64_t inputs, spare, weights, products, padding, end;  // offsets
};
WinogradScratch WinogradScratchOf(int32_t stride, int32_t in_c, int32_t out_h, int32_t out_w);

// The tiles [begin, end) of one image, row by row.
using RunWinograd = void(const WinogradLayer& layer, int64_t image, int64_t begin, int64_t end, uint8_t* scratch);

// Whether every sum that inputs can give with the `quads` quads of weights of a block is within the limit.
using WinogradFits = bool(const int8_t* weights, int64_t quads, const int32_t* acc_init, int32_t channels);

// One for each instruction set, in the file of its name: compiled where LOCKSTEP_KERNELS_<SET> says so.
RunWinograd winograd_u8s8_avx512vnni;
RunWinograd winograd_u8s8_avxvnni;  // in the file of AVX2
RunWinograd winograd_u8s8_avx2;
RunWinograd winograd_u8s8_neon;
RunWinograd winograd_u8s8_msa;
WinogradFits winograd_fits_avx2;
WinogradFits winograd_fits_neon;
WinogradFits winograd_fits_msa;

}  // namespace lockstep::kernels
