// The loops over the 4x4 tiles of a layer, around the transformations and products of an instruction set, `Kernels`.
//
// The transformed inputs are within 100 * 128 and the transformed weights, which count 24 * 24 times, within 144 * 127:
// both have 16 bits. Sums are exact modulo 2^32, and so is what comes out of the last transformation: 576 times the sum
// of the convolution. Its 9th part modulo 2^32 is a multiplication, its 64th then a shift, which is exact because only
// layers are accepted whose sum fits into 32 bits 64 times.
#pragma once

#include <cstddef>

#include "gemm/conv_driver.h"
#include "gemm/winograd.h"

namespace lockstep::kernels {

constexpr int kWinogradTile = 4;  // output pixels in either direction
constexpr int kWinogradSide = 6;  // of a transformed tile
constexpr int kPositions = kWinogradSide * kWinogradSide;
constexpr int kTileGroup = 4;        // tiles that are multiplied at once
constexpr int kChannelsAtATime = 8;  // of an input
constexpr int kWeightQuad = 4;
constexpr int kDepthAtATime = 64;  // input channels of the transformed weights that are in memory
constexpr int kNinth = 954437177;  // 9 times it is 1 modulo 2^32
// From one position to the next, of weights and of a tile's products.
constexpr ptrdiff_t kWeightStep = ptrdiff_t{kDepthAtATime} * kBlockChannels;
constexpr ptrdiff_t kProductStep = ptrdiff_t{kTileGroup} * kBlockChannels;

// A block's channels, as they are used.
struct WinogradConstants {
  int32_t start[kBlockChannels];
  int32_t multiplier[kBlockChannels];
  int32_t shift[kBlockChannels];
  int32_t channels;
};

// The products of a group of tiles at one position: x is [eight channels][tile][channel], `to` [tile][16]; the order of
// w is the instruction set's own.
struct WinogradProduct {
  const int16_t* x;
  const int16_t* w;
  int32_t* to;
  int32_t eights;  // of input channels
  bool add;        // to what `to` has
};

template <typename Kernels>
class WinogradTiles {
 public:
  WinogradTiles(const WinogradLayer& layer, int64_t image, int32_t begin, int32_t end, uint8_t* scratch)
      : layer_(layer),
        image_(image),
        begin_(begin),
        end_(end),
        columns_((layer.out_w + kWinogradTile - 1) / kWinogradTile),
        plan_(WinogradScratchOf(layer.in_c, layer.out_h, layer.out_w)),
        inputs_(reinterpret_cast<int16_t*>(scratch + plan_.inputs)),
        weights_(reinterpret_cast<int16_t*>(scratch + plan_.weights)),
        products_(reinterpret_cast<int32_t*>(scratch + plan_.products)),
        padding_(scratch + plan_.padding) {
    for (int32_t i = 0; i < layer.in_c; ++i) padding_[i] = static_cast<uint8_t>(layer.in_zero_point);
  }

  void Run() {
    const int64_t tiles = int64_t{(end_ - begin_ + kWinogradTile - 1) / kWinogradTile} * columns_;
    for (int64_t first = 0; first < tiles; first += plan_.tiles) {
      RunTiles(first, tiles - first < plan_.tiles ? tiles - first : plan_.tiles);
    }
  }

 private:
  struct Place {
    int32_t y, x;  // of a tile's first output pixel
  };

  Place PlaceOf(int64_t tile) const {
    return {begin_ + static_cast<int32_t>(tile / columns_) * kWinogradTile,
            static_cast<int32_t>(tile % columns_) * kWinogradTile};
  }

  void RunTiles(int64_t first, int64_t count) {
    for (int64_t tile = 0; tile < count; ++tile) TransformInput(PlaceOf(first + tile), tile);
    const int64_t groups = (count + kTileGroup - 1) / kTileGroup;
    const int32_t blocks = (layer_.out_c + kBlockChannels - 1) / kBlockChannels;
    for (int32_t block = 0; block < blocks; ++block) {
      for (int32_t channel = 0; channel < layer_.in_c; channel += kDepthAtATime) {
        const int32_t left = layer_.in_c - channel;
        Multiply(block, channel, left < kDepthAtATime ? left : kDepthAtATime, groups);
      }
      const WinogradConstants constants = ConstantsOf(block);
      for (int64_t tile = 0; tile < count; ++tile) WriteTile(constants, block, PlaceOf(first + tile), tile);
    }
  }

  void TransformInput(const Place& place, int64_t tile) {
    const uint8_t* at[kPositions];
    for (int32_t i = 0; i < kPositions; ++i) {
      const int32_t y = place.y - layer_.pad_top + i / kWinogradSide;
      const int32_t x = place.x - layer_.pad_left + i % kWinogradSide;
      const bool inside = y >= 0 && y < layer_.in_h && x >= 0 && x < layer_.in_w;
      at[i] = inside ? layer_.input + ((image_ * layer_.in_h + y) * layer_.in_w + x) * layer_.in_pitch : padding_;
    }
    // [position][group of tiles][eight channels][tile][channel]
    const auto position_step = static_cast<ptrdiff_t>(plan_.tiles * layer_.in_c);
    int16_t* to = inputs_ + tile / kTileGroup * kTileGroup * layer_.in_c + tile % kTileGroup * kChannelsAtATime;
    Kernels::TransformInputs(at, layer_.in_c, to, position_step);
  }

  // Products of all tiles with a part of the depth, added to those of the parts before.
  void Multiply(int32_t block, int32_t channel, int32_t depth, int64_t groups) {
    const int8_t* weights = layer_.weights + int64_t{block} * 9 * layer_.in_c * kBlockChannels;
    for (int32_t i = 0; i < depth; i += kWeightQuad) {
      Kernels::TransformWeights(weights + int64_t{channel + i} * kBlockChannels,
                                static_cast<ptrdiff_t>(layer_.in_c) * kBlockChannels, weights_ + i * kBlockChannels);
    }
    for (int64_t group = 0; group < groups; ++group) {
      for (int32_t position = 0; position < kPositions; ++position) {
        const int16_t* x = inputs_ + (position * plan_.tiles + group * kTileGroup) * layer_.in_c + channel * kTileGroup;
        // [group of tiles][position][tile][channel]
        int32_t* to = products_ + (group * kPositions + position) * kProductStep;
        Kernels::Multiply(
            WinogradProduct{x, weights_ + position * kWeightStep, to, depth / kChannelsAtATime, channel != 0});
      }
    }
  }

  WinogradConstants ConstantsOf(int32_t block) const {
    WinogradConstants constants{};
    const int32_t first = block * kBlockChannels;
    constants.channels = layer_.out_c - first < kBlockChannels ? layer_.out_c - first : kBlockChannels;
    for (int32_t i = 0; i < constants.channels; ++i) {
      constants.start[i] = layer_.acc_init[first + i] + 128 * layer_.weight_sum[first + i];
      constants.multiplier[i] = layer_.multiplier[first + i];
      constants.shift[i] = layer_.shift[first + i];
    }
    return constants;
  }

  void WriteTile(const WinogradConstants& constants, int32_t block, const Place& place, int64_t tile) {
    const int32_t* from =
        products_ + tile / kTileGroup * kPositions * kProductStep + tile % kTileGroup * kBlockChannels;
    const int32_t rows = end_ - place.y < kWinogradTile ? end_ - place.y : kWinogradTile;
    const int32_t columns = layer_.out_w - place.x < kWinogradTile ? layer_.out_w - place.x : kWinogradTile;
    const int64_t pixel = (image_ * layer_.out_h + place.y) * layer_.out_w + place.x;
    Kernels::Write(layer_, constants, from, rows, columns,
                   layer_.output + pixel * layer_.out_pitch + block * kBlockChannels);
  }

  const WinogradLayer& layer_;
  int64_t image_;
  int32_t begin_, end_;  // output rows
  int32_t columns_;      // of tiles
  WinogradScratch plan_;
  int16_t* inputs_;
  int16_t* weights_;
  int32_t* products_;
  uint8_t* padding_;
};

}  // namespace lockstep::kernels
