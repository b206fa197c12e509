#include "arithmetic/requantize.h"
#include "ops/common/elements.h"
#include "ops/mat_mul/mat_mul.h"

namespace lockstep::kernels {
namespace {

constexpr int64_t kColumns = 128;  // of a block, whose accumulators stay in the first cache

template <typename Difference>
void LoadDifferences(const TensorView& input, int64_t position, int64_t count, Difference* __restrict to) {
  const auto zero = static_cast<Difference>(input.zero_point);
  WithActivationType(input.dtype, [&](auto* tag) {
    const auto* from = reinterpret_cast<decltype(tag)>(input.data) + position;
    for (int64_t i = 0; i < count; ++i) to[i] = static_cast<Difference>(from[i] - zero);
  });
}

int32_t DifferenceAt(const TensorView& input, int64_t position) {
  int32_t difference = 0;
  LoadDifferences(input, position, 1, &difference);
  return difference;
}

template <typename Difference, typename Accumulator>
void AddProducts(Difference left, const Difference* __restrict right, int64_t count, Accumulator* __restrict acc) {
  for (int64_t i = 0; i < count; ++i) acc[i] += static_cast<Accumulator>(left) * static_cast<Accumulator>(right[i]);
}

template <typename Out>
void StoreRow(const LayerArgs& args, const int32_t* __restrict acc, int64_t count, Out* __restrict y) {
  const joint::MatMul& o = *args.layer->options_as_MatMul();
  const int32_t m = o.multiplier();
  const int32_t s = o.shift();
  const int32_t low = o.clamp_low();
  const int32_t high = o.clamp_high();
  const int32_t zero = args.outputs[0].zero_point;
  if (s >= kHighWordShift) {
    for (int64_t i = 0; i < count; ++i) {
      y[i] = static_cast<Out>(Clamp32(zero + RequantizeHighWord(acc[i], m, s), low, high));
    }
  } else {
    for (int64_t i = 0; i < count; ++i) y[i] = static_cast<Out>(RequantizeClamped(acc[i], m, s, zero, low, high));
  }
}

template <typename Out>
void StoreRow(const LayerArgs& args, const int64_t* acc, int64_t count, Out* y) {
  const joint::MatMul& o = *args.layer->options_as_MatMul();
  const int64_t zero = args.outputs[0].zero_point;
  for (int64_t i = 0; i < count; ++i) {
    const int64_t value = zero + rq1::RequantizeWide(acc[i], o.multiplier(), o.shift());
    y[i] = static_cast<Out>(rq1::Clamp(value, o.clamp_low(), o.clamp_high()));
  }
}

// Columns first .. first + count of a tile. A row of b is loaded once for all rows of the tile.
template <typename Difference, typename Accumulator>
void MultiplyColumns(const LayerArgs& args, const MatMulTile& tile, int64_t first, int64_t count) {
  Accumulator acc[kMatMulRows][kColumns] = {};
  Difference right[kColumns];
  for (int64_t k = 0; k < tile.depth; ++k) {
    LoadDifferences(args.inputs[1], tile.b + k * tile.columns + first, count, right);
    for (int64_t row = 0; row < tile.rows; ++row) {
      const auto left = static_cast<Difference>(DifferenceAt(args.inputs[0], tile.a + row * tile.depth + k));
      AddProducts(left, right, count, acc[row]);
    }
  }
  WithActivationType(args.outputs[0].dtype, [&](auto* tag) {
    auto* y = reinterpret_cast<decltype(tag)>(args.outputs[0].data) + tile.y + first;
    for (int64_t row = 0; row < tile.rows; ++row) StoreRow(args, acc[row], count, y + row * tile.columns);
  });
}

}  // namespace

void mat_mul_ux_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const bool narrow = args.layer->options_as_MatMul()->acc_bits() == 32;
  for (int64_t unit = begin; unit < end; ++unit) {
    const MatMulTile tile = MatMulTileOf(args, unit);
    for (int64_t first = 0; first < tile.columns; first += kColumns) {
      const int64_t count = std::min(kColumns, tile.columns - first);
      if (narrow) {
        MultiplyColumns<int16_t, int32_t>(args, tile, first, count);
      } else {
        MultiplyColumns<int32_t, int64_t>(args, tile, first, count);
      }
    }
  }
}

}  // namespace lockstep::kernels
