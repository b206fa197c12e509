// dotp_s.h and dpadd_s.w add four neighbouring products of bytes: they are four rows of a column here. The columns of
// 16 channels are interleaved once, four rows deep, and serve every window that reaches them.
#include <cstddef>
#include <cstring>

#include "arithmetic/requantize_msa.h"
#include "gemm/unroll.h"
#include "ops/common/byte_table_msa.h"
#include "ops/depthwise_conv/depthwise_rows.h"

namespace lockstep::kernels {
namespace {

using msa::kLanes;
using msa::kVectorBytes;
using msa::kVectors;

constexpr int kChannels = 16;
constexpr int kRows = 4;  // in a quad
constexpr int kQuadBytes = kChannels * kRows;
constexpr int kSide = 3;  // of the kernel whose weights have registers

// 16 channels.
struct Block {
  int32_t first, count;
  bool vectors;  // of sums can be requantised
  int32_t start[kChannels], multiplier[kChannels], shift[kChannels];
  int32_t raise[kChannels];  // bits that sums are shifted to the left first, for shifts below 1
  bool raised;
  int8_t weights[kWeightQuadsMsa * kQuadBytes];  // [kx][quad][channel][row]
};

int32_t Quads(const DepthwiseLayer& layer) { return (layer.kernel_h + kRows - 1) / kRows; }

void FillBlock(const DepthwiseLayer& layer, int32_t first, Block* block) {
  const int32_t quads = Quads(layer);
  block->first = first;
  block->count = layer.channels - first < kChannels ? layer.channels - first : kChannels;
  block->vectors = true;
  block->raised = false;
  std::memset(block->weights, 0, sizeof block->weights);
  for (int32_t i = 0; i < kChannels; ++i) {
    const int32_t c = first + (i < block->count ? i : 0);
    int32_t sum = 0;
    int64_t most = 0;
    for (int32_t ky = 0; ky < layer.kernel_h; ++ky) {
      for (int32_t kx = 0; kx < layer.kernel_w; ++kx) {
        const int8_t w = layer.weights[static_cast<ptrdiff_t>(ky * layer.kernel_w + kx) * layer.channels + c];
        block->weights[(kx * quads + ky / kRows) * kQuadBytes + i * kRows + ky % kRows] = w;
        sum += w;
        most += w < 0 ? -w : w;
      }
    }
    block->start[i] = layer.acc_init[c] + 128 * sum;
    block->multiplier[i] = layer.multiplier[c];
    const int32_t shift = layer.shift[c];
    block->raise[i] = shift < 1 ? 1 - shift : 0;
    block->shift[i] = shift < 1 ? 1 : shift;
    most = 128 * most + (block->start[i] < 0 ? -int64_t{block->start[i]} : block->start[i]);
    if (shift >= 1) continue;
    block->raised = true;
    block->vectors = block->vectors && most << block->raise[i] < int64_t{1} << 31;
  }
}

// Rows and pixels outside are the zero point; a row outside is a null pointer.
v16i8 LoadPixel(const DepthwiseLayer& layer, const Block& block, const uint8_t* row, int32_t column, v16i8 outside) {
  if (row == nullptr || column < 0 || column >= layer.in_w) return outside;
  const uint8_t* from = row + column * static_cast<ptrdiff_t>(layer.in_pitch);
  if (block.count == kChannels) return msa::Load(from);
  uint8_t bytes[kVectorBytes] = {};
  std::memcpy(bytes, from, static_cast<size_t>(block.count));
  return msa::Load(bytes);
}

[[gnu::always_inline]] inline void Interleave(const v16i8 (&rows)[kRows], int8_t* to) {
  v16i8 x[kRows];
  Unroll<kRows>([&](auto i) { x[i] = reinterpret_cast<v16i8>(__msa_xori_b(reinterpret_cast<v16u8>(rows[i]), 128)); });
  const auto first_low = reinterpret_cast<v8i16>(__msa_ilvr_b(x[1], x[0]));
  const auto first_high = reinterpret_cast<v8i16>(__msa_ilvl_b(x[1], x[0]));
  const auto second_low = reinterpret_cast<v8i16>(__msa_ilvr_b(x[3], x[2]));
  const auto second_high = reinterpret_cast<v8i16>(__msa_ilvl_b(x[3], x[2]));
  __msa_st_h(__msa_ilvr_h(second_low, first_low), to, 0);
  __msa_st_h(__msa_ilvl_h(second_low, first_low), to, kVectorBytes);
  __msa_st_h(__msa_ilvr_h(second_high, first_high), to, 2 * kVectorBytes);
  __msa_st_h(__msa_ilvl_h(second_high, first_high), to, 3 * kVectorBytes);
}

// Columns [first, first + count) of a quad's rows; `step` bytes from one to the next.
void InterleaveColumns(const DepthwiseLayer& layer, const Block& block, const uint8_t* const (&rows)[kRows],
                       int32_t first, int32_t count, int8_t* to, ptrdiff_t step) {
  const v16i8 outside = __msa_fill_b(layer.in_zero_point);
  const auto pitch = static_cast<ptrdiff_t>(layer.in_pitch);
  const int32_t end = first + count;
  for (int32_t column = first; column < end; to += step) {
    v16i8 x[kRows];
    const bool inner = column >= 0 && column < layer.in_w && block.count == kChannels;
    if (!inner || rows[0] == nullptr || rows[1] == nullptr || rows[2] == nullptr) {
      Unroll<kRows>([&](auto i) { x[i] = LoadPixel(layer, block, rows[i], column, outside); });
      Interleave(x, to);
      ++column;
      continue;
    }
    const ptrdiff_t at = column * pitch;
    Unroll<kRows - 1>([&](auto i) { x[i] = msa::Load(rows[i] + at); });
    x[kRows - 1] = rows[kRows - 1] != nullptr ? msa::Load(rows[kRows - 1] + at) : outside;
    Interleave(x, to);
    ++column;
  }
}

struct Sums {
  v4i32 value[kVectors];
};

[[gnu::always_inline]] inline void MultiplyAdd(v16i8 x, v16i8 w, v4i32& sum) {
  sum = __msa_dpadd_s_w(sum, __msa_dotp_s_h(x, w), __msa_ldi_h(1));
}

[[gnu::always_inline]] inline void Finish(const msa::Limits& limits, const Block& block, const Sums& sums,
                                          uint8_t* to) {
  v4i32 values[kVectors];
  if (block.vectors) {
    Unroll<kVectors>([&](auto v) {
      v4i32 sum = sums.value[v];
      if (block.raised) sum = __msa_sll_w(sum, msa::LoadWords(block.raise + v * kLanes));
      values[v] = msa::Requantize(limits, sum, msa::LoadWords(block.multiplier + v * kLanes),
                                  msa::LoadWords(block.shift + v * kLanes));
    });
  } else {
    int32_t shift[kChannels];
    for (int i = 0; i < kChannels; ++i) shift[i] = block.shift[i] - block.raise[i];
    for (int v = 0; v < kVectors; ++v) {
      values[v] = msa::RequantizeLanes(limits, sums.value[v], block.multiplier + v * kLanes, shift + v * kLanes);
    }
  }
  const v16i8 bytes = msa::PackBytes(limits, values);
  if (block.count == kChannels) {
    __msa_st_b(bytes, to, 0);
  } else {
    std::memcpy(to, &bytes, static_cast<size_t>(block.count));
  }
}

struct Outputs {
  const int8_t* columns;     // of the first window
  ptrdiff_t step, tap_step;  // bytes from one window, or tap, to the next
  int32_t count;
  uint8_t* to;
  ptrdiff_t to_step;
};

void Run3x3(const Outputs& outputs, const msa::Limits& limits, const Block& block) {
  v16i8 w[kSide][kVectors];
  Unroll<kSide>([&](auto kx) {
    Unroll<kVectors>([&](auto v) { w[kx][v] = msa::Load(block.weights + kx * kQuadBytes + v * kVectorBytes); });
  });
  const int8_t* columns = outputs.columns;
  uint8_t* to = outputs.to;
  for (int32_t left = outputs.count; left > 0; --left, columns += outputs.step, to += outputs.to_step) {
    Sums sums;
    Unroll<kVectors>([&](auto v) { sums.value[v] = msa::LoadWords(block.start + v * kLanes); });
    const int8_t* column = columns;
    Unroll<kSide>([&](auto kx) {
      Unroll<kVectors>([&](auto v) { MultiplyAdd(msa::Load(column + v * kVectorBytes), w[kx][v], sums.value[v]); });
      column += outputs.tap_step;
    });
    Finish(limits, block, sums, to);
  }
}

void RunAny(const DepthwiseLayer& layer, const Outputs& outputs, const msa::Limits& limits, const Block& block) {
  const int32_t quads = Quads(layer);
  const int8_t* columns = outputs.columns;
  uint8_t* to = outputs.to;
  for (int32_t left = outputs.count; left > 0; --left, columns += outputs.step, to += outputs.to_step) {
    Sums sums;
    Unroll<kVectors>([&](auto v) { sums.value[v] = msa::LoadWords(block.start + v * kLanes); });
    const int8_t* column = columns;
    const int8_t* w = block.weights;
    for (int32_t kx = 0; kx < layer.kernel_w; ++kx, column += outputs.tap_step) {
      for (int32_t quad = 0; quad < quads; ++quad, w += kQuadBytes) {
        const int8_t* x = column + quad * kQuadBytes;
        Unroll<kVectors>([&](auto v) {
          MultiplyAdd(msa::Load(x + v * kVectorBytes), msa::Load(w + v * kVectorBytes), sums.value[v]);
        });
      }
    }
    Finish(limits, block, sums, to);
  }
}

void RunRow(const DepthwiseLayer& layer, const Block& block, int64_t unit) {
  alignas(kVectorBytes) int8_t columns[kColumnQuadsMsa * kQuadBytes];
  const int32_t quads = Quads(layer);
  const ptrdiff_t column_bytes = quads * kQuadBytes;
  const int32_t span = (layer.kernel_w - 1) * layer.dilation_w + 1;
  const int32_t piece = (kColumnQuadsMsa / quads - span) / layer.stride_w + 1;
  const int64_t image = unit / layer.out_h;
  const int64_t top = unit % layer.out_h * layer.stride_h - layer.pad_top;
  const msa::Limits limits(layer.zero_point, layer.low, layer.high);
  for (int32_t first = 0; first < layer.out_w; first += piece) {
    const int32_t count = layer.out_w - first < piece ? layer.out_w - first : piece;
    for (int32_t quad = 0; quad < quads; ++quad) {
      const uint8_t* rows[kRows];
      for (int32_t i = 0; i < kRows; ++i) {
        const int32_t ky = quad * kRows + i;
        const int64_t row = top + int64_t{ky} * layer.dilation_h;
        const bool inside = ky < layer.kernel_h && row >= 0 && row < layer.in_h;
        const int64_t pixel = (image * layer.in_h + row) * layer.in_w;
        rows[i] = inside ? layer.input + pixel * layer.in_pitch + block.first : nullptr;
      }
      InterleaveColumns(layer, block, rows, first * layer.stride_w - layer.pad_left,
                        (count - 1) * layer.stride_w + span, columns + quad * kQuadBytes, column_bytes);
    }
    const Outputs outputs = {columns,
                             layer.stride_w * column_bytes,
                             layer.dilation_w * column_bytes,
                             count,
                             layer.output + (unit * layer.out_w + first) * layer.out_pitch + block.first,
                             static_cast<ptrdiff_t>(layer.out_pitch)};
    if (quads == 1 && layer.kernel_w == kSide) {
      Run3x3(outputs, limits, block);
    } else {
      RunAny(layer, outputs, limits, block);
    }
  }
}

}  // namespace

void depthwise_rows_u8s8_msa(const DepthwiseLayer& layer, int64_t begin, int64_t end) {
  for (int32_t channel = 0; channel < layer.channels; channel += kChannels) {
    Block block;
    // The last one takes up channels that it shares with the one before.
    const int32_t last = layer.channels - kChannels;
    FillBlock(layer, last >= 0 && channel > last ? last : channel, &block);
    for (int64_t unit = begin; unit < end; ++unit) RunRow(layer, block, unit);
  }
  if (layer.table == nullptr) return;
  for (int64_t unit = begin; unit < end; ++unit) {
    uint8_t* y = layer.output + unit * layer.out_w * layer.out_pitch;
    ApplyTableMsa(layer.table, {y, layer.channels, layer.out_w, layer.out_pitch});
  }
}

}  // namespace lockstep::kernels
