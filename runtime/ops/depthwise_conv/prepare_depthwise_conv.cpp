#include <algorithm>
#include <cstring>

#include "ops/depthwise_conv/depthwise_blocks.h"
#include "ops/depthwise_conv/depthwise_conv.h"

namespace lockstep::kernels {

#if defined(LOCKSTEP_KERNELS_NEON) || defined(LOCKSTEP_KERNELS_MSA)
namespace {

int64_t TapsOf(const LayerArgs& args) { return int64_t{args.inputs[1].shape[1]} * args.inputs[1].shape[2]; }

#if defined(LOCKSTEP_KERNELS_NEON)
// Of a block's weights for dot products.
int64_t ColumnBytes(const LayerArgs& args) {
#if defined(LOCKSTEP_KERNELS_NEONDOT)
  return AcceptsDepthwise3x3(args) ? kDepthwiseColumnBytes : 0;
#else
  static_cast<void>(args);
  return 0;
#endif
}

void SetUpBytes(const LayerArgs& args, uint8_t* state) {
  const joint::DepthwiseConv& options = *args.layer->options_as_DepthwiseConv();
  const int32_t channels = args.outputs[0].shape[3];
  const int64_t taps = TapsOf(args);
  const auto* from = reinterpret_cast<const int8_t*>(args.inputs[1].data);
  auto* block = reinterpret_cast<DepthwiseBlock*>(state);
  auto* weights = reinterpret_cast<int8_t*>(block + DepthwiseBlocks(channels));
  for (int32_t begin = 0; begin < channels; begin += kDepthwiseBlock, ++block, weights += taps * kDepthwiseBlock) {
    *block = {};
    block->first = std::max(0, std::min(begin, channels - kDepthwiseBlock));
    block->short_shifts = true;
    for (int32_t i = 0; i < kDepthwiseBlock; ++i) {
      const int32_t channel = block->first + i;
      const bool real = channel < channels;
      int32_t sum = 0;
      for (int64_t tap = 0; tap < taps; ++tap) {
        const int8_t weight = real ? from[tap * channels + channel] : int8_t{0};
        weights[tap * kDepthwiseBlock + i] = weight;
        sum += weight;
      }
      if (!real) continue;
      const auto entry = static_cast<flatbuffers::uoffset_t>(channel);
      block->start[i] = options.acc_init()->Get(entry) + 128 * sum;
      block->multiplier[i] = options.multiplier()->Get(entry);
      block->left_shift[i] = -options.shift()->Get(entry);
      if (options.shift()->Get(entry) < 1) block->short_shifts = false;
    }
  }
  const int64_t blocks = DepthwiseBlocks(channels);
  std::memset(weights, args.inputs[0].zero_point, static_cast<size_t>(blocks * kDepthwiseBlock));
  if (ColumnBytes(args) == 0) return;
  const auto* taps_of_block = reinterpret_cast<const int8_t*>(reinterpret_cast<DepthwiseBlock*>(state) + blocks);
  auto* columns =
      reinterpret_cast<int8_t*>(state) + (DepthwiseColumns(state, channels) - reinterpret_cast<int8_t*>(state));
  std::fill_n(columns - kDepthwiseBlock, kDepthwiseBlock, int8_t{0});
  for (int64_t i = 0; i < blocks * kDepthwiseColumnBytes; ++i) {
    const int64_t ky = i % 4;
    const int64_t channel = i / 4 % kDepthwiseBlock;
    const int64_t kx = i / (4 * kDepthwiseBlock) % 3;
    const int64_t tap = i / kDepthwiseColumnBytes * taps + ky * 3 + kx;
    columns[i] = ky < 3 ? taps_of_block[tap * kDepthwiseBlock + channel] : int8_t{0};
  }
}
#endif

int64_t PairsOf(const LayerArgs& args) { return (TapsOf(args) + 1) / 2; }

// Where the weight of a tap and a channel lies in a block's.
int64_t LanePlace(int64_t tap, int32_t lane) {
#if defined(LOCKSTEP_KERNELS_MSA)
  return tap / 2 * 2 * kDepthwiseLanes + 2 * lane + tap % 2;
#else
  return tap * kDepthwiseLanes + lane;
#endif
}

void SetUpLanes(const LayerArgs& args, uint8_t* state) {
  const joint::DepthwiseConv& options = *args.layer->options_as_DepthwiseConv();
  const int32_t channels = args.outputs[0].shape[3];
  const auto* from = reinterpret_cast<const int8_t*>(args.inputs[1].data);
  const uint32_t offset = args.inputs[0].dtype == joint::DType::U16 ? 1U << 15 : 0;
  auto* block = reinterpret_cast<DepthwiseLanesBlock*>(state);
  auto* weights = reinterpret_cast<int16_t*>(block + DepthwiseLanesBlocks(channels));
  for (int32_t begin = 0; begin < channels; begin += kDepthwiseLanes, ++block) {
    *block = {};
    block->first = std::max(0, std::min(begin, channels - kDepthwiseLanes));
    block->short_shifts = true;
    std::fill(weights, weights + PairsOf(args) * 2 * kDepthwiseLanes, int16_t{0});
    for (int32_t i = 0; i < std::min(channels, kDepthwiseLanes); ++i) {
      const int32_t channel = block->first + i;
      const auto entry = static_cast<flatbuffers::uoffset_t>(channel);
      uint32_t start = static_cast<uint32_t>(options.acc_init()->Get(entry));
      for (int64_t tap = 0; tap < TapsOf(args); ++tap) {
        const int8_t weight = from[tap * channels + channel];
        weights[LanePlace(tap, i)] = weight;
        start += offset * static_cast<uint32_t>(weight);
      }
      block->start[i] = static_cast<int32_t>(start);
      block->multiplier[i] = options.multiplier()->Get(entry);
      block->shift[i] = options.shift()->Get(entry);
      if (options.shift()->Get(entry) < 1) block->short_shifts = false;
    }
    weights += PairsOf(args) * 2 * kDepthwiseLanes;
  }
  const bool words = args.inputs[0].dtype == joint::DType::U16;
  for (int32_t i = 0; i < channels; ++i) {
    if (words) {
      reinterpret_cast<uint16_t*>(weights)[i] = static_cast<uint16_t>(args.inputs[0].zero_point);
    } else {
      reinterpret_cast<uint8_t*>(weights)[i] = static_cast<uint8_t>(args.inputs[0].zero_point);
    }
  }
}

}  // namespace

#if defined(LOCKSTEP_KERNELS_NEON)
bool AcceptsDepthwiseNeon(const LayerArgs& args) {
  return AcceptsDepthwiseBytes(args) && TapsOf(args) <= kMostDepthwiseTaps;
}
#endif

// Those of bytes have kernels of their own.
bool AcceptsDepthwiseLanes(const LayerArgs& args) {
  if (AcceptsDepthwiseBytes(args)) return false;
  const joint::DepthwiseConv& options = *args.layer->options_as_DepthwiseConv();
  return args.inputs[1].dtype == joint::DType::S8 && options.acc_bits() == 32 && options.acc_init()->size() != 0 &&
         TapsOf(args) <= kMostDepthwiseTaps;
}

Prepared PrepareDepthwiseBlocks(const LayerArgs& args) {
  Prepared prepared = PrepareImageRows(args);
  if (FormOf(args) != Form::kInteger) return prepared;
  const int32_t channels = args.outputs[0].shape[3];
  int64_t bytes = 0;
#if defined(LOCKSTEP_KERNELS_NEON)
  if (AcceptsDepthwiseNeon(args)) {
    bytes = DepthwiseBlocks(channels) *
            (int64_t{sizeof(DepthwiseBlock)} + (TapsOf(args) + 1) * kDepthwiseBlock + ColumnBytes(args));
    if (ColumnBytes(args) != 0) bytes += kDepthwiseBlock;
    prepared.state_bytes = static_cast<uint64_t>(bytes);
    return prepared;
  }
#endif
  if (AcceptsDepthwiseLanes(args)) {
    constexpr int64_t kPairBytes = int64_t{4} * kDepthwiseLanes;
    bytes = DepthwiseLanesBlocks(channels) *
            (int64_t{sizeof(DepthwiseLanesBlock)} + PairsOf(args) * kPairBytes + kPairBytes / 2);
    prepared.state_bytes = static_cast<uint64_t>(bytes);
  }
  return prepared;
}

void SetUpDepthwiseBlocks(const LayerArgs& args, uint8_t* state) {
#if defined(LOCKSTEP_KERNELS_NEON)
  if (AcceptsDepthwiseNeon(args)) return SetUpBytes(args, state);
#endif
  SetUpLanes(args, state);
}

#endif

}  // namespace lockstep::kernels
