// The loops over the 4x4 tiles of a layer, around the transformations and products of an instruction set, `Kernels`.
//
// One dimension, of six inputs d, three weights g and four outputs y:
//   t = (4 0 -5 0 1 0; 0 -4 -4 1 1 0; 0 -4 4 1 -1 0; 0 -2 -1 2 1 0; 0 2 -1 -2 1 0; 0 4 0 -5 0 1) d
//   w = (1 0 0; 1 1 1; 1 -1 1; 1 2 4; 1 -2 4; 0 0 1) g
//   m = t * w by elements
//   y = (6 -4 4 1 1 0; 0 -2 -2 1 -1 0; 0 -1 1 1 1 0; 0 -1 -1 2 -2 6) m, which are 24, 12, 6 and 6 times the sums.
// t of two dimensions is within 90 * 255 and w within 49 * 128: both have 16 bits. Sums of products are exact modulo
// 2^32, and so is what comes out of the last transformation. Times 9's inverse modulo 2^32 and a power of two it is 64
// times the sum of the convolution, which 32 bits hold for the layers that are accepted.
//
// A tile at the image's end whose last outputs are not wanted does without as many elements of m, the last ones:
// without the sixth if three outputs are, because only the fourth output has it. The inputs behind those of the wanted
// outputs may have any values; for two outputs the fifth input is taken as what makes the fifth of t zero, for one
// output the fourth and fifth as what makes the fourth and fifth of t zero.
//
// With stride 2 the even inputs meet the first and the last weight, the odd ones the middle one. Five positions are
//   t = (2 -1 -2 1 0; 0 -2 -1 1 0; 0 2 -3 1 0; 0 -1 0 1 0; 0 2 -1 -2 1) of d0, d2, d4, d6, d8
//   w = (1 0; 1 1; 1 -1; 1 2; 0 1) of g0, g2
// and four more d1, d3, d5, d7 and g1; y = (3 -3 -1 1 0; 0 -3 1 2 0; 0 -3 -1 4 0; 0 -3 1 8 6) m + 6 m' are 6 times the
// sums. Fewer outputs need as many positions less of either kind, where d6, and for one output d4, is taken to be d2.
#pragma once

#include <cstddef>
#include <cstring>
#include <type_traits>

#include "gemm/conv_driver.h"
#include "gemm/winograd.h"

namespace lockstep::kernels {

constexpr int kWinogradTile = 4;  // output pixels in either direction
constexpr int kWinogradSide = 6;  // of a transformed tile
constexpr int kPositions = kWinogradSide * kWinogradSide;
constexpr int kEvenSide = 5;  // with stride 2, of the even ones
constexpr int kWideSide = kEvenSide + kWinogradTile;
constexpr int kMostPositions = kWideSide * kWideSide;
constexpr int kTileGroup = 4;        // tiles that are multiplied at once
constexpr int kChannelsAtATime = 8;  // of an input
constexpr int kWeightQuad = 4;
constexpr int kMostTiles = 64;  // at a time
// From one position to the next of a tile's products.
constexpr ptrdiff_t kProductStep = kBlockChannels;

// What depends on the stride. Either has six kinds of transformed weights in a direction.
struct WinogradForm {
  int32_t stride;
  int side;               // positions in a direction
  uint32_t start_factor;  // by which what is added to the products at the second of either direction comes to all sums

  [[gnu::always_inline]] explicit WinogradForm(int32_t of)
      : stride(of), side(of == 1 ? kWinogradSide : kWideSide), start_factor(of == 1 ? 36 : 4) {}

  [[gnu::always_inline]] int Positions() const { return side * side; }
  [[gnu::always_inline]] ptrdiff_t TileProducts() const { return Positions() * kProductStep; }
  // Whether a tile with so many wanted outputs in a direction has the position.
  [[gnu::always_inline]] bool Has(int position, int32_t wanted) const {
    if (stride == 1) return position < wanted + 2;
    return position < kEvenSide ? position < wanted + 1 : position < kEvenSide + wanted;
  }
  [[gnu::always_inline]] int WeightsOf(int position) const {
    return position < kWinogradSide ? position : kWinogradSide - 1;
  }
  // Where an input is taken from.
  [[gnu::always_inline]] int InputOf(int position, int32_t wanted) const {
    constexpr int kThird = 4;
    constexpr int kFourth = 6;
    const bool replaced = (position == kFourth && wanted <= 2) || (position == kThird && wanted == 1);
    return stride == 2 && replaced ? 2 : position;
  }
};

// A block's channels, as they are used.
struct WinogradConstants {
  int32_t start[kBlockChannels];
  int32_t none[kBlockChannels];  // zeros
  int32_t multiplier[kBlockChannels];
  int32_t shift[kBlockChannels];  // of 64 times a sum
  int32_t channels;
};

// From one position to the next of the transformed weights: a line of the cache more, for positions are written in
// turn.
[[gnu::always_inline]] constexpr ptrdiff_t WinogradWeightStep(int32_t depth) {
  return ptrdiff_t{depth} * kBlockChannels + 32;
}

// What makes an output of the last transformation 64 times a sum; with stride 2 it is that of the last row and column.
[[gnu::always_inline]] constexpr int32_t WinogradFactor(int row, int column) {
  constexpr uint32_t kNinth = 954437177;  // 9 times it is 1 modulo 2^32
  constexpr int kPower[kWinogradTile] = {0, 1, 2, 2};
  return static_cast<int32_t>(kNinth << (kPower[row] + kPower[column]));
}

// A tile's inputs, and where they are written: to [eight channels][tile of a group][channel].
struct WinogradInput {
  const uint8_t* at[kMostPositions];  // [row][column]
  int16_t* to[kMostPositions];        // [column][row]
  int32_t rows, columns;              // wanted outputs
  int32_t channels;
};

// Where a tile's wanted outputs are, the first channel's.
struct WinogradOutput {
  uint8_t* to;
  int32_t rows, columns;
};

// The products of tiles at one position: x is [group of tiles][eight channels][tile][channel]; the order of w is the
// instruction set's own.
struct WinogradProduct {
  const int16_t* x;
  ptrdiff_t group_step;  // of x
  const int16_t* w;
  int32_t* const* to;    // the tiles' products; behind the last pointer is one more for what is not wanted
  ptrdiff_t place;       // of the position's among them
  const int32_t* start;  // of 16 channels; nullptr: what the products are already
  int32_t tiles;
  int32_t eights;  // of input channels
};

// run(tiles, their inputs, their products) for each group: four of them, and 1 or 2 where no more are left; behind the
// last of three is what is not wanted.
template <typename Run>
[[gnu::always_inline]] inline void ForEachTileGroup(const WinogradProduct& product, Run run) {
  const int16_t* x = product.x;
  int32_t* const* tiles = product.to;
  for (int32_t left = product.tiles; left > 0; left -= kTileGroup, x += product.group_step, tiles += kTileGroup) {
    if (left == 1) {
      run(std::integral_constant<int, 1>(), x, tiles);
    } else if (left == 2) {
      run(std::integral_constant<int, 2>(), x, tiles);
    } else {
      run(std::integral_constant<int, kTileGroup>(), x, tiles);
    }
  }
}

template <typename Kernels>
class WinogradTiles {
 public:
  WinogradTiles(const WinogradLayer& layer, int64_t image, uint8_t* scratch)
      : layer_(layer),
        image_(image),
        columns_((layer.out_w + kWinogradTile - 1) / kWinogradTile),
        last_rows_((layer.out_h - 1) % kWinogradTile + 1),
        last_columns_((layer.out_w - 1) % kWinogradTile + 1),
        form_(layer.stride),
        plan_(WinogradScratchOf(layer.stride, layer.in_c, layer.out_h, layer.out_w)),
        input_step_(static_cast<ptrdiff_t>(plan_.tiles * layer.in_c)),
        weight_step_(WinogradWeightStep(plan_.depth)),
        inputs_(reinterpret_cast<int16_t*>(scratch + plan_.inputs)),
        spare_(reinterpret_cast<int16_t*>(scratch + plan_.spare)),
        weights_(reinterpret_cast<int16_t*>(scratch + plan_.weights)),
        products_(reinterpret_cast<int32_t*>(scratch + plan_.products)),
        padding_(scratch + plan_.padding),
        kernels_(layer) {
    std::memset(padding_, layer.in_zero_point, static_cast<size_t>(layer.in_c));
    for (int row = 0; row < form_.side; ++row) {
      const bool lacked = !form_.Has(row, last_rows_);
      if (lacked) lacked_rows_[few_rows_++] = static_cast<uint8_t>(row);
      for (int column = 0; column < form_.side; ++column) {
        classes_[row * form_.side + column] =
            static_cast<uint8_t>((lacked ? kFewRows : 0) + (form_.Has(column, last_columns_) ? 0 : kFewColumns));
      }
    }
  }

  void Run(int64_t begin, int64_t end) {
    const int64_t times = (end - begin + plan_.tiles - 1) / plan_.tiles;
    const int64_t most = ((end - begin + times - 1) / times + kTileGroup - 1) / kTileGroup * kTileGroup;
    for (int64_t first = begin; first < end; first += most) RunTiles(first, end - first < most ? end - first : most);
  }

 private:
  // Of positions: whether tiles with few rows, with few columns lack them.
  static constexpr int kFewRows = 1, kFewColumns = 2, kClasses = 4;

  struct Place {
    int32_t y, x;  // of a tile's first output pixel
    int32_t rows, columns;
  };

  Place PlaceOf(int64_t tile) const {
    const int32_t y = static_cast<int32_t>(tile / columns_) * kWinogradTile;
    const int32_t x = static_cast<int32_t>(tile % columns_) * kWinogradTile;
    return {y, x, layer_.out_h - y < kWinogradTile ? layer_.out_h - y : kWinogradTile,
            layer_.out_w - x < kWinogradTile ? layer_.out_w - x : kWinogradTile};
  }

  void RunTiles(int64_t first, int64_t count) {
    for (int32_t& tiles : counts_) tiles = 0;
    for (int64_t tile = 0; tile < count; ++tile) {
      const Place place = PlaceOf(first + tile);
      const int64_t pixel = (image_ * layer_.out_h + place.y) * layer_.out_w + place.x;
      outputs_[tile] = {layer_.output + pixel * layer_.out_pitch, place.rows, place.columns};
      TransformInput(place, tile);
    }
    const int32_t blocks = (layer_.out_c + kBlockChannels - 1) / kBlockChannels;
    for (int32_t block = 0; block < blocks; ++block) {
      const WinogradConstants constants = ConstantsOf(block);
      for (int32_t channel = 0; channel < layer_.in_c; channel += plan_.depth) {
        const int32_t left = layer_.in_c - channel;
        Multiply(constants, block, channel, left < plan_.depth ? left : plan_.depth);
      }
      const int32_t* products = products_;
      for (int64_t tile = 0; tile < count; ++tile, products += form_.TileProducts()) {
        kernels_.Write(constants, products, outputs_[tile], block * kBlockChannels);
      }
    }
  }

  void TransformInput(const Place& place, int64_t tile) {
    WinogradInput input;
    input.rows = place.rows;
    input.columns = place.columns;
    input.channels = layer_.in_c;
    int32_t* products = products_ + tile * form_.TileProducts();
    int16_t* to[kClasses];
    ptrdiff_t step[kClasses];
    for (int i = 0; i < kClasses; ++i) {
      const bool lacks = ((i & kFewRows) != 0 && place.rows < kWinogradTile) ||
                         ((i & kFewColumns) != 0 && place.columns < kWinogradTile);
      to[i] = spare_;
      step[i] = 0;
      if (lacks) continue;
      const int32_t index = counts_[i]++;
      lists_[i][index] = products;
      lists_[i][index + 1] = products_ + plan_.tiles * form_.TileProducts();
      to[i] =
          inputs_ + ptrdiff_t{index / kTileGroup} * kTileGroup * layer_.in_c + index % kTileGroup * kChannelsAtATime;
      step[i] = input_step_;
    }
    PlaceInputs(place, input);
    const int side = form_.side;
    int16_t** at = input.to;
    for (int column = 0; column < side; ++column, at += side) {
      const int i = classes_[column];  // all tiles have the first row
      int16_t* next = to[i] + column * step[i];
      for (int row = 0; row < side; ++row, next += side * step[i]) at[row] = next;
      for (int k = 0; k < few_rows_; ++k) {
        const int row = lacked_rows_[k];
        at[row] = to[i | kFewRows] + (row * side + column) * step[i | kFewRows];
      }
    }
    kernels_.TransformInputs(input);
    // What the last transformation reads of the positions that are not multiplied.
    if (place.rows < kWinogradTile || place.columns < kWinogradTile) {
      std::memset(products, 0, sizeof(int32_t) * static_cast<size_t>(form_.TileProducts()));
    }
  }

  void PlaceInputs(const Place& place, WinogradInput& input) const {
    const int side = form_.side;
    ptrdiff_t offsets[kWideSide];
    bool whole = true;  // all columns lie within the image
    for (int column = 0; column < side; ++column) {
      const int32_t x = place.x * form_.stride - layer_.pad_left + form_.InputOf(column, place.columns);
      const bool inside = x >= 0 && x < layer_.in_w;
      offsets[column] = inside ? x * static_cast<ptrdiff_t>(layer_.in_pitch) : -1;
      whole = whole && inside;
    }
    const uint8_t** at = input.at;
    for (int row = 0; row < side; ++row, at += side) {
      const int32_t y = place.y * form_.stride - layer_.pad_top + form_.InputOf(row, place.rows);
      const bool inside = y >= 0 && y < layer_.in_h;
      const uint8_t* from = layer_.input + (image_ * layer_.in_h + (inside ? y : 0)) * layer_.in_w * layer_.in_pitch;
      for (int column = 0; column < side; ++column) at[column] = from + offsets[column];
      for (int column = 0; !(inside && whole) && column < side; ++column) {
        if (!inside || offsets[column] < 0) at[column] = padding_;
      }
    }
  }

  // Products of all tiles with a part of the depth, added to those of the parts before.
  void Multiply(const WinogradConstants& constants, int32_t block, int32_t channel, int32_t depth) {
    const int8_t* weights = layer_.weights + int64_t{block} * 9 * layer_.in_c * kBlockChannels;
    kernels_.TransformWeights(weights + int64_t{channel} * kBlockChannels,
                              static_cast<ptrdiff_t>(layer_.in_c) * kBlockChannels, depth, weights_, weight_step_);
    WinogradProduct product;
    product.x = inputs_ + channel * kTileGroup;
    product.group_step = layer_.in_c * kTileGroup;
    product.place = 0;
    product.eights = depth / kChannelsAtATime;
    const uint8_t* classes = classes_;
    // The next block's weights come from memory meanwhile.
    const bool last = (block + 1) * kBlockChannels >= layer_.out_c;
    const int64_t next_bytes = last ? 0 : int64_t{9} * depth * kBlockChannels / form_.Positions();
    const int8_t* next = weights + int64_t{9} * (layer_.in_c + channel) * kBlockChannels;
    for (int row = 0; row < form_.side; ++row) {
      const int16_t* row_weights = weights_ + form_.WeightsOf(row) * kWinogradSide * weight_step_;
      for (int column = 0; column < form_.side; ++column, ++classes) {
        product.to = lists_[*classes];
        product.tiles = counts_[*classes];
        product.w = row_weights + form_.WeightsOf(column) * weight_step_;
        product.start = channel != 0 ? nullptr : row == 1 && column == 1 ? constants.start : constants.none;
        Kernels::Fetch(next, next_bytes);
        next += next_bytes;
        kernels_.Multiply(product);
        product.x += input_step_;
        product.place += kProductStep;
      }
    }
  }

  WinogradConstants ConstantsOf(int32_t block) const {
    constexpr int32_t kMoreShift = 6;
    constexpr int32_t kMostShift = 31;
    WinogradConstants constants{};
    const int32_t first = block * kBlockChannels;
    constants.channels = layer_.out_c - first < kBlockChannels ? layer_.out_c - first : kBlockChannels;
    for (int32_t i = 0; i < constants.channels; ++i) {
      constants.start[i] = static_cast<int32_t>(form_.start_factor * static_cast<uint32_t>(layer_.acc_init[first + i]));
      const int32_t shift = layer_.shift[first + i] + kMoreShift;
      // A larger one leaves nothing of sums that are so small.
      constants.multiplier[i] = shift <= kMostShift ? layer_.multiplier[first + i] : 0;
      constants.shift[i] = shift <= kMostShift ? shift : kMostShift;
    }
    return constants;
  }

  const WinogradLayer& layer_;
  int64_t image_;
  int32_t columns_;                   // of tiles
  int32_t last_rows_, last_columns_;  // wanted of the last tiles
  WinogradForm form_;
  WinogradScratch plan_;
  ptrdiff_t input_step_, weight_step_;  // from one position to the next
  int16_t* inputs_;
  int16_t* spare_;  // for what is not wanted
  int16_t* weights_;
  int32_t* products_;
  uint8_t* padding_;
  Kernels kernels_;
  WinogradOutput outputs_[kMostTiles];
  int32_t few_rows_ = 0;  // of positions, that tiles with few rows lack
  uint8_t lacked_rows_[kWideSide];
  uint8_t classes_[kMostPositions];
  int32_t counts_[kClasses];
  int32_t* lists_[kClasses][kMostTiles + 1];  // the products of the tiles that have a class of positions
};

}  // namespace lockstep::kernels
