// The transformed inputs are within 100 * 128 and the transformed weights, which count 24 * 24 times, within 144 * 127:
// both have 16 bits. Sums are exact modulo 2^32, and so is what comes out of the last transformation: 576 times the sum
// of the convolution. Its 9th part modulo 2^32 is a multiplication, its 64th then a shift, which is exact because
// AcceptsWinograd has seen that 64 times the sum fits into 32 bits.
#include "gemm/winograd_neon.h"

#include <algorithm>

#include "gemm/winograd_product_neon.h"
#include "gemm/winograd_transforms_neon.h"

namespace lockstep::kernels {
namespace {

constexpr int kTile = 4;  // output pixels in either direction

struct Place {
  int32_t y, x;  // of a tile's first output pixel
};

class Winograd {
 public:
  Winograd(const WinogradLayer& layer, int64_t image, uint8_t* scratch)
      : layer_(layer),
        image_(image),
        plan_(WinogradScratchOf(layer.in_c, layer.out_h, layer.out_w)),
        inputs_(reinterpret_cast<int16_t*>(scratch + plan_.inputs)),
        weights_(reinterpret_cast<int16_t*>(scratch + plan_.weights)),
        products_(reinterpret_cast<int32_t*>(scratch + plan_.products)),
        padding_(scratch + plan_.padding) {
    for (int32_t i = 0; i < layer.in_c; ++i) padding_[i] = static_cast<uint8_t>(layer.in_zero_point);
  }

  void Run(int32_t begin, int32_t end) {
    begin_ = begin;
    end_ = end;
    columns_ = (layer_.out_w + kTile - 1) / kTile;
    const int64_t tiles = int64_t{(end - begin + kTile - 1) / kTile} * columns_;
    for (int64_t first = 0; first < tiles; first += plan_.tiles) {
      RunTiles(first, tiles - first < plan_.tiles ? tiles - first : plan_.tiles);
    }
  }

 private:
  Place PlaceOf(int64_t tile) const {
    return {begin_ + static_cast<int32_t>(tile / columns_) * kTile, static_cast<int32_t>(tile % columns_) * kTile};
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
      const WinogradConstants constants = ConstantsOf(layer_, block);
      for (int64_t tile = 0; tile < count; ++tile) WriteTile(constants, block, PlaceOf(first + tile), tile);
    }
  }

  void TransformInput(const Place& place, int64_t tile) {
    const uint8_t* at[kPositions];
    for (int32_t i = 0; i < kPositions; ++i) {
      const int32_t y = place.y - layer_.pad_top + i / kSide;
      const int32_t x = place.x - layer_.pad_left + i % kSide;
      const bool inside = y >= 0 && y < layer_.in_h && x >= 0 && x < layer_.in_w;
      at[i] = inside ? layer_.input + ((image_ * layer_.in_h + y) * layer_.in_w + x) * layer_.in_pitch : padding_;
    }
    // [position][group of tiles][eight channels][tile][channel]
    const int64_t position_step = plan_.tiles * layer_.in_c;
    int16_t* to = inputs_ + tile / kTileGroup * kTileGroup * layer_.in_c + tile % kTileGroup * kChannelsAtATime;
    for (int32_t channel = 0; channel < layer_.in_c; channel += kChannelsAtATime) {
      TransformInputs(at, channel, to + channel * kTileGroup, position_step);
    }
  }

  // Products of all tiles with a part of the depth, added to those of the parts before.
  void Multiply(int32_t block, int32_t channel, int32_t depth, int64_t groups) {
    const int8_t* weights = layer_.weights + int64_t{block} * 9 * layer_.in_c * kBlockChannels;
    for (int32_t i = 0; i < depth; i += kQuad) {
      TransformWeights(weights + int64_t{channel + i} * kBlockChannels, int64_t{layer_.in_c} * kBlockChannels,
                       weights_ + i * kBlockChannels);
    }
    for (int64_t group = 0; group < groups; ++group) {
      for (int32_t position = 0; position < kPositions; ++position) {
        const int16_t* x = inputs_ + (position * plan_.tiles + group * kTileGroup) * layer_.in_c + channel * kTileGroup;
        // [group of tiles][position][tile][channel]
        int32_t* to = products_ + (group * kPositions + position) * kTileGroup * kBlockChannels;
        MultiplyPosition({x, weights_ + position * kWeightStep, to, depth / kChannelsAtATime}, channel != 0);
      }
    }
  }

  void WriteTile(const WinogradConstants& constants, int32_t block, const Place& place, int64_t tile) {
    const int32_t* from =
        products_ + tile / kTileGroup * kPositions * kTileGroup * kBlockChannels + tile % kTileGroup * kBlockChannels;
    int16_t values[kTile * kTile * kBlockChannels];
    TransformProducts(constants, from, values);
    const int32_t rows = end_ - place.y < kTile ? end_ - place.y : kTile;
    const int32_t columns = layer_.out_w - place.x < kTile ? layer_.out_w - place.x : kTile;
    for (int32_t y = 0; y < rows; ++y) {
      const int64_t pixel = (image_ * layer_.out_h + place.y + y) * layer_.out_w + place.x;
      uint8_t* to = layer_.output + pixel * layer_.out_pitch + block * kBlockChannels;
      StoreValues(constants, values + y * kTile * kBlockChannels, columns, layer_.out_pitch, to);
    }
  }

  const WinogradLayer& layer_;
  int64_t image_;
  WinogradScratch plan_;
  int16_t* inputs_;
  int16_t* weights_;
  int32_t* products_;
  uint8_t* padding_;
  int32_t begin_ = 0, end_ = 0;  // output rows
  int32_t columns_ = 0;          // of tiles
};

constexpr int64_t AlignUp(int64_t bytes) { return (bytes + 63) / 64 * 64; }

}  // namespace

WinogradScratch WinogradScratchOf(int32_t in_c, int32_t out_h, int32_t out_w) {
  constexpr int64_t kInputBytes = 160 << 10;
  constexpr int64_t kFewestTiles = 16;  // or the weights' transformation takes too large a part
  constexpr int64_t kMostTiles = 32;
  WinogradScratch plan{};
  const int64_t all = int64_t{(out_h + kTile - 1) / kTile} * ((out_w + kTile - 1) / kTile);
  const int64_t fit = kInputBytes / (kPositions * in_c * int64_t{sizeof(int16_t)});
  const int64_t tiles = std::min(all, std::max(kFewestTiles, std::min(kMostTiles, fit)));
  plan.tiles = (tiles + kTileGroup - 1) / kTileGroup * kTileGroup;
  plan.weights = AlignUp(kPositions * plan.tiles * in_c * int64_t{sizeof(int16_t)});
  plan.products = plan.weights + AlignUp(kPositions * kWeightStep * int64_t{sizeof(int16_t)});
  plan.padding = plan.products + AlignUp(kPositions * plan.tiles * kBlockChannels * int64_t{sizeof(int32_t)});
  plan.end = plan.padding + AlignUp(in_c);
  return plan;
}

void RunWinogradNeon(const WinogradLayer& layer, int64_t image, int32_t begin, int32_t end, uint8_t* scratch) {
  Winograd(layer, image, scratch).Run(begin, end);
}

}  // namespace lockstep::kernels
