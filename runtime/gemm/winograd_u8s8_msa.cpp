// dpadd_s.w multiplies eight pairs of 16 bits and adds neighbours to four sums: two input channels against four output
// channels. A tile of sums is four tiles of the image by 16 output channels.
#include "arithmetic/requantize_msa.h"
#include "gemm/unroll.h"
#include "gemm/winograd_fits.h"
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

// What a tile with fewer wanted outputs has instead, see winograd_tiles.h.
LOCKSTEP_INLINE void Shorten(int32_t wanted, v8i16 (&t)[kSide]) {
  v8i16 c = t[4];
  v8i16 e = __msa_ldi_h(0);
  if (wanted == 1) {
    c = (t[3] + t[4]) >> 1;
    e = (t[3] - t[4]) >> 2;
  } else {
    t[3] = t[3] - t[4];
  }
  t[0] = t[0] - c;
  t[1] = t[1] - c - e;
  t[2] = t[2] + c - e;
}

LOCKSTEP_INLINE void TransformSix(const v8i16 (&d)[kSide], v8i16 (&t)[kSide]) {
  const v8i16 a = d[4] - (d[2] << 2);
  const v8i16 b = d[3] - (d[1] << 2);
  const v8i16 c = d[4] - d[2];
  const v8i16 e = (d[3] - d[1]) << 1;
  t[0] = c + ((d[0] - d[2]) << 2);
  t[1] = a + b;
  t[2] = b - a;
  t[3] = c + e;
  t[4] = c - e;
  t[5] = d[5] - d[3] - (e << 1);
}

LOCKSTEP_INLINE void TransformThree(v8i16 g0, v8i16 g1, v8i16 g2, v8i16 (&t)[kSide]) {
  const v8i16 ends = g0 + g2;
  const v8i16 far = g0 + (g2 << 2);
  const v8i16 twice = g1 << 1;
  t[0] = g0;
  t[1] = ends + g1;
  t[2] = ends - g1;
  t[3] = far + twice;
  t[4] = far - twice;
  t[5] = g2;
}

LOCKSTEP_INLINE void TransformToFour(const v4i32 (&m)[kSide], v4i32 (&y)[kTile]) {
  const v4i32 six = __msa_ldi_w(6);
  const v4i32 s = m[2] - m[1];
  const v4i32 d = m[2] + m[1];
  const v4i32 far_s = m[3] + m[4];
  const v4i32 far_d = m[3] - m[4];
  const v4i32 middle = far_d - d;
  y[0] = __msa_maddv_w(far_s + (s << 2), m[0], six);
  y[1] = middle - d;
  y[2] = s + far_s;
  y[3] = __msa_maddv_w(middle + far_d, m[5], six);
}

// Eight of 16 channels of a tile's 36 pixels.
template <bool kHigh>
void TransformEight(const WinogradInput& input, int32_t channel) {
  const v16i8 zero = __msa_ldi_b(0);
  v8i16 rows[kSide][kSide];
  for (int row = 0; row < kSide; ++row) {
    v8i16 d[kSide];
    Unroll<kSide>([&](auto i) {
      const v16i8 x = msa::Load(input.at[row * kSide + i] + channel);
      d[i] = reinterpret_cast<v8i16>(kHigh ? __msa_ilvl_b(zero, x) : __msa_ilvr_b(zero, x));
    });
    TransformSix(d, rows[row]);
    if (input.columns <= 2) Shorten(input.columns, rows[row]);
  }
  const int32_t place = (channel + (kHigh ? kChannelsAtATime : 0)) * kTileGroup;
  for (int column = 0; column < kSide; ++column) {
    v8i16 d[kSide];
    v8i16 t[kSide];
    Unroll<kSide>([&](auto i) { d[i] = rows[i][column]; });
    TransformSix(d, t);
    if (input.rows <= 2) Shorten(input.rows, t);
    Unroll<kSide>([&](auto i) { __msa_st_h(t[i], input.to[column * kSide + i] + place, 0); });
  }
}

// Four output channels of two input channels.
void TransformTaps(const v8i16 (&taps)[kTaps], int16_t* to, ptrdiff_t step) {
  v8i16 columns[3][kSide];
  Unroll<3>([&](auto x) { TransformThree(taps[x], taps[3 + x], taps[6 + x], columns[x]); });
  Unroll<kSide>([&](auto row) {
    v8i16 t[kSide];
    TransformThree(columns[0][row], columns[1][row], columns[2][row], t);
    Unroll<kSide>([&](auto i) {
      __msa_st_h(t[i], to, 0);
      to += step;
    });
  });
}

v8i16 Widen(v8i16 pairs) {
  const auto bytes = reinterpret_cast<v16i8>(pairs);
  return __msa_srai_h(reinterpret_cast<v8i16>(__msa_ilvr_b(bytes, bytes)), 8);
}

// Four output channels of a tile: values of sixteen pixels, the zero point left out, 16 channels apart.
void TransformProducts(const msa::Limits& limits, v4i32 multiplier, v4i32 shift, const int32_t* from, int32_t* to) {
  v4i32 rows[kSide][kTile];
  for (int row = 0; row < kSide; ++row) {
    v4i32 m[kSide];
    Unroll<kSide>([&](auto i) { m[i] = msa::LoadWords(from + (row * kSide + i) * kProductStep); });
    TransformToFour(m, rows[row]);
  }
  Unroll<kTile>([&](auto column) __attribute__((always_inline)) {
    v4i32 m[kSide];
    v4i32 y[kTile];
    Unroll<kSide>([&](auto i) { m[i] = rows[i][column]; });
    TransformToFour(m, y);
    Unroll<kTile>([&](auto row) __attribute__((always_inline)) {
      const v4i32 sums = y[row] * __msa_fill_w(WinogradFactor(row, column));
      __msa_st_w(msa::Requantize(limits, sums, multiplier, shift), to + (row * kTile + column) * kBlockChannels, 0);
    });
  });
}

template <int kTiles>
void MultiplyTiles(const WinogradProduct& product, const int16_t* from, int32_t* const* tiles) {
  v4i32 acc[kTiles][kVectors];
  Unroll<kTiles>([&](auto t) {
    const int32_t* start = product.start != nullptr ? product.start : tiles[t] + product.place;
    Unroll<kVectors>([&](auto v) { acc[t][v] = msa::LoadWords(start + v * kLanes); });
  });
  const int16_t* weights = product.w;
  for (int32_t left = product.eights; left > 0; --left, from += kTileGroup * kHalves) {
    v4i32 x[kTiles];
    Unroll<kTiles>([&](auto t) { x[t] = reinterpret_cast<v4i32>(LoadHalves(from + t * kHalves)); });
    Unroll<kLanes>([&](auto pair) {
      v8i16 w[kVectors];
      Unroll<kVectors>([&](auto v) { w[v] = LoadHalves(weights + (pair * kVectors + v) * kHalves); });
      Unroll<kTiles>([&](auto t) {
        const auto both = reinterpret_cast<v8i16>(__msa_splati_w(x[t], pair));
        Unroll<kVectors>([&](auto v) { acc[t][v] = __msa_dpadd_s_w(acc[t][v], w[v], both); });
      });
    });
    weights += kLanes * kVectors * kHalves;
  }
  Unroll<kTiles>([&](auto t) {
    Unroll<kVectors>([&](auto v) { __msa_st_w(acc[t][v], tiles[t] + product.place + v * kLanes, 0); });
  });
}

class KernelsMsa {
 public:
  explicit KernelsMsa(const WinogradLayer& layer)
      : limits_(layer.zero_point, layer.low, layer.high),
        pitch_(layer.out_pitch),
        row_step_(layer.out_w * layer.out_pitch) {}

  static void Fetch(const int8_t* /*from*/, int64_t /*bytes*/) {}

  static void SumWeights(const int8_t* weights, int64_t quads, int16_t* positive, int16_t* negative) {
    const v16i8 zero = __msa_ldi_b(0);
    v8i16 more = __msa_ldi_h(0);
    v8i16 less = more;
    for (; quads > 0; --quads, weights += kQuadBytes) {
      const v16i8 w = msa::Load(weights);
      const v16i8 high = __msa_max_s_b(w, zero);
      const v16i8 low = __msa_min_s_b(w, zero);
      more = more + __msa_hadd_s_h(high, high);
      less = less + __msa_hadd_s_h(low, low);
    }
    __msa_st_h(more, positive, 0);
    __msa_st_h(less, negative, 0);
  }

  static void TransformInputs(const WinogradInput& input) {
    for (int32_t channel = 0; channel < input.channels; channel += 2 * kChannelsAtATime) {
      TransformEight<false>(input, channel);
      TransformEight<true>(input, channel);
    }
  }

  // To [two input channels][16][2].
  static void TransformWeights(const int8_t* weights, ptrdiff_t tap_step, int32_t depth, int16_t* to, ptrdiff_t step) {
    for (int32_t v = 0; v < depth / kWeightQuad * kVectors; ++v, weights += kVectorBytes) {
      v8i16 first[kTaps];
      v8i16 second[kTaps];
      Unroll<kTaps>([&](auto tap) {
        const auto bytes = reinterpret_cast<v8i16>(msa::Load(weights + tap * tap_step));
        first[tap] = Widen(__msa_pckev_h(bytes, bytes));
        second[tap] = Widen(__msa_pckod_h(bytes, bytes));
      });
      int16_t* quad = to + v / kVectors * kWeightQuad * kBlockChannels + v % kVectors * kHalves;
      TransformTaps(first, quad, step);
      TransformTaps(second, quad + 2 * kBlockChannels, step);
    }
  }

  static void Multiply(const WinogradProduct& product) {
    ForEachTileGroup(
        product, [&](auto count, const int16_t* x, int32_t* const* tiles) { MultiplyTiles<count>(product, x, tiles); });
  }

  void Write(const WinogradConstants& constants, const int32_t* from, const WinogradOutput& output,
             int32_t channel) const {
    uint8_t* to = output.to + channel;
    int32_t values[kTile * kTile * kBlockChannels];
    for (int32_t lane = 0; lane < kBlockChannels; lane += kLanes) {
      TransformProducts(limits_, msa::LoadWords(constants.multiplier + lane), msa::LoadWords(constants.shift + lane),
                        from + lane, values + lane);
    }
    for (int32_t row = 0; row < output.rows; ++row, to += row_step_) {
      uint8_t* pixel = to;
      for (int32_t column = 0; column < output.columns; ++column, pixel += pitch_) {
        const int32_t* value = values + (row * kTile + column) * kBlockChannels;
        v4i32 vectors[kVectors];
        Unroll<kVectors>([&](auto v) { vectors[v] = msa::LoadWords(value + v * kLanes); });
        const v16i8 bytes = msa::PackBytes(limits_, vectors);
        if (constants.channels == kBlockChannels) {
          __msa_st_b(bytes, pixel, 0);
        } else {
          std::memcpy(pixel, &bytes, static_cast<size_t>(constants.channels));
        }
      }
    }
  }

 private:
  msa::Limits limits_;
  int64_t pitch_, row_step_;
};

}  // namespace

void winograd_u8s8_msa(const WinogradLayer& layer, int64_t image, int64_t begin, int64_t end, uint8_t* scratch) {
  WinogradTiles<KernelsMsa>(layer, image, scratch).Run(begin, end);
}

bool winograd_fits_msa(const int8_t* weights, int64_t quads, const int32_t* acc_init, int32_t channels) {
  return FitsWinograd<KernelsMsa>(weights, quads, acc_init, channels);
}

}  // namespace lockstep::kernels
