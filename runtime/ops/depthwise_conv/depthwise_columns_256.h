// Depthwise convolutions of bytes, 16 channels at a time: the rows of a window are interleaved in groups, once for each
// column, which serve all windows that reach it, of as many output rows as the groups have whole windows for. A part of
// the files depthwise_rows_u8s8_*.cpp that include it; `Products` says what a group is and how it is multiplied. Only
// for files that are compiled for AVX2.
#pragma once

#include <immintrin.h>

#include <cstring>

#include "arithmetic/requantize_avx2.h"
#include "gemm/unroll.h"
#include "ops/common/byte_table.h"
#include "ops/depthwise_conv/depthwise_rows.h"

namespace lockstep::kernels {
namespace {

constexpr int kLanes = 16;
constexpr int kHalves = 2;       // of the lanes, 8 accumulators
constexpr int kGroupBytes = 64;  // of 16 lanes

constexpr int Least(int64_t a, int64_t b) { return static_cast<int>(a < b ? a : b); }

[[gnu::always_inline]] inline __m128i LoadLanes(const void* from) {
  return _mm_loadu_si128(static_cast<const __m128i*>(from));
}

[[gnu::always_inline]] inline void StoreGroup(const __m256i* halves, uint8_t* to) {
  Unroll<kHalves>([&](auto h) { _mm256_store_si256(reinterpret_cast<__m256i*>(to) + h, halves[h]); });
}

struct Plan {
  int groups;  // of rows
  int rows;    // most output rows at a time
};

// 16 neighbouring channels: constants and weights.
struct Block {
  int first;
  bool high_words;
  __m256i start[kHalves];
  ByteRequantizer256 requantizer;
  alignas(32) uint8_t weights[kWeightGroups256 * kGroupBytes];  // [output row][kx][group]
};

// Columns of the windows of a few output pixels.
struct Columns {
  const uint8_t* rows[kMostRows256];                          // pixel 0, the block's first channel
  int64_t pitch[kMostRows256];                                // 0: all pixels are the zero point
  alignas(32) uint8_t bytes[kColumnGroups256 * kGroupBytes];  // [column][group]
};

void LoadConstants(const DepthwiseLayer& layer, Block* block) {
  int least = layer.shift[block->first];
  int most = least;
  for (int i = 1; i < kLanes; ++i) {
    const int shift = layer.shift[block->first + i];
    least = shift < least ? shift : least;
    most = shift > most ? shift : most;
  }
  block->high_words = HighWordsDo256(layer.zero_point, least, most);
  Unroll<kHalves>([&](auto h) {
    const int first = block->first + 8 * h;
    block->start[h] = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(layer.acc_init + first));
    const __m256i multiplier = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(layer.multiplier + first));
    const __m256i shift = _mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(layer.shift + first)));
    block->requantizer.half[h] = SwapMiddle256(MakeRequantizer256(multiplier, shift, layer.zero_point));
  });
}

// Input row `slot` behind the first of output row 0 meets kernel row slot - r in the window of output row r.
template <typename Products>
void LoadWeights(const DepthwiseLayer& layer, const Plan& plan, Block* block) {
  uint8_t* to = block->weights;
  for (int r = 0; r < plan.rows; ++r) {
    for (int kx = 0; kx < layer.kernel_w; ++kx) {
      for (int slot = -r; slot < Products::kRows * plan.groups - r; slot += Products::kRows, to += kGroupBytes) {
        __m128i rows[Products::kRows];
        for (int i = 0; i < Products::kRows; ++i) {
          const int ky = slot + i;
          rows[i] = _mm_setzero_si128();
          if (ky < 0 || ky >= layer.kernel_h) continue;
          rows[i] = LoadLanes(layer.weights + (int64_t{ky} * layer.kernel_w + kx) * layer.channels + block->first);
        }
        __m256i halves[kHalves];
        Products::InterleaveWeights(rows, halves);
        StoreGroup(halves, to);
      }
    }
  }
}

// The input rows of output rows y .. y + rows of an image.
void PointRows(const DepthwiseLayer& layer, int slots, const uint8_t* image, int64_t y, int rows,
               const uint8_t* padding, Columns* columns) {
  for (int slot = 0; slot < slots; ++slot) {
    const int64_t row = y * layer.stride_h - layer.pad_top + int64_t{slot} * layer.dilation_h;
    const bool inside = row >= 0 && row < layer.in_h && slot < layer.kernel_h + rows - 1;
    columns->rows[slot] = inside ? image + row * layer.in_w * layer.in_pitch : padding;
    columns->pitch[slot] = inside ? layer.in_pitch : 0;
  }
}

// `count` columns from `first` on.
template <typename Products>
[[gnu::noinline]] void FillColumns(const DepthwiseLayer& layer, const Plan& plan, int64_t first, int count,
                                   const uint8_t* padding, Columns* columns) {
  const int64_t step = int64_t{plan.groups} * kGroupBytes;
  const int begin = first < 0 ? Least(-first, count) : 0;
  const int64_t inside = layer.in_w - first;
  const int end = inside < begin ? begin : Least(inside, count);
  __m128i rows[Products::kRows];
  __m256i halves[kHalves];
  Unroll<Products::kRows>([&](auto i) { rows[i] = LoadLanes(padding); });
  Products::Interleave(rows, halves);
  for (int group = 0; group < plan.groups; ++group) {
    uint8_t* to = columns->bytes + group * kGroupBytes;
    for (int x = 0; x < begin; ++x) StoreGroup(halves, to + x * step);
    for (int x = end; x < count; ++x) StoreGroup(halves, to + x * step);
  }
  for (int group = 0; group < plan.groups; ++group) {
    const uint8_t* from[Products::kRows];
    int64_t pitch[Products::kRows];
    Unroll<Products::kRows>([&](auto i) {
      const int slot = group * Products::kRows + i;
      pitch[i] = columns->pitch[slot];
      from[i] = columns->rows[slot] + (first + begin) * pitch[i];
    });
    uint8_t* to = columns->bytes + group * kGroupBytes + begin * step;
    for (int x = begin; x < end; ++x, to += step) {
      Unroll<Products::kRows>([&](auto i) {
        rows[i] = LoadLanes(from[i]);
        from[i] += pitch[i];
      });
      Products::Interleave(rows, halves);
      StoreGroup(halves, to);
    }
  }
}

[[gnu::noinline]] void StoreRare(const DepthwiseLayer& layer, const Block& block, const __m256i* sums, uint8_t* to) {
  for (int h = 0; h < kHalves; ++h) {
    const int first = block.first + 8 * h;
    alignas(32) int32_t values[8];
    const __m256i value = RequantizeEach256(sums[h], layer.multiplier + first, layer.shift + first,
                                            {layer.zero_point, layer.low, layer.high});
    _mm256_store_si256(reinterpret_cast<__m256i*>(values), value);
    for (int i = 0; i < 8; ++i) to[8 * h + i] = static_cast<uint8_t>(values[i]);
  }
}

// Output pixels of a row: what does not change from one to the next.
struct Steps {
  const DepthwiseLayer* layer;
  const Block* block;
  const uint8_t* weights;  // of the output row
  int spans;               // columns of a window, or all of them where they lie side by side
  int64_t span;            // bytes
  int64_t tap;             // from one kernel column to the next
  int64_t step;            // from one output pixel to the next
};

// Not inlined: its registers are for sums.
template <typename Products, int kPixels>
[[gnu::noinline]] void RunPixels(const Steps& steps, const uint8_t* columns, uint8_t* to) {
  const DepthwiseLayer& layer = *steps.layer;
  const Block& block = *steps.block;
  const int64_t step = steps.step;
  __m256i acc[kPixels][kHalves];
  Unroll<kPixels>([&](auto p) { Unroll<kHalves>([&](auto h) { acc[p][h] = block.start[h]; }); });
  const uint8_t* weights = steps.weights;
  for (int left = steps.spans; left != 0; --left, columns += steps.tap) {
    for (const uint8_t* group = columns; group != columns + steps.span; group += kGroupBytes) {
      Unroll<kHalves>([&](auto h) {
        const __m256i w = _mm256_load_si256(reinterpret_cast<const __m256i*>(weights) + h);
        Unroll<kPixels>([&](auto p) {
          const __m256i x = _mm256_load_si256(reinterpret_cast<const __m256i*>(group + p * step) + h);
          acc[p][h] = Products::Add(acc[p][h], x, w);
        });
      });
      weights += kGroupBytes;
    }
  }
  if (!block.high_words) {
    __m256i sums[kPixels][kHalves];
    Unroll<kPixels>([&](auto p) { Unroll<kHalves>([&](auto h) { sums[p][h] = acc[p][h]; }); });
    for (int p = 0; p < kPixels; ++p) StoreRare(layer, block, sums[p], to + p * layer.out_pitch);
    return;
  }
  const ByteRequantizer256 requantizer = block.requantizer;
  const __m256i low = _mm256_set1_epi8(static_cast<char>(layer.low));
  const __m256i high = _mm256_set1_epi8(static_cast<char>(layer.high));
  Unroll<(kPixels + 1) / 2>([&](auto pair) {
    constexpr int kFirst = 2 * pair;
    constexpr int kSecond = kFirst + 1 < kPixels ? kFirst + 1 : kFirst;
    const __m256i bytes = _mm256_min_epu8(
        _mm256_max_epu8(
            RequantizeTwo256(requantizer, {acc[kFirst][0], acc[kFirst][1]}, {acc[kSecond][0], acc[kSecond][1]}), low),
        high);
    uint8_t* pixel = to + kFirst * layer.out_pitch;
    _mm_storeu_si128(reinterpret_cast<__m128i*>(pixel), _mm256_castsi256_si128(bytes));
    if constexpr (kSecond != kFirst) {
      _mm_storeu_si128(reinterpret_cast<__m128i*>(pixel + layer.out_pitch), _mm256_extracti128_si256(bytes, 1));
    }
  });
}

// `count` output pixels of one row.
template <typename Products>
void RunRow(const Steps& steps, const uint8_t* columns, int count, uint8_t* to) {
  constexpr int kPixels = 4;
  const int64_t pitch = steps.layer->out_pitch;
  if (count < kPixels) {
    for (int x = 0; x < count; ++x) RunPixels<Products, 1>(steps, columns + x * steps.step, to + x * pitch);
    return;
  }
  // The last ones are computed once more instead of fewer.
  for (int x = 0; x < count; x += kPixels) {
    const int first = Least(x, count - kPixels);
    RunPixels<Products, kPixels>(steps, columns + first * steps.step, to + first * pitch);
  }
}

// One block of channels of the output rows [begin, end).
template <typename Products>
void RunBlock(const DepthwiseLayer& layer, const Plan& plan, const Block& block, int64_t begin, int64_t end) {
  const int reach = (layer.kernel_w - 1) * layer.dilation_w + 1;
  const int most = (kColumnGroups256 / plan.groups - reach) / layer.stride_w + 1;
  const int64_t column = int64_t{plan.groups} * kGroupBytes;
  const bool apart = layer.dilation_w > 1;
  Steps steps = {&layer,
                 &block,
                 nullptr,
                 apart ? layer.kernel_w : 1,
                 apart ? column : column * layer.kernel_w,
                 column * layer.dilation_w,
                 column * layer.stride_w};
  Columns columns;
  uint8_t padding[kLanes];
  std::memset(padding, layer.in_zero_point, sizeof padding);
  for (int64_t unit = begin; unit < end;) {
    const int64_t image = unit / layer.out_h;
    const int64_t y = unit % layer.out_h;
    const int rows = Least(plan.rows, Least(end - unit, layer.out_h - y));
    PointRows(layer, Products::kRows * plan.groups,
              layer.input + image * layer.in_h * layer.in_w * layer.in_pitch + block.first, y, rows, padding, &columns);
    for (int x = 0; x < layer.out_w; x += most) {
      const int count = Least(layer.out_w - x, most);
      FillColumns<Products>(layer, plan, int64_t{x} * layer.stride_w - layer.pad_left,
                            (count - 1) * layer.stride_w + reach, padding, &columns);
      for (int r = 0; r < rows; ++r) {
        steps.weights = block.weights + r * layer.kernel_w * column;
        RunRow<Products>(steps, columns.bytes, count,
                         layer.output + ((unit + r) * layer.out_w + x) * layer.out_pitch + block.first);
      }
    }
    unit += rows;
  }
}

template <typename Products>
void RunDepthwise(const DepthwiseLayer& layer, int64_t begin, int64_t end) {
  Plan plan;
  plan.groups = (layer.kernel_h + Products::kRows - 1) / Products::kRows;
  plan.rows = 1;
  if (layer.stride_h == 1 && layer.dilation_h == 1) {
    plan.rows =
        Least(Products::kRows * plan.groups - layer.kernel_h + 1, kWeightGroups256 / (layer.kernel_w * plan.groups));
  }
  Block block;
  for (int channel = 0; channel < layer.channels; channel += kLanes) {
    // The last lanes are computed once more where they are no whole block.
    block.first = Least(channel, layer.channels - kLanes);
    LoadConstants(layer, &block);
    LoadWeights<Products>(layer, plan, &block);
    RunBlock<Products>(layer, plan, block, begin, end);
  }
  if (layer.table == nullptr) return;
  uint8_t* first = layer.output + begin * layer.out_w * layer.out_pitch;
  const int64_t pixels = (end - begin) * layer.out_w;
  ApplyTableAvx2(layer.table, {first, layer.channels, pixels, layer.out_pitch});
}

}  // namespace
}  // namespace lockstep::kernels
