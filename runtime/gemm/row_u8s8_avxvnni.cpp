// vpdpbusd adds the products of four bytes: a vector has one sum for each of 8 channels. A tile is up to 6 pixels by 16
// channels, and its pixels are read where they lie.
//
// Only this file is compiled for AVX-VNNI. It must not use inline functions with external linkage: the linker might
// keep its copy of one for a CPU without these instructions.
#include "gemm/finish_tile_avx2.h"

namespace lockstep::kernels {
namespace {

constexpr int kTrio = 3;  // pixels whose addresses are one register and a step

template <int kPixels>
[[gnu::noinline]] void RunTile(const ConvRow& row, const Finisher& finisher, int32_t block, int64_t pixel) {
  const ConvBlock& constants = row.constants[block];
  SixteenSums acc[kPixels];
  Unroll<kPixels>([&](auto p) { acc[p] = {Load256(constants.acc_init), Load256(constants.acc_init + 8)}; });
  const ptrdiff_t length = ptrdiff_t{row.quads} * 4;
  const int64_t step = row.pixel_step;
  const int8_t* w = row.weights + int64_t{block} * row.segment_count * row.quads * kQuadBytes;
  for (int32_t segment = 0; segment < row.segment_count; ++segment) {
    const uint8_t* first = row.segments[segment] + pixel * step;
    const uint8_t* second = first + kTrio * step;
    for (const uint8_t* end = first + length; first != end; first += 4, second += 4, w += kQuadBytes) {
      const __m256i low = Load256(w);
      const __m256i high = Load256(w + kQuadBytes / kHalves);
      Unroll<kPixels>([&](auto p) {
        int32_t quad;
        std::memcpy(&quad, (p < kTrio ? first : second) + p % kTrio * step, sizeof quad);
        const __m256i x = _mm256_set1_epi32(quad);
        acc[p].first = _mm256_dpbusd_avx_epi32(acc[p].first, x, low);
        acc[p].second = _mm256_dpbusd_avx_epi32(acc[p].second, x, high);
      });
    }
  }
  FinishTile<kPixels>(row, finisher, block, pixel, acc);
}

// All tiles of a piece of pixels, which the first-level cache holds, with one block after the other.
void RunRow(const ConvRow& row) {
  constexpr int64_t kPieceBytes = 16 << 10;
  const int64_t pixel_bytes = int64_t{row.segment_count} * row.pixel_step;
  const int64_t tiles = kPieceBytes / (pixel_bytes * kPixelsAvx2);
  const int64_t piece = (tiles > 1 ? tiles : 1) * kPixelsAvx2;
  Finisher finisher(row);
  for (int64_t begin = 0; begin < row.pixels; begin += piece) {
    const int64_t end = begin + piece < row.pixels ? begin + piece : row.pixels;
    for (int32_t block = 0; block < row.blocks; ++block) {
      finisher.SetBlock(row, row.constants[block]);
      ForEachTile(begin, end, [&](auto pixels, int64_t pixel) { RunTile<pixels>(row, finisher, block, pixel); });
    }
  }
}

}  // namespace

const ConvVariant row_u8s8_avxvnni{false, RunRow, ApplyTableAvx2, FinishSums};

}  // namespace lockstep::kernels
