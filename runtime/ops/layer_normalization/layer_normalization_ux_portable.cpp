#include <type_traits>

#include "arithmetic/rq1.h"
#include "ops/common/elements.h"
#include "ops/layer_normalization/layer_normalization.h"
#include "ops/layer_normalization/row_deviation.h"

namespace lockstep::kernels {
namespace {

// 4096 squares of U8 elements fit 32 bits, so that a compiler adds them side by side.
template <typename Element>
RowSums SumRow(const Element* x, int64_t n) {
  using Square = std::conditional_t<sizeof(Element) == 1, uint32_t, uint64_t>;
  constexpr int64_t kBlock = 4096;
  RowSums sums;
  for (int64_t first = 0; first < n; first += kBlock) {
    const int64_t count = std::min(kBlock, n - first);
    uint32_t values = 0;
    Square squares = 0;
    for (int64_t i = first; i < first + count; ++i) {
      values += x[i];
      squares += static_cast<Square>(x[i]) * x[i];
    }
    sums.values += values;
    sums.squares += static_cast<int64_t>(squares);
  }
  return sums;
}

// (d * factor + 2^half_shift) >> (half_shift + 1); the sum itself might not fit.
int64_t Normalised(const InverseDeviation& inverse, int64_t d) {
  return (((d * inverse.factor) >> inverse.half_shift) + 1) >> 1;
}

template <typename Element, typename Out>
void NormaliseRow(const LayerArgs& args, const Element* x, Out* y) {
  const joint::LayerNormalization& o = *args.layer->options_as_LayerNormalization();
  const int64_t n = args.inputs[1].elements;
  const auto* gamma = reinterpret_cast<const int16_t*>(args.inputs[1].data);
  const auto* beta = reinterpret_cast<const int64_t*>(args.inputs[2].data);
  const int64_t zero = args.outputs[0].zero_point;
  const RowSums sums = SumRow(x, n);
  const InverseDeviation inverse = InverseOf(sums, n, DeviationScale(o), FloorRoot);
  const int64_t unit = int64_t{1} << o.variance_shift();
  const int32_t multiplier = o.multiplier();
  const int32_t shift = o.shift();
  const int32_t low = o.clamp_low();
  const int32_t high = o.clamp_high();
  for (int64_t i = 0; i < n; ++i) {
    const int64_t h = Normalised(inverse, (n * x[i] - sums.values) * unit);
    const int64_t value = zero + rq1::RequantizeWide(h * gamma[i] + beta[i], multiplier, shift);
    y[i] = static_cast<Out>(rq1::Clamp(value, low, high));
  }
}

}  // namespace

void layer_normalization_ux_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const int64_t n = args.inputs[1].elements;
  WithActivationType(args.inputs[0].dtype, [&](auto* in) {
    WithActivationType(args.outputs[0].dtype, [&](auto* out) {
      const auto* x = reinterpret_cast<decltype(in)>(args.inputs[0].data);
      auto* y = reinterpret_cast<decltype(out)>(args.outputs[0].data);
      for (int64_t row = begin; row < end; ++row) NormaliseRow(args, x + row * n, y + row * n);
    });
  });
}

}  // namespace lockstep::kernels
