// dotp_s.h multiplies sixteen pairs of s8 and adds neighbours: with x - 128 and w within +-127 two products fit into 16
// bits. dpadd_s.w with ones widens and adds the other neighbours, so a quad of one pixel against four channels is two
// instructions. A tile is four pixels by sixteen channels.
#include <cstring>

#include "arithmetic/requantize_msa.h"
#include "gemm/conv_driver.h"
#include "gemm/unroll.h"
#include "ops/common/byte_table_msa.h"

namespace lockstep::kernels {
namespace {

using msa::kLanes;
using msa::kVectorBytes;
using msa::kVectors;
using msa::Load;
using msa::LoadWords;

constexpr int kTilePixels = 4;
constexpr int kQuadsPerLoad = 4;

template <int kPixels>
struct Accumulators {
  v4i32 value[kPixels][kVectors];
};

template <int kPixels>
[[gnu::always_inline]] inline void MultiplyAdd(const v16i8 (&weights)[kVectors], const v16i8 (&x)[kPixels],
                                               Accumulators<kPixels>& acc) {
  const v8i16 ones = __msa_ldi_h(1);
  Unroll<kPixels>([&](auto p) {
    Unroll<kVectors>(
        [&](auto v) { acc.value[p][v] = __msa_dpadd_s_w(acc.value[p][v], __msa_dotp_s_h(weights[v], x[p]), ones); });
  });
}

[[gnu::always_inline]] inline void LoadWeights(const int8_t* from, v16i8 (&weights)[kVectors]) {
  Unroll<kVectors>([&](auto v) { weights[v] = Load(from + v * kVectorBytes); });
}

template <int kQuad, int kPixels>
[[gnu::always_inline]] inline void MultiplyAddQuad(const int8_t* weights_from, const v16i8 (&loaded)[kPixels],
                                                   Accumulators<kPixels>& acc) {
  v16i8 weights[kVectors];
  v16i8 x[kPixels];
  LoadWeights(weights_from + kQuad * kQuadBytes, weights);
  Unroll<kPixels>(
      [&](auto p) { x[p] = reinterpret_cast<v16i8>(__msa_splati_w(reinterpret_cast<v4i32>(loaded[p]), kQuad)); });
  MultiplyAdd(weights, x, acc);
}

template <int kPixels>
[[gnu::always_inline]] inline const int8_t* AccumulateSegment(const uint8_t* first, int64_t pixel_step, int32_t quads,
                                                              const int8_t* weights, Accumulators<kPixels>& acc) {
  const uint8_t* from[kPixels];
  Unroll<kPixels>([&](auto p) { from[p] = first + p * static_cast<ptrdiff_t>(pixel_step); });
  for (; quads >= kQuadsPerLoad; quads -= kQuadsPerLoad) {
    v16i8 loaded[kPixels];
    Unroll<kPixels>([&](auto p) {
      loaded[p] = Load(from[p]);
      from[p] += kVectorBytes;
    });
    MultiplyAddQuad<0>(weights, loaded, acc);
    MultiplyAddQuad<1>(weights, loaded, acc);
    MultiplyAddQuad<2>(weights, loaded, acc);
    MultiplyAddQuad<3>(weights, loaded, acc);
    weights += kQuadsPerLoad * kQuadBytes;
  }
  for (; quads != 0; --quads) {
    v16i8 vectors[kVectors];
    v16i8 x[kPixels];
    LoadWeights(weights, vectors);
    Unroll<kPixels>([&](auto p) {
      int32_t quad;
      std::memcpy(&quad, from[p], sizeof quad);
      x[p] = reinterpret_cast<v16i8>(__msa_fill_w(quad));
      from[p] += kLanes;
    });
    MultiplyAdd(vectors, x, acc);
    weights += kQuadBytes;
  }
  return weights;
}

[[gnu::always_inline]] inline void Store(const ConvRow& row, const msa::Limits& limits, const v4i32 (&values)[kVectors],
                                         int64_t pixel, int32_t channel) {
  const int size = row.wide_output ? 2 : 1;
  uint8_t* to = row.out + pixel * row.out_step + channel * size;
  if (row.channels - channel >= kBlockChannels && !row.wide_output) {
    __msa_st_b(msa::PackBytes(limits, values), to, 0);
    return;
  }
  v16i8 block[2];
  if (row.wide_output) {
    block[0] = reinterpret_cast<v16i8>(msa::PackHalves(limits, values[0], values[1]));
    block[1] = reinterpret_cast<v16i8>(msa::PackHalves(limits, values[2], values[3]));
  } else {
    block[0] = block[1] = msa::PackBytes(limits, values);
  }
  const int32_t valid = row.channels - channel < kBlockChannels ? row.channels - channel : kBlockChannels;
  std::memcpy(to, block, static_cast<size_t>(valid * size));
}

template <int kPixels>
void Tile(const ConvRow& row, int32_t block, int64_t pixel) {
  const ConvBlock& constants = row.constants[block];
  Accumulators<kPixels> acc;
  Unroll<kVectors>([&](auto v) {
    const v4i32 start = LoadWords(constants.acc_init + v * kLanes);
    Unroll<kPixels>([&](auto p) { acc.value[p][v] = start; });
  });
  const int8_t* weights = row.weights + int64_t{block} * row.segment_count * row.quads * kQuadBytes;
  for (int32_t segment = 0; segment < row.segment_count; ++segment) {
    weights =
        AccumulateSegment(row.segments[segment] + pixel * row.pixel_step, row.pixel_step, row.quads, weights, acc);
  }
  if (row.sums != nullptr) {
    int32_t* sums = static_cast<int32_t*>(row.sums) + (pixel * row.blocks + block) * kBlockChannels;
    Unroll<kPixels>([&](auto p) {
      Unroll<kVectors>([&](auto v) {
        __msa_st_w(acc.value[p][v], sums + int64_t{p} * row.blocks * kBlockChannels + v * kLanes, 0);
      });
    });
    return;
  }
  const msa::Limits limits(row.zero_point, row.low, row.high);
  Unroll<kPixels>([&](auto p) {
    v4i32 values[kVectors];
    Unroll<kVectors>([&](auto v) {
      const int32_t* multiplier = constants.multiplier + v * kLanes;
      const int32_t* shift = constants.shift + v * kLanes;
      values[v] = row.min_shift >= 1 ? msa::Requantize(limits, acc.value[p][v], LoadWords(multiplier), LoadWords(shift))
                                     : msa::RequantizeLanes(limits, acc.value[p][v], multiplier, shift);
    });
    Store(row, limits, values, pixel + p, block * kBlockChannels);
  });
}

void RunRow(const ConvRow& row) {
  for (int32_t block = 0; block < row.blocks; ++block) {
    int64_t pixel = 0;
    for (; pixel + kTilePixels <= row.pixels; pixel += kTilePixels) Tile<kTilePixels>(row, block, pixel);
    for (; pixel < row.pixels; ++pixel) Tile<1>(row, block, pixel);
  }
}

}  // namespace

const ConvVariant row_u8s8_msa{true, RunRow, ApplyTableMsa, FinishSumsMsa};

}  // namespace lockstep::kernels
