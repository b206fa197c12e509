// 3x3 convolutions with stride 1 by Winograd's transformations.
#include <algorithm>
#include <cstdlib>

#include "gemm/winograd_tiles.h"
#include "ops/common/byte_table.h"
#if defined(LOCKSTEP_KERNELS_MSA)
#include "ops/common/byte_table_msa.h"
#endif
#if defined(LOCKSTEP_KERNELS_NEON)
#include "ops/common/byte_table_neon.h"
#endif
#include "ops/conv/conv.h"

namespace lockstep::kernels {

#if defined(LOCKSTEP_KERNELS_WINOGRAD)
namespace {

constexpr int32_t kKernel = 3;
#if defined(LOCKSTEP_KERNELS_MSA)
constexpr int32_t kChannelStep = 16;
#else
constexpr int32_t kChannelStep = 8;
#endif
constexpr int32_t kFewestChannels = 16;
constexpr uint32_t kByteEntries = 256;
// 64 times a sum of x - 128 times weights of this sum of absolute values fits into 32 bits.
constexpr int64_t kLargestWeights = (int64_t{1} << 31) / 64 / 128 - 1;

// Of an image.
int64_t TilesOf(int32_t out_h, int32_t out_w) {
  return int64_t{(out_h + kWinogradTile - 1) / kWinogradTile} * ((out_w + kWinogradTile - 1) / kWinogradTile);
}

// The largest sum of a channel's absolute weights; 0 if they are too few for more than kLargestWeights.
int64_t LargestWeights(const TensorView& weights) {
  const int64_t depth = int64_t{kKernel} * kKernel * weights.shape[3];
  if (depth * 127 <= kLargestWeights) return 0;
  const auto* from = reinterpret_cast<const int8_t*>(weights.data);
  int64_t largest = 0;
  for (int32_t block = 0; block * kBlockChannels < weights.shape[0]; ++block, from += depth * kBlockChannels) {
    int32_t sums[kBlockChannels] = {};
    for (int64_t quad = 0; quad < depth / 4; ++quad) {
      for (int64_t i = 0; i < kQuadBytes; ++i) sums[i / 4] += std::abs(from[quad * kQuadBytes + i]);
    }
    largest = std::max<int64_t>(largest, *std::max_element(sums, sums + kBlockChannels));
  }
  return largest;
}

void RunRange(const LayerArgs& args, const ConvGeometry& geometry, const ConvRange& range, uint8_t* scratch,
              RunWinograd* run, ApplyTableFunction* apply_table) {
  const joint::Conv& options = *args.layer->options_as_Conv();
  const TensorView& x = args.inputs[0];
  const TensorView& y = args.outputs[0];
  const ConvChannels channels = ChannelsOf(geometry, range);
  WinogradLayer layer{};
  layer.input = x.data;
  layer.in_pitch = x.pitch;
  layer.in_h = x.shape[1];
  layer.in_w = x.shape[2];
  layer.in_c = x.shape[3];
  layer.in_zero_point = x.zero_point;
  layer.output = y.data + channels.first;
  layer.out_pitch = y.pitch;
  layer.out_h = y.shape[1];
  layer.out_w = y.shape[2];
  layer.out_c = channels.count;
  layer.pad_top = options.pad_top();
  layer.pad_left = options.pad_left();
  layer.weights = reinterpret_cast<const int8_t*>(args.inputs[1].data) +
                  int64_t{channels.first_block} * kKernel * kKernel * layer.in_c * kBlockChannels;
  layer.acc_init = options.acc_init()->data() + channels.first;
  layer.weight_sum = options.weight_sum()->data() + channels.first;
  layer.multiplier = options.multiplier()->data() + channels.first;
  layer.shift = options.shift()->data() + channels.first;
  layer.short_shifts = *std::min_element(layer.shift, layer.shift + layer.out_c) >= 1;
  layer.zero_point = options.mid_zero_point();
  layer.low = options.clamp_low();
  layer.high = options.clamp_high();
  for (int64_t row = range.begin; row < range.end;) {
    const int64_t image = row / layer.out_h;
    const int64_t next = std::min(range.end, (image + 1) * layer.out_h);
    run(layer, image, static_cast<int32_t>(row - image * layer.out_h), static_cast<int32_t>(next - image * layer.out_h),
        scratch);
    row = next;
  }
  if (options.table() == nullptr) return;
  apply_table(options.table()->data(), StretchesOf(y, layer.output + range.begin * layer.out_w * y.pitch,
                                                   (range.end - range.begin) * layer.out_w, channels.count));
}

void RunLayer(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch, RunWinograd* run,
              ApplyTableFunction* apply_table) {
  const ConvGeometry geometry = DescribeConv(args);
  ForEachRange(geometry, begin, end,
               [&](const ConvRange& range) { RunRange(args, geometry, range, scratch, run, apply_table); });
}

}  // namespace

WinogradScratch WinogradScratchOf(int32_t in_c, int32_t out_h, int32_t out_w) {
  constexpr int64_t kInputBytes = 160 << 10;
  constexpr int64_t kFewestTiles = 16;  // or the weights' transformation takes too large a part
  constexpr int64_t kMostTiles = 32;
  const auto aligned = [](int64_t bytes) { return (bytes + 63) / 64 * 64; };
  WinogradScratch plan{};
  const int64_t fit = kInputBytes / (kPositions * in_c * int64_t{sizeof(int16_t)});
  const int64_t tiles = std::min(TilesOf(out_h, out_w), std::clamp(fit, kFewestTiles, kMostTiles));
  plan.tiles = (tiles + kTileGroup - 1) / kTileGroup * kTileGroup;
  plan.weights = aligned(kPositions * plan.tiles * in_c * int64_t{sizeof(int16_t)});
  plan.products = plan.weights + aligned(kPositions * kWeightStep * int64_t{sizeof(int16_t)});
  plan.padding = plan.products + aligned(kPositions * plan.tiles * kBlockChannels * int64_t{sizeof(int32_t)});
  plan.end = plan.padding + aligned(in_c);
  return plan;
}

bool AcceptsWinograd(const LayerArgs& args) {
  if (!AcceptsConv32(args)) return false;
  const ConvGeometry g = DescribeConv(args);
  const auto* table = args.layer->options_as_Conv()->table();
  const bool plain = g.kernel_h == kKernel && g.kernel_w == kKernel && g.stride_h == 1 && g.stride_w == 1 &&
                     g.dilation_h == 1 && g.dilation_w == 1 && g.groups == 1;
  return plain && g.in_c % kChannelStep == 0 && g.in_c >= kFewestChannels && g.out_c >= kFewestChannels &&
         TilesOf(g.out_h, g.out_w) >= kTileGroup && args.outputs[0].dtype == joint::DType::U8 &&
         (table == nullptr || table->size() == kByteEntries) && LargestWeights(args.inputs[1]) <= kLargestWeights;
}
#endif

#if defined(LOCKSTEP_KERNELS_NEON)
void conv_winograd_u8s8_neon(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch) {
  RunLayer(args, begin, end, scratch, winograd_u8s8_neon, ApplyTableNeon);
}
#endif

#if defined(LOCKSTEP_KERNELS_MSA)
void conv_winograd_u8s8_msa(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch) {
  RunLayer(args, begin, end, scratch, winograd_u8s8_msa, ApplyTableMsa);
}
#endif

}  // namespace lockstep::kernels
