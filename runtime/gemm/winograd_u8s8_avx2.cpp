// vpmaddwd multiplies two input channels with eight output channels. A tile of sums is four tiles of the image by 16
// output channels.
//
// Compiled for AVX2: it must not use inline functions with external linkage.
#include <immintrin.h>

#include "arithmetic/requantize_avx2.h"
#include "gemm/winograd_fits.h"
#include "gemm/winograd_products_256.h"
#include "gemm/winograd_transforms_x86.h"

namespace lockstep::kernels {
namespace {

struct Words256 {
  using Vector = __m256i;
  LOCKSTEP_INLINE static Vector Add(Vector x, Vector y) { return _mm256_add_epi32(x, y); }
  LOCKSTEP_INLINE static Vector Subtract(Vector x, Vector y) { return _mm256_sub_epi32(x, y); }
  LOCKSTEP_INLINE static Vector FourTimes(Vector x) { return _mm256_slli_epi32(x, 2); }
};

struct PairProducts {
  LOCKSTEP_INLINE static SixteenSums Add(SixteenSums sums, const void* words, __m256i first, __m256i second) {
    return AddProducts256(sums, words, first, second);
  }
};

class KernelsAvx2 : public TransformsX86 {
 public:
  explicit KernelsAvx2(const WinogradLayer& layer)
      : limits_{layer.zero_point, layer.low, layer.high},
        pitch_(layer.out_pitch),
        row_step_(layer.out_w * layer.out_pitch),
        multiply_(layer.multiply != nullptr ? layer.multiply : MultiplyGroups<PairProducts>) {}

  void Multiply(const WinogradProduct& product) const { multiply_(product); }

  void Write(const WinogradConstants& constants, const int32_t* from, const WinogradOutput& output,
             int32_t channel) const {
    alignas(32) int32_t values[kTile * kTile * kBlockChannels];
    for (int32_t lane = 0; lane < kBlockChannels; lane += kHalf) TransformProducts(constants, from, lane, values);
    const __m128i low = _mm_set1_epi8(static_cast<char>(limits_.low));
    const __m128i high = _mm_set1_epi8(static_cast<char>(limits_.high));
    uint8_t* to = output.to + channel;
    for (int32_t row = 0; row < output.rows; ++row, to += row_step_) {
      uint8_t* pixel = to;
      for (int32_t column = 0; column < output.columns; ++column, pixel += pitch_) {
        const int32_t* value = values + (row * kTile + column) * kBlockChannels;
        const __m256i words =
            _mm256_permute4x64_epi64(_mm256_packs_epi32(Load256(value), Load256(value + kHalf)), 0xd8);
        const __m128i packed = _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
        const __m128i bytes = _mm_min_epu8(_mm_max_epu8(packed, low), high);
        if (constants.channels == kBlockChannels) {
          _mm_storeu_si128(reinterpret_cast<__m128i*>(pixel), bytes);
        } else {
          std::memcpy(pixel, &bytes, static_cast<size_t>(constants.channels));
        }
      }
    }
  }

 private:
  // Eight output channels of a tile: sixteen pixels' values, 16 channels apart.
  void TransformProducts(const WinogradConstants& constants, const int32_t* from, int32_t lane, int32_t* values) const {
    __m256i rows[kSide][kTile];
    for (int row = 0; row < kSide; ++row) {
      __m256i m[kSide];
      Unroll<kSide>([&](auto i) { m[i] = Load256(from + (row * kSide + i) * kProductStep + lane); });
      TransformToFour<Words256>(m, rows[row]);
    }
    const int32_t* multiplier = constants.multiplier + lane;
    const int32_t* shift = constants.shift + lane;
    const int32_t channels = constants.channels - lane;
    const ShiftRange shifts = ShiftsOf(shift, channels < 1 ? 1 : channels < kHalf ? channels : kHalf);
    const bool high_words = HighWordsDo256(limits_.zero_point, shifts.least, shifts.most);
    const Requantizer256 requantizer = MakeRequantizer256(multiplier, shift, limits_.zero_point);
    for (int column = 0; column < kTile; ++column) {
      __m256i m[kSide];
      __m256i y[kTile];
      Unroll<kSide>([&](auto i) { m[i] = rows[i][column]; });
      TransformToFour<Words256>(m, y);
      Unroll<kTile>([&](auto row) {
        const __m256i factor = _mm256_set1_epi32(
            static_cast<int32_t>(static_cast<uint32_t>(WinogradFactor(row, 0)) << (column == 0   ? 0
                                                                                   : column == 1 ? 1
                                                                                                 : 2)));
        const __m256i sums = _mm256_mullo_epi32(y[row], factor);
        const __m256i value = high_words ? RequantizeHighWords256(requantizer, sums)
                                         : RequantizeEach256(sums, multiplier, shift, limits_);
        _mm256_store_si256(reinterpret_cast<__m256i*>(values + (row * kTile + column) * kBlockChannels + lane), value);
      });
    }
  }

  Limits256 limits_;
  int64_t pitch_, row_step_;
  MultiplyWinograd* multiply_;
};

}  // namespace

void winograd_u8s8_avx2(const WinogradLayer& layer, int64_t image, int64_t begin, int64_t end, uint8_t* scratch) {
  WinogradTiles<KernelsAvx2>(layer, image, scratch).Run(begin, end);
}

void winograd_u8s8_avxvnni(const WinogradLayer& layer, int64_t image, int64_t begin, int64_t end, uint8_t* scratch) {
  WinogradLayer by_dot_products = layer;
  by_dot_products.multiply = MultiplyWinogradAvxVnni;
  winograd_u8s8_avx2(by_dot_products, image, begin, end, scratch);
}

bool winograd_fits_avx2(const int8_t* weights, int64_t quads, const int32_t* acc_init, int32_t channels) {
  return FitsWinograd<KernelsAvx2>(weights, quads, acc_init, channels);
}

}  // namespace lockstep::kernels
