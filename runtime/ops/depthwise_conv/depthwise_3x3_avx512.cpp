// Windows of 3x3 of 64 lanes, which is 64 channels of one output pixel or 32 of two neighbours: a step's three columns
// stay in registers for all windows that read them. depthwise_rows_u8s8_avx512vnni.cpp has the others, and says what
// interleaving is.
#include "ops/depthwise_conv/depthwise_3x3_avx512.h"

#include <immintrin.h>

#include "gemm/dot_product_avx512.h"
#include "gemm/unroll.h"
#include "ops/common/byte_table_avx512.h"
#include "ops/depthwise_conv/depthwise_finish_avx512.h"

namespace lockstep::kernels {
namespace {

constexpr int kColumns = 3;

// Input rows of one output row's windows or of two rows', at the column of a step's first pixel that is loaded next.
// What lies beyond the image is not read.
template <int kPixels, int kStride, int kLines>
struct ColumnReader {
  const uint8_t* from[kLines];
  int64_t pitch[kLines];
  int64_t x, width;
  __m512i padding;

  [[gnu::always_inline]] ColumnReader(const DepthwiseLayer& layer, const DepthwiseInputRow* inputs)
      : x(-layer.pad_left), width(layer.in_w), padding(_mm512_set1_epi8(static_cast<char>(layer.in_zero_point))) {
    Unroll<kLines>([&](auto i) {
      pitch[i] = inputs[i].pitch;
      from[i] = inputs[i].pixels + x * pitch[i];
    });
  }

  [[gnu::always_inline]] bool IsInside(int64_t column) const {
    return static_cast<uint64_t>(column) < static_cast<uint64_t>(width);
  }

  [[gnu::always_inline]] void Load(__m512i* lines) const {
    if constexpr (kPixels == 1) {
      Unroll<kLines>([&](auto i) { lines[i] = _mm512_loadu_si512(from[i]); });
    } else {
      Unroll<kLines>([&](auto i) {
        const __m256i first = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from[i]));
        const __m256i second = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from[i] + kStride * pitch[i]));
        lines[i] = _mm512_inserti64x4(_mm512_castsi256_si512(first), second, 1);
      });
    }
  }

  // With the one pixel of two that lies inside, or none.
  [[gnu::always_inline]] void LoadBorder(__m512i* lines) const {
    Unroll<kLines>([&](auto i) { lines[i] = padding; });
    if constexpr (kPixels == 2) {
      Unroll<kPixels>([&](auto p) {
        if (!IsInside(x + p * kStride)) return;
        Unroll<kLines>([&](auto i) {
          const auto* pixel = reinterpret_cast<const __m256i*>(from[i] + p * kStride * pitch[i]);
          lines[i] = _mm512_inserti64x4(lines[i], _mm256_loadu_si256(pixel), p);
        });
      });
    }
  }

  [[gnu::always_inline]] void Next(__m512i* column) {
    __m512i lines[4];
    if (IsInside(x) && IsInside(x + (kPixels - 1) * kStride)) {
      Load(lines);
    } else {
      LoadBorder(lines);
    }
    if constexpr (kLines == 3) lines[3] = lines[2];  // weights are 0
    InterleaveRows(lines, column);
    Skip(1);
  }

  [[gnu::always_inline]] void Skip(int64_t count) {
    x += count;
    Unroll<kLines>([&](auto i) { from[i] += count * pitch[i]; });
  }
};

// All pixels of kRows output rows.
template <int kPixels, int kStride, int kRows>
[[gnu::noinline]] void RunRows(const DepthwiseLayer& layer, const DepthwiseBlock512& block,
                               const DepthwiseInputRow* inputs, uint8_t* to) {
  constexpr int kAdvance = kPixels * kStride;
  constexpr int kKept = kAdvance < kColumns ? kColumns - kAdvance : 0;  // columns that the next step reads again
  const int64_t pitch = layer.out_pitch;
  const int64_t row_step = layer.out_w * pitch;
  ColumnReader<kPixels, kStride, kRows + 2> reader(layer, inputs);
  __m512i column[kColumns][kVectors];
  if constexpr (kKept > 0) Unroll<kKept>([&](auto c) { reader.Next(column[c]); });
  for (int left = layer.out_w; left > 0; left -= kPixels) {
    Unroll<kColumns - kKept>([&](auto c) { reader.Next(column[kKept + c]); });
    if constexpr (kAdvance > kColumns) reader.Skip(kAdvance - kColumns);
    __m512i acc[kRows][kVectors];
    Unroll<kRows>([&](auto r) { Unroll<kVectors>([&](auto v) { acc[r][v] = block.start[v]; }); });
    Unroll<kColumns>([&](auto c) {
      Unroll<kRows>([&](auto r) {
        Unroll<kVectors>([&](auto v) {
          const __m512i w = _mm512_load_si512(block.weights + (r * kColumns + c) * kQuadBytes + 64 * v);
          acc[r][v] = DotProduct(acc[r][v], column[c][v], w);
        });
      });
    });
    RequantizeHighSteps<kRows>(block, acc);
    Unroll<kRows>([&](auto r) {
      const __m512i bytes = PackStep(acc[r]);
      uint8_t* place = to + r * row_step;
      if constexpr (kPixels == 1) {
        _mm512_storeu_si512(place, bytes);
      } else {
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(place), _mm512_castsi512_si256(bytes));
        if (left == 1) return;
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(place + pitch), _mm512_extracti64x4_epi64(bytes, 1));
      }
    });
    to += kPixels * pitch;
    if constexpr (kKept > 0) {
      Unroll<kKept>([&](auto c) { Unroll<kVectors>([&](auto v) { column[c][v] = column[kColumns - kKept + c][v]; }); });
    }
  }
}

template <int kPixels>
void Run(const DepthwiseLayer& layer, const DepthwiseBlock512& block, int rows, const DepthwiseInputRow* inputs,
         uint8_t* to) {
  if (layer.stride_w == 2) return RunRows<kPixels, 2, 1>(layer, block, inputs, to);
  if (rows == 2) return RunRows<kPixels, 1, 2>(layer, block, inputs, to);
  RunRows<kPixels, 1, 1>(layer, block, inputs, to);
}

// Clamps and table of a row's bytes, which are still in the first-level cache.
template <int kPixels>
[[gnu::noinline]] void LimitRow(const DepthwiseLayer& layer, const DepthwisePlan& plan, uint8_t* to) {
  const __m512i low = _mm512_set1_epi8(static_cast<char>(plan.limits.low));
  const __m512i high = _mm512_set1_epi8(static_cast<char>(plan.limits.high));
  const int64_t pitch = layer.out_pitch;
  const int count = layer.out_w;
  const auto run = [&](auto change) {  // its constants are in registers: stores may alias all that is in memory
    for (int x = 0; x < count; ++x, to += pitch) {
      if constexpr (kPixels == 1) {
        _mm512_storeu_si512(to, change(_mm512_loadu_si512(to)));
      } else {
        auto* pixel = reinterpret_cast<__m256i*>(to);
        _mm256_storeu_si256(pixel, _mm512_castsi512_si256(change(_mm512_castsi256_si512(_mm256_loadu_si256(pixel)))));
      }
    }
  };
  const auto clamp = [&](__m512i bytes) { return _mm512_min_epu8(_mm512_max_epu8(bytes, low), high); };
  if (plan.table == nullptr) return run(clamp);
  const ByteTable512 table = LoadTable512(plan.table);
  run([&](__m512i bytes) { return LookUp512(table, clamp(bytes)); });
}

template <int kPixels>
void RunBlock(const DepthwiseLayer& layer, const DepthwisePlan& plan, const DepthwiseBlock512& block, int rows,
              const DepthwiseInputRow* inputs, uint8_t* to) {
  Run<kPixels>(layer, block, rows, inputs, to);
  if (!plan.clamps && plan.table == nullptr) return;
  for (int r = 0; r < rows; ++r) LimitRow<kPixels>(layer, plan, to + int64_t{r} * layer.out_w * layer.out_pitch);
}

}  // namespace

bool Is3x3Block512(const DepthwiseLayer& layer, const DepthwisePlan& plan, const DepthwiseBlock512& block) {
  return layer.kernel_h == 3 && layer.kernel_w == kColumns && layer.dilation_w == 1 && layer.stride_w <= 2 &&
         (plan.rows == 1 || layer.stride_w == 1) && block.count == block.width && block.pixels <= 2 &&
         block.high_words && !block.raised;
}

void Run3x3Block512(const DepthwiseLayer& layer, const DepthwisePlan& plan, const DepthwiseBlock512& block, int rows,
                    const DepthwiseInputRow* inputs, uint8_t* to) {
  if (block.pixels == 1) return RunBlock<1>(layer, plan, block, rows, inputs, to);
  RunBlock<2>(layer, plan, block, rows, inputs, to);
}

}  // namespace lockstep::kernels
