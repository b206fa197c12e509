#include <algorithm>
#include <cstring>

#include "ops/depthwise_conv/depthwise_blocks.h"
#include "ops/depthwise_conv/depthwise_conv.h"

namespace lockstep::kernels {
namespace {

int64_t TapsOf(const LayerArgs& args) { return int64_t{args.inputs[1].shape[1]} * args.inputs[1].shape[2]; }

}  // namespace

bool AcceptsDepthwiseNeon(const LayerArgs& args) {
  return AcceptsDepthwiseBytes(args) && TapsOf(args) <= kMostTapsNeon;
}

Prepared PrepareDepthwiseBlocks(const LayerArgs& args) {
  Prepared prepared = PrepareImageRows(args);
  if (FormOf(args) != Form::kInteger || !AcceptsDepthwiseNeon(args)) return prepared;
  const int64_t block_bytes = int64_t{sizeof(DepthwiseBlock)} + (TapsOf(args) + 1) * kDepthwiseBlock;
  prepared.state_bytes = static_cast<uint64_t>(DepthwiseBlocks(args.outputs[0].shape[3]) * block_bytes);
  return prepared;
}

void SetUpDepthwiseBlocks(const LayerArgs& args, uint8_t* state) {
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
  std::memset(weights, args.inputs[0].zero_point, static_cast<size_t>(DepthwiseBlocks(channels) * kDepthwiseBlock));
}

}  // namespace lockstep::kernels
