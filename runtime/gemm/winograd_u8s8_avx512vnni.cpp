// vpdpwssd multiplies two input channels with 16 output channels and adds them up. A tile of sums is up to sixteen
// tiles of the image by 16 output channels.
//
// Compiled for AVX-512: it must not use inline functions with external linkage.
#include <immintrin.h>

#include <type_traits>

#include "arithmetic/requantize_avx512.h"
#include "gemm/winograd_fits.h"
#include "gemm/winograd_transforms_x86.h"

namespace lockstep::kernels {
namespace {

constexpr int kPairs = kChannelsAtATime / 2;
constexpr int kMostGroups = 4;

struct Words512 {
  using Vector = __m512i;
  LOCKSTEP_INLINE static Vector Add(Vector x, Vector y) { return _mm512_add_epi32(x, y); }
  LOCKSTEP_INLINE static Vector Subtract(Vector x, Vector y) { return _mm512_sub_epi32(x, y); }
  LOCKSTEP_INLINE static Vector FourTimes(Vector x) { return _mm512_slli_epi32(x, 2); }
};

// acc plus two words of x, those of 16 output channels times them.
LOCKSTEP_INLINE __m512i AddProducts(__m512i acc, const int16_t* x, __m512i w) {
  __asm__("vpdpwssd %1%{1to16%}, %2, %0" : "+v"(acc) : "m"(*reinterpret_cast<const int32_t*>(x)), "v"(w));
  return acc;
}

// Tiles of so many groups, or of a part of one.
template <int kGroups, int kTiles>
void MultiplyTiles(const WinogradProduct& product, const int16_t* from, int32_t* const* tiles) {
  __m512i acc[kGroups][kTiles];
  Unroll<kGroups>([&](auto g) {
    Unroll<kTiles>([&](auto t) {
      const int32_t* start = product.start != nullptr ? product.start : tiles[g * kTileGroup + t] + product.place;
      acc[g][t] = _mm512_loadu_si512(start);
    });
  });
  const int16_t* weights = product.w;
  for (int32_t left = product.eights; left > 0; --left, from += kTileGroup * kChannelsAtATime) {
    Unroll<kPairs>([&](auto pair) {
      const __m512i w = _mm512_loadu_si512(weights);
      Unroll<kGroups>([&](auto g) {
        const int16_t* x = from + g * product.group_step + 2 * pair;
        Unroll<kTiles>([&](auto t) { acc[g][t] = AddProducts(acc[g][t], x + t * kChannelsAtATime, w); });
      });
      weights += 2 * kBlockChannels;
    });
  }
  Unroll<kGroups>([&](auto g) {
    Unroll<kTiles>([&](auto t) { _mm512_storeu_si512(tiles[g * kTileGroup + t] + product.place, acc[g][t]); });
  });
}

class KernelsAvx512 : public TransformsX86 {
 public:
  explicit KernelsAvx512(const WinogradLayer& layer)
      : limits_{layer.zero_point, layer.low, layer.high},
        pitch_(layer.out_pitch),
        row_step_(layer.out_w * layer.out_pitch) {}

  static void Multiply(const WinogradProduct& product) {
    WinogradProduct rest = product;
    const auto multiply = [&rest](auto groups) {
      MultiplyTiles<groups, kTileGroup>(rest, rest.x, rest.to);
      rest.x += groups * rest.group_step;
      rest.to += groups * kTileGroup;
      rest.tiles -= groups * kTileGroup;
    };
    while (rest.tiles >= kMostGroups * kTileGroup) multiply(std::integral_constant<int, kMostGroups>());
    while (rest.tiles >= 2 * kTileGroup - 1) multiply(std::integral_constant<int, 2>());
    ForEachTileGroup(rest, [&rest](auto count, const int16_t* x, int32_t* const* tiles) {
      MultiplyTiles<1, count>(rest, x, tiles);
    });
  }

  void Write(const WinogradConstants& constants, const int32_t* from, const WinogradOutput& output,
             int32_t channel) const {
    __m512i rows[kSide][kTile];
    for (int row = 0; row < kSide; ++row) {
      __m512i m[kSide];
      Unroll<kSide>([&](auto i) { m[i] = _mm512_loadu_si512(from + (row * kSide + i) * kProductStep); });
      TransformToFour<Words512>(m, rows[row]);
    }
    const ShiftRange shifts = ShiftsOf(constants.shift, constants.channels);
    const bool high_words = HighWordsDo(limits_.zero_point, shifts.least, shifts.most);
    const Requantizer512 requantizer = MakeRequantizer512(
        _mm512_loadu_si512(constants.multiplier), _mm512_loadu_si512(constants.shift), limits_.zero_point, high_words);
    const __m512i low = _mm512_set1_epi32(limits_.low);
    const __m512i high = _mm512_set1_epi32(limits_.high);
    const auto valid = static_cast<__mmask16>((1U << constants.channels) - 1);
    uint8_t* to = output.to + channel;
    for (int column = 0; column < output.columns; ++column, to += pitch_) {
      __m512i m[kSide];
      __m512i y[kTile];
      Unroll<kSide>([&](auto i) { m[i] = rows[i][column]; });
      TransformToFour<Words512>(m, y);
      Unroll<kTile>([&](auto row) {
        if (row >= output.rows) return;
        const __m512i factor = _mm512_set1_epi32(
            static_cast<int32_t>(static_cast<uint32_t>(WinogradFactor(row, 0)) << (column == 0   ? 0
                                                                                   : column == 1 ? 1
                                                                                                 : 2)));
        const __m512i sums = _mm512_mullo_epi32(y[row], factor);
        const __m512i value = Requantize512(requantizer, limits_, high_words, sums);
        const __m128i bytes = _mm512_cvtepi32_epi8(_mm512_min_epi32(_mm512_max_epi32(value, low), high));
        uint8_t* pixel = to + row * row_step_;
        if (constants.channels == kBlockChannels) {  // masked stores are slow
          _mm_storeu_si128(reinterpret_cast<__m128i*>(pixel), bytes);
        } else {
          _mm_mask_storeu_epi8(pixel, valid, bytes);
        }
      });
    }
  }

 private:
  OutputLimits limits_;
  int64_t pitch_, row_step_;
};

}  // namespace

void winograd_u8s8_avx512vnni(const WinogradLayer& layer, int64_t image, int64_t begin, int64_t end, uint8_t* scratch) {
  WinogradTiles<KernelsAvx512>(layer, image, scratch).Run(begin, end);
}

}  // namespace lockstep::kernels
