#include <type_traits>

#include "arithmetic/requantize.h"
#include "ops/common/binary_elements.h"
#include "ops/common/elements.h"

namespace lockstep::kernels {
namespace {

template <typename Slope>
void LoadSlopes(const TensorView& slopes, int64_t position, int64_t stride, int64_t count, int32_t* to) {
  const auto* from = reinterpret_cast<const Slope*>(slopes.data) + position;
  if (stride == 1) {
    for (int64_t i = 0; i < count; ++i) to[i] = from[i];
  } else {
    for (int64_t i = 0; i < count; ++i) to[i] = from[i * stride];
  }
}

// A difference times its slope has 32 bits.
template <typename Out>
void Rectify(const LayerArgs& args, const int32_t* __restrict x, const int32_t* __restrict slopes, Out* __restrict y,
             int64_t count) {
  const joint::PRelu& prelu = *args.layer->options_as_PRelu();
  const int32_t multiplier = prelu.multiplier();
  const int32_t shift = prelu.shift();
  const int32_t slope_multiplier = prelu.slope_multiplier();
  const int32_t slope_shift = prelu.slope_shift();
  const int32_t zero = args.outputs[0].zero_point;
  const int32_t low = prelu.clamp_low();
  const int32_t high = prelu.clamp_high();
  for (int64_t i = 0; i < count; ++i) {
    const bool below = x[i] < 0;
    const int32_t acc = x[i] * (below ? slopes[i] : 1);
    const int32_t m = below ? slope_multiplier : multiplier;
    y[i] = static_cast<Out>(RequantizeClamped(acc, m, below ? slope_shift : shift, zero, low, high));
  }
}

}  // namespace

void prelu_ux_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const StridedWalk walk = BroadcastWalk(args);
  const ElementRange range = ElementsOf(args.outputs[0], begin, end);
  const int64_t step = walk.stride[0][walk.rank - 1];
  const int64_t slope_step = walk.stride[1][walk.rank - 1];
  const auto load_slopes = args.inputs[1].dtype == joint::DType::S16 ? LoadSlopes<int16_t> : LoadSlopes<int8_t>;
  ForEachRun(walk, range.first, range.last, [&](int64_t position, int64_t at, int64_t slope_at, int64_t count) {
    int32_t x[kBinaryBlock];
    int32_t slopes[kBinaryBlock];
    for (int64_t done = 0; done < count; done += kBinaryBlock) {
      const int64_t block = std::min<int64_t>(kBinaryBlock, count - done);
      LoadDifferences(args.inputs[0], at + done * step, step, block, x);
      load_slopes(args.inputs[1], slope_at + done * slope_step, slope_step, block, slopes);
      WithActivationType(args.outputs[0].dtype, [&](auto* tag) {
        Rectify(args, x, slopes, reinterpret_cast<decltype(tag)>(args.outputs[0].data) + position + done, block);
      });
    }
  });
}

}  // namespace lockstep::kernels
