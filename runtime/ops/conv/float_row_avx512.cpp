// 16 channels of up to 12 neighbouring output pixels at a time, each in a register of its own.
//
// Compiled for AVX-512: it must not use inline functions with external linkage.
#include "gemm/unroll.h"
#include "ops/common/float_lanes_avx512.h"
#include "ops/conv/conv_f32.h"

namespace lockstep::kernels {
namespace {

template <int kPixels>
[[gnu::noinline]] void RunTile(const FloatTaps& taps, int64_t pixel, const float* w, __m512 bias, __mmask16 valid,
                               float* y, int64_t out_step) {
  // Three pixels to a pointer: its multiples 1, 2 of the step are in the address.
  constexpr int kPointers = (kPixels + 2) / 3;
  const int64_t step = taps.pixel_step;
  __m512 acc[kPixels];
  Unroll<kPixels>([&](auto p) { acc[p] = bias; });
  for (int64_t ky = 0; ky < taps.kernel_h; ++ky) {
    for (int64_t kx = 0; kx < taps.kernel_w; ++kx) {
      const float* x[kPointers];
      Unroll<kPointers>([&](auto i) { x[i] = taps.rows[ky] + (pixel + 3 * i) * step + kx * taps.column_step; });
      for (int64_t ic = 0; ic < taps.channels; ++ic, w += kFloatBlockChannels) {
        const __m512 weights = _mm512_loadu_ps(w);
        Unroll<kPixels>(
            [&](auto p) { acc[p] = AddProduct512(acc[p], _mm512_set1_ps(x[p / 3][p % 3 * step + ic]), weights); });
      }
    }
  }
  Unroll<kPixels>([&](auto p) { StoreFloats512(y + (pixel + p) * out_step, valid, acc[p]); });
}

}  // namespace

void FloatRow512(const FloatTaps& taps, int64_t pixels, const float* w, const float* bias, int64_t count, float* y,
                 int64_t out_step) {
  const auto valid = static_cast<__mmask16>(count == kFloatBlockChannels ? 0xffff : (1 << count) - 1);
  const __m512 start = _mm512_maskz_loadu_ps(valid, bias);
  int64_t pixel = 0;
  for (; pixel + 12 <= pixels; pixel += 12) RunTile<12>(taps, pixel, w, start, valid, y, out_step);
  for (; pixel + 4 <= pixels; pixel += 4) RunTile<4>(taps, pixel, w, start, valid, y, out_step);
  for (; pixel < pixels; ++pixel) RunTile<1>(taps, pixel, w, start, valid, y, out_step);
}

}  // namespace lockstep::kernels
