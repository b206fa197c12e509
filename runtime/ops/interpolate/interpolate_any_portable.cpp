#include <type_traits>

#include "arithmetic/requantize.h"
#include "ops/common/elements.h"
#include "ops/common/float_elements.h"
#include "ops/common/image_row.h"

namespace lockstep::kernels {
namespace {

// to[i] = weights[0] * (x[i] - zero) + weights[1] * (x[i + step] - zero) + ..., in this order. Every loop runs over
// elements that lie side by side, channels first.
template <typename Sum, typename Element, typename Weight>
void Weigh(Sum* __restrict to, const Element* __restrict x, int64_t step, Sum zero, const Weight* weights, int64_t taps,
           int64_t count) {
  const auto w0 = static_cast<Sum>(weights[0]);
  if (taps == 1) {
    for (int64_t i = 0; i < count; ++i) to[i] = w0 * (static_cast<Sum>(x[i]) - zero);
    return;
  }
  const auto w1 = static_cast<Sum>(weights[1]);
  const Element* __restrict next = x + step;
  for (int64_t i = 0; i < count; ++i) {
    to[i] = w0 * (static_cast<Sum>(x[i]) - zero) + w1 * (static_cast<Sum>(next[i]) - zero);
  }
  for (int64_t tap = 2; tap < taps; ++tap) {
    const auto w = static_cast<Sum>(weights[tap]);
    next += step;
    for (int64_t i = 0; i < count; ++i) to[i] = to[i] + w * (static_cast<Sum>(next[i]) - zero);
  }
}

struct Limits {
  int32_t multiplier, shift;
  int32_t zero_point, low, high;
};

template <typename Out>
void Finish(const int32_t* __restrict sums, const Limits& limits, Out* __restrict y, int64_t count) {
  const Limits l = limits;
  if (l.shift >= kHighWordShift) {
    for (int64_t i = 0; i < count; ++i) {
      y[i] =
          static_cast<Out>(Clamp32(l.zero_point + RequantizeHighWord(sums[i], l.multiplier, l.shift), l.low, l.high));
    }
  } else {
    for (int64_t i = 0; i < count; ++i) {
      y[i] = static_cast<Out>(RequantizeClamped(sums[i], l.multiplier, l.shift, l.zero_point, l.low, l.high));
    }
  }
}

template <typename Out>
void Finish(const int64_t* __restrict sums, const Limits& limits, Out* __restrict y, int64_t count) {
  const Limits l = limits;
  if (l.shift >= kLongShift) {
    for (int64_t i = 0; i < count; ++i) {
      const int64_t scaled = RequantizeLong(sums[i], l.multiplier, l.shift);
      y[i] = static_cast<Out>(rq1::Clamp(l.zero_point + scaled, l.low, l.high));
    }
  } else {
    for (int64_t i = 0; i < count; ++i) {
      const int64_t scaled = rq1::RequantizeWide(sums[i], l.multiplier, l.shift);
      y[i] = static_cast<Out>(rq1::Clamp(l.zero_point + scaled, l.low, l.high));
    }
  }
}

void FinishAs(const float* sums, const Limits& /*limits*/, const TensorView& y, int64_t place, int64_t count) {
  for (int64_t i = 0; i < count; ++i) f1::Store(MutableFloats(y) + place + i, sums[i]);
}

template <typename Sum>
void FinishAs(const Sum* sums, const Limits& limits, const TensorView& y, int64_t place, int64_t count) {
  WithActivationType(y.dtype,
                     [&](auto* out) { Finish(sums, limits, reinterpret_cast<decltype(out)>(y.data) + place, count); });
}

// A unit is one output row: first the sums over its input rows into scratch, one per column and channel, then over
// columns. The loader checked that the sums hold.
template <typename In, typename Sum, typename Weight>
void RunRows(const LayerArgs& args, int64_t begin, int64_t end, const flatbuffers::Vector<Weight>& row_weights,
             const flatbuffers::Vector<Weight>& column_weights, uint8_t* scratch) {
  const joint::Interpolate& o = *args.layer->options_as_Interpolate();
  const int32_t* in = args.inputs[0].shape;
  const int32_t* out = args.outputs[0].shape;
  const int64_t channels = in[3];
  const int64_t row_taps = row_weights.size() / o.rows()->size();
  const int64_t column_taps = column_weights.size() / o.columns()->size();
  const ImageRow row_of(args.inputs[0]);
  const int64_t out_step = args.outputs[0].pitch;
  const auto zero = static_cast<Sum>(args.inputs[0].zero_point);
  const Limits limits = {o.multiplier(), o.shift(), args.outputs[0].zero_point, o.clamp_low(), o.clamp_high()};
  Sum* columns = reinterpret_cast<Sum*>(scratch);
  Sum* sums = columns + in[2] * channels;
  for (int64_t unit = begin; unit < end; ++unit) {
    const int64_t row = unit % out[1];
    const In* image = reinterpret_cast<const In*>(args.inputs[0].data) +
                      (unit / out[1] * in[1] + o.rows()->Get(static_cast<uint32_t>(row))) * row_of.step;
    row_of.ForEachPiece([&](int64_t from, int64_t to, int64_t count) {
      Weigh(columns + to, image + from, row_of.step, zero, row_weights.data() + row * row_taps, row_taps, count);
    });
    int64_t place = unit * out[2] * out_step;
    for (int64_t x = 0; x < out[2]; ++x, place += out_step) {
      const int64_t first = o.columns()->Get(static_cast<uint32_t>(x)) * channels;
      Weigh(sums, columns + first, channels, Sum{0}, column_weights.data() + x * column_taps, column_taps, channels);
      FinishAs(sums, limits, args.outputs[0], place, channels);
    }
  }
}

}  // namespace

void interpolate_any_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch) {
  const joint::Interpolate& o = *args.layer->options_as_Interpolate();
  if (args.outputs[0].dtype == joint::DType::F32) {
    return RunRows<float, float>(args, begin, end, *o.float_row_weights(), *o.float_column_weights(), scratch);
  }
  WithActivationType(args.inputs[0].dtype, [&](auto* in) {
    using In = std::remove_pointer_t<decltype(in)>;
    using Sum = std::conditional_t<sizeof(In) == 1, int32_t, int64_t>;
    RunRows<In, Sum>(args, begin, end, *o.row_weights(), *o.column_weights(), scratch);
  });
}

}  // namespace lockstep::kernels
