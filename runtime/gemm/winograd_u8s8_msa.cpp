// dpadd_s.w multiplies eight pairs of 16 bits and adds neighbours to four sums: two input channels against four output
// channels. A tile of sums is four tiles of the image by 16 output channels.
#include "arithmetic/requantize_msa.h"
#include "gemm/unroll.h"
#include "gemm/winograd_tiles.h"

namespace lockstep::kernels {
namespace {

using msa::kLanes;
using msa::kVectorBytes;
using msa::kVectors;

constexpr int kSide = kWinogradSide;
constexpr int kTile = kWinogradTile;
constexpr int kHalves = 8;  // in a vector
constexpr int kTaps = 9;

v8i16 LoadHalves(const int16_t* from) { return __msa_ld_h(const_cast<int16_t*>(from), 0); }

// Six of inputs: 4 0 -5 0 1 0; 0 -4 -4 1 1 0; 0 4 -4 -1 1 0; 0 -2 -1 2 1 0; 0 2 -1 -2 1 0; 0 4 0 -5 0 1.
[[gnu::always_inline]] inline void TransformSix(const v8i16 (&d)[kSide], v8i16 (&t)[kSide]) {
  const v8i16 a = d[4] - (d[2] << 2);
  const v8i16 b = d[3] - (d[1] << 2);
  const v8i16 c = d[4] - d[2];
  const v8i16 e = (d[3] - d[1]) << 1;
  t[0] = a - d[2] + (d[0] << 2);
  t[1] = a + b;
  t[2] = a - b;
  t[3] = c + e;
  t[4] = c - e;
  t[5] = d[5] - d[3] - ((d[3] - d[1]) << 2);
}

// Three of weights, 24 times: 6 0 0; 4 4 4; 4 -4 4; 1 2 4; 1 -2 4; 0 0 6. The second and third are negative, the last
// has a quarter of what it counts: TransformToFour makes up for both.
[[gnu::always_inline]] inline void TransformThree(v8i16 g0, v8i16 g1, v8i16 g2, v8i16 (&t)[kSide]) {
  const v8i16 ends = (g0 + g2) << 2;
  const v8i16 middle = g1 << 2;
  const v8i16 far = g0 + (g2 << 2);
  const v8i16 twice = g1 << 1;
  const v8i16 six = __msa_ldi_h(6);
  t[0] = g0 * six;
  t[1] = ends + middle;
  t[2] = ends - middle;
  t[3] = far + twice;
  t[4] = far - twice;
  t[5] = g2 * six;
}

// Four of products: 1 -1 -1 1 1 0; 0 -1 1 2 -2 0; 0 -1 -1 4 4 0; 0 -1 1 8 -8 4.
[[gnu::always_inline]] inline void TransformToFour(const v4i32 (&m)[kSide], v4i32 (&y)[kTile]) {
  const v4i32 s = m[1] + m[2];
  const v4i32 d = m[1] - m[2];
  const v4i32 far_s = m[3] + m[4];
  const v4i32 far_d = (m[3] - m[4]) << 1;
  y[0] = m[0] - s + far_s;
  y[1] = far_d - d;
  y[2] = (far_s << 2) - s;
  y[3] = ((far_d + m[5]) << 2) - d;
}

// Eight of 16 channels of a tile's 36 pixels, x - 128.
template <bool kHigh>
void TransformEight(const uint8_t* const* at, int32_t channel, int16_t* to, ptrdiff_t step) {
  const v16i8 zero = __msa_ldi_b(0);
  const v8i16 offset = __msa_ldi_h(128);
  v8i16 rows[kSide][kSide];
  for (int row = 0; row < kSide; ++row) {
    v8i16 d[kSide];
    Unroll<kSide>([&](auto i) {
      const v16i8 x = msa::Load(at[row * kSide + i] + channel);
      d[i] = reinterpret_cast<v8i16>(kHigh ? __msa_ilvl_b(zero, x) : __msa_ilvr_b(zero, x)) - offset;
    });
    TransformSix(d, rows[row]);
  }
  for (int column = 0; column < kSide; ++column) {
    v8i16 d[kSide];
    v8i16 t[kSide];
    Unroll<kSide>([&](auto i) { d[i] = rows[i][column]; });
    TransformSix(d, t);
    Unroll<kSide>([&](auto i) { __msa_st_h(t[i], to + (i * kSide + column) * step, 0); });
  }
}

// Four output channels of two input channels.
void TransformTaps(const v8i16 (&taps)[kTaps], int16_t* to) {
  v8i16 columns[3][kSide];
  Unroll<3>([&](auto x) { TransformThree(taps[x], taps[3 + x], taps[6 + x], columns[x]); });
  Unroll<kSide>([&](auto row) {
    v8i16 t[kSide];
    TransformThree(columns[0][row], columns[1][row], columns[2][row], t);
    Unroll<kSide>([&](auto i) { __msa_st_h(t[i], to + (row * kSide + i) * kWeightStep, 0); });
  });
}

v8i16 Widen(v8i16 pairs) {
  const auto bytes = reinterpret_cast<v16i8>(pairs);
  return __msa_srai_h(reinterpret_cast<v8i16>(__msa_ilvr_b(bytes, bytes)), 8);
}

// Four output channels of a tile: values of sixteen pixels, the zero point left out, 16 channels apart.
template <bool kShort>
void TransformProducts(const msa::Limits& limits, const WinogradConstants& constants, int32_t lane, const int32_t* from,
                       int32_t* to) {
  v4i32 rows[kSide][kTile];
  for (int row = 0; row < kSide; ++row) {
    v4i32 m[kSide];
    Unroll<kSide>([&](auto i) { m[i] = msa::LoadWords(from + (row * kSide + i) * kProductStep); });
    TransformToFour(m, rows[row]);
  }
  const v4i32 ninth = __msa_fill_w(kNinth);
  const v4i32 start = msa::LoadWords(constants.start + lane);
  for (int column = 0; column < kTile; ++column) {
    v4i32 m[kSide];
    v4i32 y[kTile];
    Unroll<kSide>([&](auto i) { m[i] = rows[i][column]; });
    TransformToFour(m, y);
    Unroll<kTile>([&](auto row) {
      const v4i32 acc = start + ((y[row] * ninth) >> 6);
      const v4i32 value = kShort
                              ? msa::Requantize(limits, acc, msa::LoadWords(constants.multiplier + lane),
                                                msa::LoadWords(constants.shift + lane))
                              : msa::RequantizeLanes(limits, acc, constants.multiplier + lane, constants.shift + lane);
      __msa_st_w(value, to + (row * kTile + column) * kBlockChannels, 0);
    });
  }
}

struct KernelsMsa {
  static void TransformInputs(const uint8_t* const* at, int32_t channels, int16_t* to, ptrdiff_t step) {
    constexpr int32_t kBoth = 2 * kChannelsAtATime;
    for (int32_t channel = 0; channel < channels; channel += kBoth, to += kBoth * kTileGroup) {
      TransformEight<false>(at, channel, to, step);
      TransformEight<true>(at, channel, to + kChannelsAtATime * kTileGroup, step);
    }
  }

  // A quad of input channels by sixteen output channels, taps `tap_step` bytes apart, to [two channels][16][2].
  static void TransformWeights(const int8_t* weights, ptrdiff_t tap_step, int16_t* to) {
    for (int v = 0; v < kVectors; ++v) {
      v8i16 first[kTaps];
      v8i16 second[kTaps];
      Unroll<kTaps>([&](auto tap) {
        const auto bytes = reinterpret_cast<v8i16>(msa::Load(weights + tap * tap_step + v * kVectorBytes));
        first[tap] = Widen(__msa_pckev_h(bytes, bytes));
        second[tap] = Widen(__msa_pckod_h(bytes, bytes));
      });
      TransformTaps(first, to + v * kHalves);
      TransformTaps(second, to + 2 * kBlockChannels + v * kHalves);
    }
  }

  static void Multiply(const WinogradProduct& product) {
    v4i32 acc[kTileGroup][kVectors];
    Unroll<kTileGroup>([&](auto t) {
      Unroll<kVectors>([&](auto v) {
        acc[t][v] = product.add ? msa::LoadWords(product.to + (t * kVectors + v) * kLanes) : __msa_ldi_w(0);
      });
    });
    const int16_t* from = product.x;
    const int16_t* weights = product.w;
    for (int32_t left = product.eights; left > 0; --left, from += kTileGroup * kHalves) {
      v4i32 x[kTileGroup];
      Unroll<kTileGroup>([&](auto t) { x[t] = reinterpret_cast<v4i32>(LoadHalves(from + t * kHalves)); });
      Unroll<kLanes>([&](auto pair) {
        v8i16 w[kVectors];
        Unroll<kVectors>([&](auto v) { w[v] = LoadHalves(weights + (pair * kVectors + v) * kHalves); });
        Unroll<kTileGroup>([&](auto t) {
          const auto both = reinterpret_cast<v8i16>(__msa_splati_w(x[t], pair));
          Unroll<kVectors>([&](auto v) { acc[t][v] = __msa_dpadd_s_w(acc[t][v], w[v], both); });
        });
      });
      weights += kLanes * kVectors * kHalves;
    }
    Unroll<kTileGroup>([&](auto t) {
      Unroll<kVectors>([&](auto v) { __msa_st_w(acc[t][v], product.to + (t * kVectors + v) * kLanes, 0); });
    });
  }

  static void Write(const WinogradLayer& layer, const WinogradConstants& constants, const int32_t* from, int32_t rows,
                    int32_t columns, uint8_t* to) {
    int32_t values[kTile * kTile * kBlockChannels];
    const msa::Limits limits(layer.zero_point, layer.low, layer.high);
    for (int32_t lane = 0; lane < kBlockChannels; lane += kLanes) {
      (layer.short_shifts ? TransformProducts<true> : TransformProducts<false>)(limits, constants, lane, from + lane,
                                                                                values + lane);
    }
    for (int32_t row = 0; row < rows; ++row, to += layer.out_w * layer.out_pitch) {
      uint8_t* pixel = to;
      for (int32_t column = 0; column < columns; ++column, pixel += layer.out_pitch) {
        const int32_t* value = values + (row * kTile + column) * kBlockChannels;
        v4i32 vectors[kVectors];
        Unroll<kVectors>([&](auto v) { vectors[v] = msa::LoadWords(value + v * kLanes); });
        const v16i8 bytes = msa::PackBytes(limits, vectors);
        if (constants.channels == kBlockChannels) {
          __msa_st_b(bytes, pixel, 0);
        } else {
          std::memcpy(pixel, &bytes, static_cast<size_t>(constants.channels));
        }
      }
    }
  }
};

}  // namespace

void winograd_u8s8_msa(const WinogradLayer& layer, int64_t image, int32_t begin, int32_t end, uint8_t* scratch) {
  WinogradTiles<KernelsMsa>(layer, image, begin, end, scratch).Run();
}

}  // namespace lockstep::kernels
