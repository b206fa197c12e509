// A quad of weights is what sdot takes: four channels, four deep. A vector of sixteen bytes of a pixel meets four quads,
// one after the other by its lanes. A tile is up to six pixels by sixteen channels.
//
// Only this file is compiled for dot products. It must not use inline functions with external linkage: the linker might
// keep its copy of one for a CPU without these instructions.
#include "gemm/neon_store.h"
#include "ops/common/byte_table_neon.h"

namespace lockstep::kernels {
namespace {

constexpr int kMostPixels = 6;
constexpr int kVectorQuads = 4;  // of a pixel's bytes in a vector
constexpr int kVectorBytes = 16;

// One quad of weights with lane kLane of every pixel's vector.
template <int kPixels, int kLane>
[[gnu::always_inline]] inline void AddQuad(const int8_t* weights, const int8x16_t (&x)[kPixels],
                                           BlockSums (&sums)[kPixels]) {
  Unroll<kSumVectors>([&](auto v) {
    const int8x16_t w = vld1q_s8(weights + v * kVectorBytes);
    Unroll<kPixels>([&](auto p) { sums[p].value[v] = vdotq_laneq_s32(sums[p].value[v], w, x[p], kLane); });
  });
}

template <int kPixels>
void RunTile(const ConvRow& row, const BlockStore& store, int32_t block, int64_t pixel) {
  const int8_t* weights = row.weights + ptrdiff_t{block} * row.segment_count * row.quads * kQuadBytes;
  BlockSums sums[kPixels];
  Unroll<kSumVectors>([&](auto v) {
    const int32x4_t start = vld1q_s32(row.constants[block].acc_init + v * kSumLanes);
    Unroll<kPixels>([&](auto p) { sums[p].value[v] = start; });
  });
  for (int32_t segment = 0; segment < row.segment_count; ++segment) {
    const uint8_t* from[kPixels];
    Unroll<kPixels>([&](auto p) { from[p] = row.segments[segment] + (pixel + p) * row.pixel_step; });
    int8x16_t x[kPixels];
    int32_t quad = 0;
    for (; quad + kVectorQuads <= row.quads; quad += kVectorQuads) {
      Unroll<kPixels>([&](auto p) {
        x[p] = vreinterpretq_s8_u8(vld1q_u8(from[p]));
        from[p] += kVectorBytes;
      });
      Unroll<kVectorQuads>([&](auto lane) {
        AddQuad<kPixels, lane>(weights, x, sums);
        weights += kQuadBytes;
      });
    }
    for (; quad < row.quads; ++quad) {
      Unroll<kPixels>([&](auto p) {
        x[p] = vreinterpretq_s8_s32(vld1q_dup_s32(reinterpret_cast<const int32_t*>(from[p])));
        from[p] += 4;
      });
      AddQuad<kPixels, 0>(weights, x, sums);
      weights += kQuadBytes;
    }
  }
  Unroll<kPixels>([&](auto p) { store.Pixel(pixel + p, sums[p]); });
}

void RunRest(const ConvRow& row, const BlockStore& store, int32_t block, int64_t pixel) {
  switch (row.pixels - pixel) {
    case 1:
      return RunTile<1>(row, store, block, pixel);
    case 2:
      return RunTile<2>(row, store, block, pixel);
    case 3:
      return RunTile<3>(row, store, block, pixel);
    case 4:
      return RunTile<4>(row, store, block, pixel);
    case 5:
      return RunTile<5>(row, store, block, pixel);
    default:
      return;
  }
}

void RunRow(const ConvRow& row) {
  for (int32_t block = 0; block < row.blocks; ++block) {
    const BlockStore store(row, block);
    int64_t pixel = 0;
    for (; pixel + kMostPixels <= row.pixels; pixel += kMostPixels) RunTile<kMostPixels>(row, store, block, pixel);
    RunRest(row, store, block, pixel);
  }
}

}  // namespace

const ConvVariant row_u8s8_neondot{true, RunRow, ApplyTableNeon, FinishSums};

}  // namespace lockstep::kernels
