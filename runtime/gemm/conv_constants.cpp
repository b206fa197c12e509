#include "gemm/conv_constants.h"

#include <algorithm>
#include <cstring>

#include "ops/operator.h"

namespace lockstep::kernels {
namespace {

constexpr int64_t kAlignment = 64;
constexpr int64_t kLargestProduct = int64_t{255} * 127;

constexpr int64_t AlignUp(int64_t value) { return (value + kAlignment - 1) / kAlignment * kAlignment; }

// The scratch of a variant that unpacks: words of a pixel's bytes, or a block's weights with panels of pixels.
int64_t PlacePacked(const ScratchNeeds& needs, ConvGeometry* geometry) {
  ConvGeometry& g = *geometry;
#if defined(LOCKSTEP_KERNELS_NEON)
  const int64_t panel = kPanelPixels * PanelPixelBytes(g);
  const int64_t pixels =
      g.pointwise ? (g.units_together - 1) * kPointwisePixels + needs.pixels : needs.pixels * g.rows_together;
  const int64_t wanted = (std::min(pixels, g.pixels) + kPanelPixels - 1) / kPanelPixels;
  const int64_t panels = std::clamp<int64_t>(wanted, 1, std::max<int64_t>(1, kPanelBytes / panel));
  g.packed_pixels = static_cast<int32_t>(panels * kPanelPixels);
#if defined(LOCKSTEP_KERNELS_NEONDOT)
  const int64_t lines = panel;  // of pixels that become panels
#else
  const int64_t lines = 0;
#endif
  return kBlockChannels * PanelPixelBytes(g) + panels * panel + lines + kRowSlack;
#elif defined(LOCKSTEP_KERNELS_AVX2)
  const int64_t quads = int64_t{g.segments} * g.quads;
  if (needs.kernel != nullptr && needs.kernel->isa != Isa::kAvx2) return quads * 4 * int64_t{sizeof(uint32_t)};
  const int64_t tile_bytes = quads * 4 * kPixelsAvx2 * int64_t{sizeof(uint16_t)};
  const int64_t weight_bytes = quads * kQuadBytes * 2;
  // The phases of a transposed convolution have fewer taps than this one, some of them more tiles and words of weights.
  constexpr int64_t kMostWeightBytes =
      kPackedBytesAvx2 / (2 * 4 * kPixelsAvx2 * int64_t{sizeof(uint16_t)}) * kQuadBytes * 2;
  return std::max(tile_bytes, kPackedBytesAvx2) + std::min(weight_bytes, kMostWeightBytes) + kRowSlack;
#else
  static_cast<void>(needs);
  return int64_t{g.segments} * g.quads * 4 * static_cast<int64_t>(sizeof(uint32_t));
#endif
}

// Most blocks are whole, and theirs is a copy of a known size.
void CopyLanes(const int32_t* from, int32_t count, int32_t* to) {
  if (count == kBlockChannels) {
    std::memcpy(to, from, kBlockChannels * sizeof(*to));
  } else {
    std::copy_n(from, count, to);
  }
}

}  // namespace

void FillBlocks(const ConvGeometry& geometry, const ChannelConstants& channels, bool signed_sums, ConvBlock* blocks) {
  for (int32_t index = 0; index < geometry.groups * geometry.blocks; ++index) {
    ConvBlock& block = blocks[index];
    const int32_t first = index / geometry.blocks * geometry.group_out + index % geometry.blocks * kBlockChannels;
    const int32_t count = std::min(kBlockChannels, geometry.group_out - index % geometry.blocks * kBlockChannels);
    if (count < kBlockChannels || channels.acc_init == nullptr) block = {};
    CopyLanes(channels.multiplier + first, count, block.multiplier);
    if (channels.acc_init != nullptr) CopyLanes(channels.acc_init + first, count, block.acc_init);
    if (signed_sums) {
      for (int32_t i = 0; i < count; ++i) block.acc_init[i] += 128 * channels.weight_sum[first + i];
    }
    const int8_t* shift = channels.shift + first;
    if (count == kBlockChannels) {
      for (int32_t i = 0; i < kBlockChannels; ++i) block.shift[i] = shift[i];
    } else {
      for (int32_t i = 0; i < kBlockChannels; ++i) block.shift[i] = shift[i < count ? i : 0];
    }
  }
}

void OutputTable::Apply(uint8_t* first, int64_t pixels, int64_t channels) const {
  if (table_ == nullptr || in_row_) return;
  if (y_.dtype == joint::DType::U16) {
    ApplyWideTable(table_, StretchesOf(y_, reinterpret_cast<uint16_t*>(first), pixels, channels));
  } else if (waiting_ != nullptr) {
    LookUpBytes(table_, waiting_, StretchesOf(y_, first, pixels, channels));
  } else {
    variant_.apply_table(table_, StretchesOf(y_, first, pixels, channels));
  }
}

void PlaceScratch(const ScratchNeeds& needs, ConvGeometry* geometry) {
  ConvGeometry& g = *geometry;
  // Of one byte of a weight and one of an input.
  g.wide_sums = kLargestProduct * g.segments * g.quads * 4 >= int64_t{1} << 31;
  g.row_stride = AlignUp(int64_t{g.row_pixels} * g.group_in + kRowSlack);
  g.ring_bytes = int64_t{g.ring_rows} * g.groups * g.row_stride;
  const int64_t blocks = needs.parts * g.groups * g.blocks * g.weight_bytes;
  const int64_t lanes = g.wide ? int64_t{g.blocks} * kBlockChannels : 0;
  g.pass_bytes = AlignUp(needs.pixels * lanes * (g.wide_sums ? 8 : 4));
  int64_t end = 0;
  const auto place = [&](int64_t bytes) {
    const int64_t at = end;
    end += AlignUp(bytes);
    return static_cast<size_t>(at);
  };
  place(blocks * static_cast<int64_t>(sizeof(ConvBlock)));
  g.segments_offset = place(g.segments * static_cast<int64_t>(sizeof(const uint8_t*)));
  g.packed_offset = place(std::max(kPackedBytes, PlacePacked(needs, &g)));
  g.ring_offset = place(g.ring_bytes * g.input_bytes);
  g.waiting_offset = place(needs.waiting);
  g.sums_offset = place(g.pass_bytes * g.input_bytes * g.weight_bytes);
  g.lanes_offset = place(3 * lanes * 8);
  g.scratch_bytes = static_cast<uint64_t>(end);
}

}  // namespace lockstep::kernels
