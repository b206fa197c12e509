#include <algorithm>
#include <type_traits>

#include "arithmetic/requantize.h"
#include "ops/common/elements.h"
#include "ops/common/image_row.h"
#include "ops/common/window_span.h"

namespace lockstep::kernels {
namespace {

// Every inner loop runs over elements that lie side by side, channels first, and has no branch.
template <typename Element>
void AddInto(int32_t* __restrict to, const Element* __restrict from, int64_t count) {
  for (int64_t i = 0; i < count; ++i) to[i] += from[i];
}

template <typename Element>
void Widen(int32_t* __restrict to, const Element* __restrict from, int64_t count) {
  for (int64_t i = 0; i < count; ++i) to[i] = from[i];
}

// What makes a mean of a sum; one for all channels of a pixel.
struct Mean {
  int32_t offset;  // elements in the window times the input's zero point
  int32_t multiplier, shift;
  int32_t zero_point, low, high;
};

template <typename Element>
void WriteMeans(const Mean& mean, const int32_t* __restrict sums, Element* __restrict y, int64_t count) {
  const Mean m = mean;
  if (m.shift >= kHighWordShift) {
    for (int64_t i = 0; i < count; ++i) {
      const int32_t scaled = RequantizeHighWord(sums[i] - m.offset, m.multiplier, m.shift);
      y[i] = static_cast<Element>(Clamp32(m.zero_point + scaled, m.low, m.high));
    }
  } else {
    for (int64_t i = 0; i < count; ++i) {
      y[i] = static_cast<Element>(
          RequantizeClamped(sums[i] - m.offset, m.multiplier, m.shift, m.zero_point, m.low, m.high));
    }
  }
}

// A unit is one output row: first the sums over the window's rows into scratch, one per column and channel, then over
// its columns. The loader checked that 32 bits hold the largest sum.
template <typename In>
void RunRows(const LayerArgs& args, int64_t begin, int64_t end, int32_t* scratch) {
  const joint::AveragePool& pool = *args.layer->options_as_AveragePool();
  const int32_t* in = args.inputs[0].shape;
  const int32_t* out = args.outputs[0].shape;
  const int64_t channels = in[3];
  const ImageRow row_of(args.inputs[0]);
  const int64_t out_step = args.outputs[0].pitch;
  const bool by_count = pool.multiplier()->size() > 1;
  int32_t* columns = scratch;
  int32_t* sums = scratch + in[2] * channels;
  for (int64_t unit = begin; unit < end; ++unit) {
    const WindowSpan rows = WindowWithin(unit % out[1] * pool.stride_h() - pool.pad_top(), pool.kernel_h(), in[1]);
    const In* image = reinterpret_cast<const In*>(args.inputs[0].data) + unit / out[1] * in[1] * row_of.step;
    row_of.ForEachPiece([&](int64_t from, int64_t to, int64_t count) {
      Widen(columns + to, image + rows.first * row_of.step + from, count);
      for (int64_t row = rows.first + 1; row < rows.last; ++row) {
        AddInto(columns + to, image + row * row_of.step + from, count);
      }
    });
    int64_t place = unit * out[2] * out_step;
    for (int64_t x = 0; x < out[2]; ++x, place += out_step) {
      const WindowSpan window = WindowWithin(x * pool.stride_w() - pool.pad_left(), pool.kernel_w(), in[2]);
      Widen(sums, columns + window.first * channels, channels);
      for (int64_t column = window.first + 1; column < window.last; ++column) {
        AddInto(sums, columns + column * channels, channels);
      }
      const auto count = static_cast<int32_t>(rows.size() * window.size());
      const auto entry = static_cast<flatbuffers::uoffset_t>(by_count ? count - 1 : 0);
      const Mean mean = {count * args.inputs[0].zero_point,
                         pool.multiplier()->Get(entry),
                         pool.shift()->Get(entry),
                         args.outputs[0].zero_point,
                         pool.clamp_low(),
                         pool.clamp_high()};
      WithActivationType(args.outputs[0].dtype, [&](auto* y) {
        WriteMeans(mean, sums, reinterpret_cast<decltype(y)>(args.outputs[0].data) + place, channels);
      });
    }
  }
}

}  // namespace

void average_pool_ux_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch) {
  auto* sums = reinterpret_cast<int32_t*>(scratch);
  WithActivationType(args.inputs[0].dtype,
                     [&](auto* in) { RunRows<std::remove_pointer_t<decltype(in)>>(args, begin, end, sums); });
}

}  // namespace lockstep::kernels
