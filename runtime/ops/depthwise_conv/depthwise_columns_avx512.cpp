// Compiled for AVX-512 as depthwise_rows_u8s8_avx512vnni.cpp is; see there.
#include "ops/depthwise_conv/depthwise_columns_avx512.h"

#include "gemm/unroll.h"

namespace lockstep::kernels {
namespace {

[[gnu::always_inline]] inline void StoreInterleaved(const __m512i* rows, uint8_t* to) {
  __m512i vectors[kVectors];
  InterleaveRows(rows, vectors);
  Unroll<kVectors>([&](auto v) { _mm512_store_si512(to + 64 * v, vectors[v]); });
}

// Four vectors of 32 bits in that order.
void Reorder(const __m512i* from, __m512i* to) {
  const __m512i a = _mm512_shuffle_i32x4(from[0], from[1], 0x44);
  const __m512i b = _mm512_shuffle_i32x4(from[2], from[3], 0x44);
  const __m512i c = _mm512_shuffle_i32x4(from[0], from[1], 0xee);
  const __m512i d = _mm512_shuffle_i32x4(from[2], from[3], 0xee);
  to[0] = _mm512_shuffle_i32x4(a, b, 0x88);
  to[1] = _mm512_shuffle_i32x4(a, b, 0xdd);
  to[2] = _mm512_shuffle_i32x4(c, d, 0x88);
  to[3] = _mm512_shuffle_i32x4(c, d, 0xdd);
}

// The lanes of pixel p of a step, from the address of its first channel.
[[gnu::always_inline]] inline __m512i LoadPixel(const DepthwiseBlock512& block, __m512i others, int p,
                                                const uint8_t* from) {
  const int lane = p * block.width;
  return _mm512_mask_loadu_epi8(others, block.lanes << lane, from - lane);
}

// Columns of a step's first pixel, and with each the columns of the step's other pixels; those that no window has are
// left out.
struct ColumnRange {
  int64_t first;       // the one that lies at the begin of DepthwiseColumns512
  int64_t begin, end;  // to be filled
  int step;            // columns from one step to the next
  LaneMask needed;     // by the place of a column in a step
};

[[gnu::noinline]] void FillPixels(const DepthwiseLayer& layer, const DepthwisePlan& plan,
                                  const DepthwiseBlock512& block, const ColumnRange& range,
                                  DepthwiseColumns512* columns) {
  const __m512i zero_point = _mm512_set1_epi8(static_cast<char>(layer.in_zero_point));
  for (int64_t x = range.begin; x < range.end; ++x) {
    if ((range.needed >> ((x - range.first) % range.step) & 1) == 0) continue;
    for (int quad = 0; quad < plan.quads; ++quad) {
      const DepthwiseInputRow* row = columns->rows + 4 * quad;
      __m512i lines[4];
      Unroll<4>([&](auto i) { lines[i] = zero_point; });
      for (int p = 0; p < block.pixels; ++p) {
        const int64_t column = x + int64_t{p} * layer.stride_w;
        if (column < 0 || column >= layer.in_w) continue;
        Unroll<4>([&](auto i) { lines[i] = LoadPixel(block, lines[i], p, row[i].pixels + column * row[i].pitch); });
      }
      StoreInterleaved(lines, columns->bytes + ((x - range.first) * plan.quads + quad) * kQuadBytes);
    }
  }
}

// Within the input, in so many loads for the lanes of a step.
template <int kLoads>
[[gnu::noinline]] void FillInside(const DepthwiseLayer& layer, const DepthwisePlan& plan,
                                  const DepthwiseBlock512& block, const ColumnRange& range,
                                  DepthwiseColumns512* columns) {
  constexpr int kWidth = kLanes / kLoads;
  const LaneMask lanes = kLoads == block.pixels ? block.lanes : ~LaneMask{0};
  const int64_t column = int64_t{plan.quads} * kQuadBytes;
  const int begin = static_cast<int>(range.begin - range.first);
  const int end = static_cast<int>(range.end - range.first);
  for (int quad = 0; quad < plan.quads; ++quad) {
    const DepthwiseInputRow* row = columns->rows + 4 * quad;
    const uint8_t* from[4];
    int64_t pitch[4];
    Unroll<4>([&](auto i) {
      from[i] = row[i].pixels + range.begin * row[i].pitch;
      pitch[i] = row[i].pitch;
    });
    uint8_t* to = columns->bytes + begin * column + quad * kQuadBytes;
    int place = begin % range.step;
    for (int x = begin; x < end; ++x, to += column) {
      if (kLoads == 1 || (range.needed >> place & 1) != 0) {
        __m512i lines[4];
        Unroll<kLoads>([&](auto p) {
          Unroll<4>([&](auto i) {
            const uint8_t* pixel = from[i] + p * (layer.stride_w * pitch[i] - kWidth);
            lines[i] = p == 0 ? _mm512_maskz_loadu_epi8(lanes, pixel)
                              : _mm512_mask_loadu_epi8(lines[i], lanes << (p * kWidth), pixel);
          });
        });
        StoreInterleaved(lines, to);
      }
      place = place + 1 == range.step ? 0 : place + 1;
      Unroll<4>([&](auto i) { from[i] += pitch[i]; });
    }
  }
}

// A window of 256 taps and a start below 2^24 leave room for a shift of 6.
constexpr int kMostRaised = 6;
constexpr int kStartLimit = 1 << 24;

}  // namespace

void LoadDepthwiseConstants(const DepthwiseLayer& layer, DepthwiseBlock512* block) {
  const __m512i two = _mm512_set1_epi32(2);
  __m512i start[kVectors];
  __m512i multiplier[kVectors];
  __m512i shift[kVectors];
  __m512i largest = two;
  __m512i least = two;
  __m512i farthest = two;
  for (int i = 0; i < kVectors; ++i) {
    const int channel = 16 * i % block->width;
    const int rest = block->count - channel;
    const auto valid = static_cast<__mmask16>(rest >= 16 ? 0xffff : (rest > 0 ? (1 << rest) - 1 : 0));
    const int first = block->first + channel;
    start[i] = _mm512_maskz_loadu_epi32(valid, layer.acc_init + first);
    multiplier[i] = _mm512_maskz_loadu_epi32(valid, layer.multiplier + first);
    shift[i] = _mm512_mask_cvtepi8_epi32(two, valid, _mm_maskz_loadu_epi8(valid, layer.shift + first));
    largest = _mm512_max_epi32(largest, shift[i]);
    least = _mm512_min_epi32(least, shift[i]);
    farthest = _mm512_max_epu32(farthest, _mm512_abs_epi32(start[i]));
  }
  const int least_shift = _mm512_reduce_min_epi32(least);
  block->raised = least_shift < 2;
  block->high_words = least_shift >= 2 - kMostRaised && _mm512_reduce_max_epu32(farthest) < kStartLimit &&
                      HighWordsDo(layer.zero_point, 2, _mm512_reduce_max_epi32(largest));
  __m512i multipliers[kVectors];
  __m512i shifts[kVectors];
  Reorder(start, block->start);
  Reorder(multiplier, multipliers);
  Reorder(shift, shifts);
  for (int i = 0; i < kVectors; ++i) {
    const __m512i own = shifts[i];
    block->raise[i] = _mm512_max_epi32(_mm512_sub_epi32(two, own), _mm512_setzero_si512());
    block->requantizers[i] = MakeRequantizer512(multipliers[i], block->high_words ? _mm512_max_epi32(own, two) : own,
                                                layer.zero_point, block->high_words);
  }
}

// Input row `slot` behind the first of output row 0 meets kernel row slot - r in the window of output row r.
void LoadDepthwiseWeights(const DepthwiseLayer& layer, const DepthwisePlan& plan, DepthwiseBlock512* block) {
  const auto* weights = reinterpret_cast<const uint8_t*>(layer.weights) + block->first;
  uint8_t* to = block->weights;
  for (int r = 0; r < plan.rows; ++r) {
    for (int kx = 0; kx < layer.kernel_w; ++kx) {
      for (int slot = -r; slot < 4 * plan.quads - r; slot += 4, to += kQuadBytes) {
        __m512i rows[4];
        for (int i = 0; i < 4; ++i) {
          const int ky = slot + i;
          rows[i] = _mm512_setzero_si512();
          if (ky < 0 || ky >= layer.kernel_h) continue;
          const uint8_t* from = weights + (int64_t{ky} * layer.kernel_w + kx) * layer.channels;
          _mm_prefetch(from + kLanes, _MM_HINT_T0);  // of the next block
          for (int p = 0; p < block->pixels; ++p) rows[i] = LoadPixel(*block, rows[i], p, from);
        }
        StoreInterleaved(rows, to);
      }
    }
  }
}

void FillDepthwiseColumns(const DepthwiseLayer& layer, const DepthwisePlan& plan, const DepthwiseBlock512& block,
                          int64_t first, int count, DepthwiseColumns512* columns) {
  ColumnRange range = {first, first, first + count, block.pixels * layer.stride_w, 0};
  for (int kx = 0; kx < layer.kernel_w; ++kx) {
    range.needed |= LaneMask{1} << (int64_t{kx} * layer.dilation_w % range.step);
  }
  const int64_t inside = layer.in_w - int64_t{block.pixels - 1} * layer.stride_w;
  const int64_t begin = first > 0 ? first : 0;
  const int64_t end = range.end < inside ? range.end : inside;
  if (begin < end) {
    range.end = begin;
    FillPixels(layer, plan, block, range, columns);
    range.begin = begin;
    range.end = end;
    if (block.loads_together) {
      FillInside<1>(layer, plan, block, range, columns);
    } else if (block.pixels == 2) {
      FillInside<2>(layer, plan, block, range, columns);
    } else {
      FillInside<4>(layer, plan, block, range, columns);
    }
    range.begin = end;
    range.end = first + count;
  }
  FillPixels(layer, plan, block, range, columns);
}

}  // namespace lockstep::kernels
