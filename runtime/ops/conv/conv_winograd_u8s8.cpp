// 3x3 convolutions with stride 1, on ARM 2 as well, by Winograd's transformations.
#include <algorithm>

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
constexpr int32_t kMostStride = 1;
constexpr WinogradFits* kFits = winograd_fits_msa;
#elif defined(LOCKSTEP_KERNELS_AVX2)
constexpr int32_t kChannelStep = 16;
constexpr int32_t kMostStride = 1;
constexpr WinogradFits* kFits = winograd_fits_avx2;
#else
constexpr int32_t kChannelStep = 8;
constexpr int32_t kMostStride = 2;
constexpr WinogradFits* kFits = winograd_fits_neon;
#endif
constexpr int32_t kFewestChannels = 16;
constexpr int64_t kFewestWidePixels = 40;  // with stride 2, where it gains less
constexpr uint32_t kByteEntries = 256;

// Of an image.
int64_t TilesOf(int32_t out_h, int32_t out_w) {
  return int64_t{(out_h + kWinogradTile - 1) / kWinogradTile} * ((out_w + kWinogradTile - 1) / kWinogradTile);
}

// Tiles of a unit: what is left of a group at the end of a thread's share takes no longer for it.
constexpr int64_t kUnitTiles = 2;
int64_t UnitsOf(int64_t tiles) { return (tiles + kUnitTiles - 1) / kUnitTiles; }

bool HasSmallSums(const joint::Conv& options, const TensorView& weights) {
  const int64_t block_bytes = int64_t{kKernel} * kKernel * weights.shape[3] * kBlockChannels;
  const auto* from = reinterpret_cast<const int8_t*>(weights.data);
  for (int32_t first = 0; first < weights.shape[0]; first += kBlockChannels, from += block_bytes) {
    const int32_t channels = std::min<int32_t>(weights.shape[0] - first, kBlockChannels);
    if (!kFits(from, block_bytes / kQuadBytes, options.acc_init()->data() + first, channels)) return false;
  }
  return true;
}

// visit(first pixel, pixels) for the outputs of an image's tiles [begin, end): whole rows together, the others in turn.
template <typename Visit>
void ForEachPixelRun(int32_t out_h, int32_t out_w, int64_t begin, int64_t end, Visit visit) {
  const int64_t columns = (out_w + kWinogradTile - 1) / kWinogradTile;
  while (begin < end) {
    const int64_t row = begin / columns;
    const bool whole = begin % columns == 0 && end - begin >= columns;
    const int64_t next_row = whole ? end / columns : row + 1;
    const int64_t next = std::min(end, next_row * columns);
    const int64_t y = row * kWinogradTile;
    const int64_t next_y = std::min<int64_t>(out_h, next_row * kWinogradTile);
    const int64_t x = begin % columns * kWinogradTile;
    if (whole) {
      visit(y * out_w, (next_y - y) * out_w);
    } else {
      const int64_t pixels = std::min<int64_t>(out_w, (next - row * columns) * kWinogradTile) - x;
      for (int64_t i = y; i < next_y; ++i) visit(i * out_w + x, pixels);
    }
    begin = next;
  }
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
  layer.stride = geometry.stride_h;
  layer.weights = reinterpret_cast<const int8_t*>(args.inputs[1].data) +
                  int64_t{channels.first_block} * kKernel * kKernel * layer.in_c * kBlockChannels;
  layer.acc_init = options.acc_init()->data() + channels.first;
  layer.multiplier = options.multiplier()->data() + channels.first;
  layer.shift = options.shift()->data() + channels.first;
  layer.zero_point = options.mid_zero_point();
  layer.low = options.clamp_low();
  layer.high = options.clamp_high();
  const int64_t tiles = TilesOf(layer.out_h, layer.out_w);
  const int64_t units = UnitsOf(tiles);
  for (int64_t unit = range.begin; unit < range.end;) {
    const int64_t image = unit / units;
    const int64_t next = std::min(range.end, (image + 1) * units);
    const int64_t begin = (unit - image * units) * kUnitTiles;
    const int64_t end = std::min(tiles, (next - image * units) * kUnitTiles);
    unit = next;
    run(layer, image, begin, end, scratch);
    if (options.table() == nullptr) continue;
    uint8_t* first = layer.output + image * layer.out_h * layer.out_w * y.pitch;
    ForEachPixelRun(layer.out_h, layer.out_w, begin, end, [&](int64_t pixel, int64_t pixels) {
      apply_table(options.table()->data(), StretchesOf(y, first + pixel * y.pitch, pixels, channels.count));
    });
  }
}

void RunLayer(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch, RunWinograd* run,
              ApplyTableFunction* apply_table) {
  const ConvGeometry geometry = DescribeWinograd(args);
  ForEachRange(geometry, begin, end,
               [&](const ConvRange& range) { RunRange(args, geometry, range, scratch, run, apply_table); });
}

}  // namespace

WinogradScratch WinogradScratchOf(int32_t stride, int32_t in_c, int32_t out_h, int32_t out_w) {
  constexpr int64_t kInputBytes = 256 << 10;
  constexpr int64_t kFewestTiles = 16;  // or the weights' transformation takes too large a part
  constexpr int32_t kMostDepth = 128;
  const auto aligned = [](int64_t bytes) { return (bytes + 63) / 64 * 64; };
  const auto groups = [](int64_t tiles) { return (tiles + kTileGroup - 1) / kTileGroup * kTileGroup; };
  const WinogradForm form(stride);
  const int64_t tile_bytes = form.Positions() * in_c * int64_t{sizeof(int16_t)};
  WinogradScratch plan{};
  plan.tiles = groups(std::min(
      TilesOf(out_h, out_w), std::clamp<int64_t>(kInputBytes / tile_bytes, kFewestTiles, kMostTiles - kTileGroup + 1)));
  plan.depth = std::min(in_c, kMostDepth);
  plan.spare = aligned(plan.tiles * tile_bytes);
  plan.weights = plan.spare + aligned(kTileGroup * in_c * int64_t{sizeof(int16_t)});
  plan.products = plan.weights + aligned(kPositions * WinogradWeightStep(plan.depth) * int64_t{sizeof(int16_t)});
  plan.padding = plan.products + aligned((plan.tiles + 1) * form.TileProducts() * int64_t{sizeof(int32_t)});
  plan.end = plan.padding + aligned(in_c);
  return plan;
}

// Pixel units are pairs of tiles: of weights a thread transforms all, once for so many tiles as it takes at a time.
// Where it takes all of an image's at a time, threads share the weights instead, and each transforms all inputs.
ConvGeometry DescribeWinograd(const LayerArgs& args) {
  ConvGeometry g = DescribeConv(args);
  const int64_t tiles = TilesOf(g.out_h, g.out_w);
  g.pixel_units = args.outputs[0].shape[0] * UnitsOf(tiles);
  g.parts_first = tiles <= WinogradScratchOf(g.stride_h, g.in_c, g.out_h, g.out_w).tiles;
  if (!g.parts_first) g.parts = 1;
  g.units = g.pixel_units * g.parts;
  return g;
}

bool AcceptsWinograd(const LayerArgs& args) {
  if (!AcceptsConv32(args)) return false;
  const ConvGeometry g = DescribeConv(args);
  const joint::Conv& options = *args.layer->options_as_Conv();
  const bool plain = g.kernel_h == kKernel && g.kernel_w == kKernel && g.stride_h == g.stride_w &&
                     g.stride_h <= kMostStride && g.dilation_h == 1 && g.dilation_w == 1 && g.groups == 1;
  return plain && g.in_c % kChannelStep == 0 && g.in_c >= kFewestChannels && g.out_c >= kFewestChannels &&
         TilesOf(g.out_h, g.out_w) >= kTileGroup &&
         (g.stride_h == 1 || int64_t{g.out_h} * g.out_w >= kFewestWidePixels) &&
         args.outputs[0].dtype == joint::DType::U8 &&
         (options.table() == nullptr || options.table()->size() == kByteEntries) &&
         *std::min_element(options.shift()->begin(), options.shift()->end()) >= kWinogradLeastShift &&
         HasSmallSums(options, args.inputs[1]);
}

bool IsWinograd(const Kernel& kernel) {
#if defined(LOCKSTEP_KERNELS_AVX512VNNI)
  if (kernel.accepts == AcceptsWinograd512) return true;
#endif
#if defined(LOCKSTEP_KERNELS_AVXVNNI)
  if (kernel.accepts == AcceptsWinogradVnni) return true;
#endif
  return kernel.accepts == AcceptsWinograd;
}
#endif

#if defined(LOCKSTEP_KERNELS_AVX512VNNI)
// Dot products of bytes are so fast that the transformations pay for large images and many channels alone.
bool AcceptsWinograd512(const LayerArgs& args) {
  constexpr int32_t kFewest = 64;
  constexpr int64_t kFewestTiles = 49;
  const int32_t* out = args.outputs[0].shape;
  return args.inputs[0].shape[3] >= kFewest && out[3] >= kFewest && TilesOf(out[1], out[2]) >= kFewestTiles &&
         AcceptsWinograd(args);
}

void conv_winograd_u8s8_avx512vnni(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch) {
  RunLayer(args, begin, end, scratch, winograd_u8s8_avx512vnni, ApplyTable512);
}
#endif

#if defined(LOCKSTEP_KERNELS_AVXVNNI)
// Few channels leave less to be saved than the transformations take.
bool AcceptsWinogradVnni(const LayerArgs& args) {
  constexpr int32_t kFewestIn = 32;
  constexpr int32_t kFewestOut = 64;
  return args.inputs[0].shape[3] >= kFewestIn && args.outputs[0].shape[3] >= kFewestOut && AcceptsWinograd(args);
}

void conv_winograd_u8s8_avxvnni(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch) {
  RunLayer(args, begin, end, scratch, winograd_u8s8_avxvnni, ApplyTableAvx2);
}
#endif

#if defined(LOCKSTEP_KERNELS_AVX2)
void conv_winograd_u8s8_avx2(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch) {
  RunLayer(args, begin, end, scratch, winograd_u8s8_avx2, ApplyTableAvx2);
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
