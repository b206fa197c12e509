#include "graph/error.h"
#include "lower/ops/emitters.h"
#include "lower/ops/window.h"

namespace lockstep::lower {

void EmitAveragePool(LowerContext& context) {
  const Value x = context.IntegerInput(0);
  joint::AveragePoolT pool;
  SetPool(ReadPoolWindow(context, x), pool);
  const bool counts_padding = context.node().Int("count_include_pad", 0) != 0;
  if (counts_padding && context.node().Int("ceil_mode", 0) != 0) {
    throw UnsupportedModel("count_include_pad together with ceil_mode is not supported");
  }
  const int64_t window = int64_t{pool.kernel_h} * pool.kernel_w;
  if (window * (x.params().bits > 8 ? 65535 : 255) >= int64_t{1} << 31) {
    throw UnsupportedModel("the sum of " + std::to_string(window) + " elements of its input does not fit 32 bits");
  }
  // Every window has one divisor, or each has the number of its elements in the input.
  const bool padded = pool.pad_top > 0 || pool.pad_left > 0 || pool.pad_bottom > 0 || pool.pad_right > 0;
  const AffineParams y = context.OutputParams();
  for (int64_t count = padded && !counts_padding ? 1 : window; count <= window; ++count) {
    const FixedMultiplier fixed = ToFixed(x.params().scale / (y.scale * static_cast<double>(count)));
    pool.multiplier.push_back(fixed.m);
    pool.shift.push_back(static_cast<int8_t>(fixed.s));
  }
  pool.clamp_high = y.high();
  const Value result = context.AddOutput(y);
  context.AddLayer(std::move(pool), {x.tensor}, result.tensor);
  context.Define(result);
}

}  // namespace lockstep::lower
