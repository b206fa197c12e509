#include <type_traits>

#include "arithmetic/f1_activations.h"
#include "arithmetic/requantize.h"
#include "ops/common/elements.h"
#include "ops/common/float_elements.h"

namespace lockstep::kernels {
namespace {

using joint::GridPadding;

// The elements along one axis that make a sample; those outside the image count for nothing.
template <typename Weight>
struct Taps {
  int64_t elements[2];
  Weight weights[2];
};

constexpr int64_t kOutside = -1;

// Places in fixed point. The grid is read as its type has it, by `axis` 0 for columns, 1 for rows.
template <typename Weight>
class IntegerAxis {
 public:
  IntegerAxis(const LayerArgs& args, int axis)
      : options_(*args.layer->options_as_GridSample()),
        grid_(args.inputs[1]),
        axis_(axis),
        fraction_(!options_.nearest() && args.inputs[0].dtype == joint::DType::U8 ? 11 : 19),
        size_(args.inputs[0].shape[2 - axis]) {}

  Taps<Weight> At(int64_t pixel) const {
    const int64_t place = 2 * pixel + axis_;
    const int32_t g =
        grid_.dtype == joint::DType::U8 ? grid_.data[place] : reinterpret_cast<const uint16_t*>(grid_.data)[place];
    const int32_t multiplier = axis_ == 0 ? options_.column_multiplier() : options_.row_multiplier();
    const int32_t shift = axis_ == 0 ? options_.column_shift() : options_.row_shift();
    const int64_t p = Within((size_ - 1) * Half() + rq1::Requantize(g - grid_.zero_point, multiplier, shift));
    const int64_t below = p >> fraction_;
    if (options_.nearest()) return {{(p + Half() - 1 + (below & 1)) >> fraction_, kOutside}, {1, 0}};
    const auto w = static_cast<Weight>(p - below * One());
    return {{below, below + 1}, {static_cast<Weight>(One()) - w, w}};
  }

 private:
  int64_t One() const { return int64_t{1} << fraction_; }
  int64_t Half() const { return One() / 2; }

  int64_t Within(int64_t p) const {
    if (options_.padding() == GridPadding::Zeros) return rq1::Clamp(p, -One(), size_ * One());
    if (options_.padding() == GridPadding::Reflection) p = Reflected(p);
    return rq1::Clamp(p, 0, (size_ - 1) * One());
  }

  int64_t Reflected(int64_t p) const {
    const int64_t low = options_.align_corners() ? 0 : -Half();
    const int64_t length = (options_.align_corners() ? size_ - 1 : size_) * One();
    if (length == 0) return 0;
    const int64_t distance = p < low ? low - p : p - low;
    const int64_t turns = distance / length;
    const int64_t rest = distance - turns * length;
    return (turns & 1) == 0 ? low + rest : low + length - rest;
  }

  const joint::GridSample& options_;
  const TensorView& grid_;
  int axis_;
  int fraction_;
  int64_t size_;
};

// A NaN becomes the lower limit.
float Limit(float p, float low, float high) {
  const float floored = p > low ? p : low;
  return floored < high ? floored : high;
}

class FloatAxis {
 public:
  FloatAxis(const LayerArgs& args, int axis)
      : options_(*args.layer->options_as_GridSample()),
        grid_(Floats(args.inputs[1])),
        axis_(axis),
        size_(static_cast<float>(args.inputs[0].shape[2 - axis])) {}

  Taps<float> At(int64_t pixel) const {
    const float g = grid_[2 * pixel + axis_];
    const float p =
        Within(options_.align_corners() ? (g + 1.0F) * 0.5F * (size_ - 1.0F) : ((g + 1.0F) * size_ - 1.0F) * 0.5F);
    if (options_.nearest()) return {{static_cast<int64_t>(f1::Round(p)), kOutside}, {1.0F, 0.0F}};
    const float below = f1::Floor(p);
    const auto first = static_cast<int64_t>(below);
    return {{first, first + 1}, {1.0F - (p - below), p - below}};
  }

 private:
  float Within(float p) const {
    if (options_.padding() == GridPadding::Zeros) return Limit(p, -1.0F, size_);
    if (options_.padding() == GridPadding::Reflection) p = Reflected(p);
    return Limit(p, 0.0F, size_ - 1.0F);
  }

  float Reflected(float p) const {
    const float low = options_.align_corners() ? 0.0F : -0.5F;
    const float length = options_.align_corners() ? size_ - 1.0F : size_;
    if (length == 0.0F) return 0.0F;
    const float distance = f1::Abs(p - low);
    const float turns = f1::Floor(distance / length);
    const float rest = distance - turns * length;
    return turns - 2.0F * f1::Floor(turns * 0.5F) == 0.0F ? low + rest : (low + length) - rest;
  }

  const joint::GridSample& options_;
  const float* grid_;
  int axis_;
  float size_;
};

void Store(const TensorView& y, int64_t place, int64_t value) {
  if (y.dtype == joint::DType::U16) {
    reinterpret_cast<uint16_t*>(y.data)[place] = static_cast<uint16_t>(value);
  } else {
    y.data[place] = static_cast<uint8_t>(value);
  }
}

void Finish(int32_t sum, const joint::GridSample& o, const TensorView& y, int64_t place) {
  Store(y, place, RequantizeClamped(sum, o.multiplier(), o.shift(), y.zero_point, o.clamp_low(), o.clamp_high()));
}

void Finish(int64_t sum, const joint::GridSample& o, const TensorView& y, int64_t place) {
  const int64_t scaled = rq1::RequantizeWide(sum, o.multiplier(), o.shift());
  Store(y, place, rq1::Clamp(y.zero_point + scaled, o.clamp_low(), o.clamp_high()));
}

void Finish(float sum, const joint::GridSample& /*options*/, const TensorView& y, int64_t place) {
  f1::Store(MutableFloats(y) + place, sum);
}

// A unit is one output row. Sums cannot overflow, whatever the grid says: weights add up to one.
template <typename In, typename Sum, typename Axis>
void RunRows(const LayerArgs& args, int64_t begin, int64_t end, const Axis& columns_of, const Axis& rows_of) {
  const joint::GridSample& o = *args.layer->options_as_GridSample();
  const TensorView& x = args.inputs[0];
  const TensorView& y = args.outputs[0];
  const auto zero = static_cast<Sum>(x.zero_point);
  for (int64_t pixel = begin * y.shape[2]; pixel < end * y.shape[2]; ++pixel) {
    const In* image =
        reinterpret_cast<const In*>(x.data) + pixel / y.shape[2] / y.shape[1] * x.shape[1] * x.shape[2] * x.pitch;
    const auto columns = columns_of.At(pixel);
    const auto rows = rows_of.At(pixel);
    const In* pixels[4];
    Sum weights[4];
    int count = 0;
    for (int i = 0; i < 4; ++i) {
      const int64_t row = rows.elements[i / 2];
      const int64_t column = columns.elements[i % 2];
      if (row < 0 || row >= x.shape[1] || column < 0 || column >= x.shape[2]) continue;
      pixels[count] = image + (row * x.shape[2] + column) * x.pitch;
      weights[count++] = rows.weights[i / 2] * columns.weights[i % 2];
    }
    for (int64_t channel = 0; channel < x.shape[3]; ++channel) {
      Sum sum = 0;
      for (int i = 0; i < count; ++i) sum += weights[i] * (static_cast<Sum>(pixels[i][channel]) - zero);
      Finish(sum, o, y, pixel * y.pitch + channel);
    }
  }
}

}  // namespace

void grid_sample_any_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  if (args.outputs[0].dtype == joint::DType::F32) {
    return RunRows<float, float>(args, begin, end, FloatAxis(args, 0), FloatAxis(args, 1));
  }
  WithActivationType(args.inputs[0].dtype, [&](auto* in) {
    using In = std::remove_pointer_t<decltype(in)>;
    using Sum = std::conditional_t<sizeof(In) == 1, int32_t, int64_t>;
    RunRows<In, Sum>(args, begin, end, IntegerAxis<Sum>(args, 0), IntegerAxis<Sum>(args, 1));
  });
}

}  // namespace lockstep::kernels
