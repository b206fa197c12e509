// vpdpbusd wants four bytes of a channel side by side: they are four rows of a column. 64 lanes, those of 64 channels
// or of 32 or 16 channels of neighbouring output pixels, are interleaved once for each column and serve all windows
// that reach it, of as many output rows as the quad's rows have whole windows for. Most windows of 3x3 have a file of
// their own, depthwise_3x3_avx512.cpp.
//
// Files that are compiled for AVX-512, as this one, must not use inline functions with external linkage: the linker
// might keep its copy of one for a CPU without these instructions.
#include <immintrin.h>

#include "gemm/dot_product_avx512.h"
#include "gemm/unroll.h"
#include "ops/common/byte_table_avx512.h"
#include "ops/depthwise_conv/depthwise_3x3_avx512.h"
#include "ops/depthwise_conv/depthwise_columns_avx512.h"
#include "ops/depthwise_conv/depthwise_finish_avx512.h"

namespace lockstep::kernels {
namespace {

constexpr int kSteps = 4;  // of 64 lanes of outputs, in registers at a time

[[gnu::noinline]] void RequantizeRare(const DepthwiseBlock512& block, const OutputLimits& limits, __m512i* values,
                                      int count) {
  for (int i = 0; i < count; ++i) {
    values[i] = RequantizeProducts512(block.requantizers[i % kVectors], limits, values[i]);
  }
}

// Output pixels in steps of 64 lanes: what does not change from one to the next.
struct Steps {
  const DepthwisePlan* plan;
  const DepthwiseBlock512* block;
  const uint8_t* weights;  // of the output row
  int kernel_w;
  int64_t column;  // bytes of one in DepthwiseColumns512
  int64_t tap;     // from one kernel column to the next
  int64_t step;
  int64_t out_pitch;
};

template <int kCount>
[[gnu::always_inline]] inline void RequantizeSteps(const DepthwiseBlock512& block, __m512i (*acc)[kVectors]) {
  if (block.raised) {
    Unroll<kVectors>(
        [&](auto v) { Unroll<kCount>([&](auto s) { acc[s][v] = _mm512_sllv_epi32(acc[s][v], block.raise[v]); }); });
  }
  RequantizeHighSteps<kCount>(block, acc);
}

// Bytes clamped and looked up.
template <int kCount>
[[gnu::always_inline]] inline void LimitSteps(const DepthwisePlan& plan, __m512i* bytes) {
  if (plan.clamps) {
    const __m512i low = _mm512_set1_epi8(static_cast<char>(plan.limits.low));
    const __m512i high = _mm512_set1_epi8(static_cast<char>(plan.limits.high));
    Unroll<kCount>([&](auto s) { bytes[s] = _mm512_min_epu8(_mm512_max_epu8(bytes[s], low), high); });
  }
  if (plan.table != nullptr) {
    const ByteTable512 table = LoadTable512(plan.table);
    Unroll<kCount>([&](auto s) { bytes[s] = LookUp512(table, bytes[s]); });
  }
}

// The first `pixels` of a step.
[[gnu::always_inline]] inline void StoreStep(const DepthwiseBlock512& block, int64_t pitch, __m512i bytes, int pixels,
                                             uint8_t* to) {
  if (block.stores_together && pixels == block.pixels) {
    _mm512_storeu_si512(to, bytes);
    return;
  }
  if (block.count < block.width) {  // masked stores are slow
    for (int p = 0; p < pixels; ++p) {
      const int lane = p * block.width;
      _mm512_mask_storeu_epi8(to + p * pitch - lane, block.lanes << lane, bytes);
    }
  } else if (block.pixels == 2) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), _mm512_castsi512_si256(bytes));
    if (pixels > 1) _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + pitch), _mm512_extracti64x4_epi64(bytes, 1));
  } else {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm512_castsi512_si128(bytes));
    Unroll<3>([&](auto p) {
      if (pixels <= p + 1) return;
      _mm_storeu_si128(reinterpret_cast<__m128i*>(to + (p + 1) * pitch), _mm512_extracti32x4_epi32(bytes, p + 1));
    });
  }
}

// kCount steps; `pixels` of the last one count.
template <int kCount>
[[gnu::noinline]] void RunSteps(const Steps& steps, const uint8_t* columns, int pixels, uint8_t* to) {
  const DepthwisePlan& plan = *steps.plan;
  const DepthwiseBlock512& block = *steps.block;
  const int64_t step = steps.step;
  __m512i acc[kCount][kVectors];
  Unroll<kCount>([&](auto s) { Unroll<kVectors>([&](auto v) { acc[s][v] = block.start[v]; }); });
  const uint8_t* weights = steps.weights;
  for (int kx = steps.kernel_w; kx != 0; --kx, columns += steps.tap) {
    for (const uint8_t* quad = columns; quad != columns + steps.column; quad += kQuadBytes, weights += kQuadBytes) {
      __m512i w[kVectors];
      Unroll<kVectors>([&](auto v) { w[v] = _mm512_load_si512(weights + 64 * v); });
      Unroll<kCount>([&](auto s) {
        Unroll<kVectors>(
            [&](auto v) { acc[s][v] = DotProduct(acc[s][v], _mm512_load_si512(quad + s * step + 64 * v), w[v]); });
      });
    }
  }
  if (block.high_words) {
    RequantizeSteps<kCount>(block, acc);
  } else {
    __m512i values[kCount * kVectors];
    Unroll<kCount>([&](auto s) { Unroll<kVectors>([&](auto v) { values[s * kVectors + v] = acc[s][v]; }); });
    RequantizeRare(block, plan.limits, values, kCount * kVectors);
    Unroll<kCount>([&](auto s) { Unroll<kVectors>([&](auto v) { acc[s][v] = values[s * kVectors + v]; }); });
  }
  __m512i bytes[kCount];
  Unroll<kCount>([&](auto s) { bytes[s] = PackStep(acc[s]); });
  LimitSteps<kCount>(plan, bytes);
  Unroll<kCount>([&](auto s) {
    StoreStep(block, steps.out_pitch, bytes[s], s + 1 == kCount ? pixels : block.pixels,
              to + s * block.pixels * steps.out_pitch);
  });
}

// `count` output pixels of one row.
void RunRow(const Steps& steps, const uint8_t* columns, int count, uint8_t* to) {
  const int width = steps.block->pixels;
  int left = (count + width - 1) / width;
  const int last = count - (left - 1) * width;
  while (left > 0) {
    const int taken = left >= kSteps ? kSteps : (left >= 2 ? 2 : 1);
    const int pixels = left == taken ? last : width;
    if (taken == kSteps) {
      RunSteps<kSteps>(steps, columns, pixels, to);
    } else if (taken == 2) {
      RunSteps<2>(steps, columns, pixels, to);
    } else {
      RunSteps<1>(steps, columns, pixels, to);
    }
    columns += taken * steps.step;
    to += taken * width * steps.out_pitch;
    left -= taken;
  }
}

// The input rows of output rows y .. y + rows of an image.
void PointRows(const DepthwiseLayer& layer, const DepthwisePlan& plan, const uint8_t* image, int64_t y, int rows,
               const uint8_t* padding, DepthwiseColumns512* columns) {
  for (int slot = 0; slot < 4 * plan.quads; ++slot) {
    const int64_t row = y * layer.stride_h - layer.pad_top + int64_t{slot} * layer.dilation_h;
    const bool inside = row >= 0 && row < layer.in_h && slot < layer.kernel_h + rows - 1;
    columns->rows[slot] = inside ? DepthwiseInputRow{image + row * layer.in_w * layer.in_pitch, layer.in_pitch}
                                 : DepthwiseInputRow{padding, 0};
  }
}

// One block of channels of the output rows [begin, end).
void RunBlock(const DepthwiseLayer& layer, const DepthwisePlan& plan, const DepthwiseBlock512& block, int64_t begin,
              int64_t end) {
  const int reach = (layer.kernel_w - 1) * layer.dilation_w + 1;
  const int advance = block.pixels * layer.stride_w;
  int most = (kColumnQuads512 / plan.quads - reach) / advance + 1;
  if (most > kSteps) most -= most % kSteps;
  const int64_t column = int64_t{plan.quads} * kQuadBytes;
  Steps steps = {&plan,          &block, nullptr, layer.kernel_w, column, column * layer.dilation_w, column * advance,
                 layer.out_pitch};
  DepthwiseColumns512 columns;
  alignas(64) uint8_t padding[kLanes];
  _mm512_store_si512(padding, _mm512_set1_epi8(static_cast<char>(layer.in_zero_point)));
  const bool is_3x3 = Is3x3Block512(layer, plan, block);
  for (int64_t unit = begin; unit < end;) {
    const int64_t image = unit / layer.out_h;
    const int64_t y = unit % layer.out_h;
    const int rows = Least(plan.rows, Least(end - unit, layer.out_h - y));
    PointRows(layer, plan, layer.input + image * layer.in_h * layer.in_w * layer.in_pitch + block.first, y, rows,
              padding, &columns);
    uint8_t* to = layer.output + unit * layer.out_w * layer.out_pitch + block.first;
    unit += rows;
    if (is_3x3) {
      Run3x3Block512(layer, plan, block, rows, columns.rows, to);
      continue;
    }
    for (int x = 0; x < layer.out_w; x += most * block.pixels) {
      const int count = Least(layer.out_w - x, most * block.pixels);
      const int used = (count + block.pixels - 1) / block.pixels;
      FillDepthwiseColumns(layer, plan, block, int64_t{x} * layer.stride_w - layer.pad_left,
                           (used - 1) * advance + reach, &columns);
      for (int r = 0; r < rows; ++r) {
        steps.weights = block.weights + r * layer.kernel_w * column;
        RunRow(steps, columns.bytes, count, to + (int64_t{r} * layer.out_w + x) * layer.out_pitch);
      }
    }
  }
}

}  // namespace

void depthwise_rows_u8s8_avx512vnni(const DepthwiseLayer& layer, int64_t begin, int64_t end) {
  DepthwisePlan plan;
  plan.limits = {layer.zero_point, layer.low, layer.high};
  plan.clamps = layer.low > 0 || layer.high < 255;
  plan.quads = (layer.kernel_h + 3) / 4;
  plan.rows = 1;
  if (layer.stride_h == 1 && layer.dilation_h == 1) {
    plan.rows = Least(4 * plan.quads - layer.kernel_h + 1, kWeightQuads512 / (layer.kernel_w * plan.quads));
  }
  plan.table = layer.table;
  DepthwiseBlock512 block;
  for (block.first = layer.first_channel; block.first < layer.last_channel; block.first += block.count) {
    const int rest = layer.last_channel - block.first;
    // 64 lanes for up to 64 channels, two pixels for up to 32, four for up to 16; what is between takes two blocks.
    block.width = rest > 48 ? 64 : (rest > 16 ? 32 : 16);
    block.pixels = kLanes / block.width;
    block.count = Least(rest, block.width);
    block.lanes = block.count == kLanes ? ~LaneMask{0} : (LaneMask{1} << block.count) - 1;
    const bool whole = block.count == block.width;
    block.loads_together = block.pixels == 1 || (whole && layer.stride_w == 1 && layer.in_pitch == block.width);
    block.stores_together = whole && (block.pixels == 1 || layer.out_pitch == block.width);
    LoadDepthwiseConstants(layer, &block);
    LoadDepthwiseWeights(layer, plan, &block);
    RunBlock(layer, plan, block, begin, end);
  }
}

}  // namespace lockstep::kernels
