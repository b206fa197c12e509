#include "arithmetic/rq1.h"
#include "engine/reference/fits.h"
#include "engine/reference/float_layers.h"
#include "engine/reference/layers.h"
#include "engine/reference/tensor_values.h"

namespace lockstep::engine {
namespace {

struct WindowSum {
  int64_t sum = 0;     // of x - zx
  uint32_t count = 0;  // elements within the input
};

WindowSum SumWindow(const joint::AveragePool& pool, const joint::Tensor& in, const std::vector<int32_t>& x,
                    const int32_t (&at)[4]) {
  const auto& shape = *in.shape();
  WindowSum window;
  for (int32_t ky = 0; ky < pool.kernel_h(); ++ky) {
    for (int32_t kx = 0; kx < pool.kernel_w(); ++kx) {
      const int32_t iy = at[1] * pool.stride_h() - pool.pad_top() + ky;
      const int32_t ix = at[2] * pool.stride_w() - pool.pad_left() + kx;
      if (iy < 0 || iy >= shape[1] || ix < 0 || ix >= shape[2]) continue;
      const int64_t index = ((int64_t{at[0]} * shape[1] + iy) * shape[2] + ix) * shape[3] + at[3];
      window.sum += x[static_cast<size_t>(index)] - ZeroPoint(in);
      ++window.count;
    }
  }
  return window;
}

}  // namespace

// Paddings smaller than the window: none lies in the padding alone, and every mean has a divisor.
bool FitsAveragePool(const LayerRun& run) {
  if (HasFloatOutput(run)) return FitsFloatAveragePool(run);
  const joint::AveragePool& pool = *run.layer->options_as_AveragePool();
  if (!HasTensors(run, 1) || !IsQuantized(run.x()) || !IsQuantized(run.y())) return false;
  if (!FitsWindow(run, pool, pool.kernel_h(), pool.kernel_w(), 1, 1)) return false;
  const int64_t window = int64_t{pool.kernel_h()} * pool.kernel_w();
  const uint32_t entries = pool.multiplier()->size();
  return run.x().shape()->Get(3) == run.y().shape()->Get(3) && (entries == 1 || entries == window) &&
         pool.shift()->size() == entries && AreShifts(*pool.shift()) && pool.pad_top() < pool.kernel_h() &&
         pool.pad_bottom() < pool.kernel_h() && pool.pad_left() < pool.kernel_w() &&
         pool.pad_right() < pool.kernel_w() && pool.clamp_low() >= 0 && pool.clamp_high() <= TypeHigh(run.y().dtype());
}

void RunAveragePool(const LayerRun& run) {
  if (HasFloatOutput(run)) return RunFloatAveragePool(run);
  const joint::AveragePool& pool = *run.layer->options_as_AveragePool();
  const joint::Tensor& in = run.x();
  const auto& out = *run.y().shape();
  const std::vector<int32_t> x = ReadElements(run.inputs[0]);
  std::vector<int32_t> y;
  for (int32_t n = 0; n < out[0]; ++n) {
    for (int32_t oy = 0; oy < out[1]; ++oy) {
      for (int32_t ox = 0; ox < out[2]; ++ox) {
        for (int32_t c = 0; c < out[3]; ++c) {
          const WindowSum window = SumWindow(pool, in, x, {n, oy, ox, c});
          const uint32_t entry = pool.multiplier()->size() == 1 ? 0 : window.count - 1;
          const int64_t mean = rq1::RequantizeWide(window.sum, pool.multiplier()->Get(entry), pool.shift()->Get(entry));
          y.push_back(static_cast<int32_t>(rq1::Clamp(ZeroPoint(run.y()) + mean, pool.clamp_low(), pool.clamp_high())));
        }
      }
    }
  }
  WriteElements(y, run.outputs[0]);
}

}  // namespace lockstep::engine
