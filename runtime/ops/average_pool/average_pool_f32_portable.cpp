#include <algorithm>

#include "ops/common/float_elements.h"
#include "ops/common/window_span.h"

namespace lockstep::kernels {
namespace {

void AddInto(float* __restrict to, const float* __restrict from, int64_t count) {
  for (int64_t i = 0; i < count; ++i) to[i] += from[i];
}

void WriteMeans(const float* __restrict sums, float divisor, float* __restrict y, int64_t count) {
  for (int64_t i = 0; i < count; ++i) f1::Store(y + i, sums[i] / divisor);
}

}  // namespace

// A unit is one output row. The elements of a window are added in the written order, rows outside; scratch holds one
// pixel's sums.
void average_pool_f32_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch) {
  const joint::AveragePool& pool = *args.layer->options_as_AveragePool();
  const int32_t* in = args.inputs[0].shape;
  const int32_t* out = args.outputs[0].shape;
  const int64_t channels = in[3];
  const int64_t in_step = args.inputs[0].pitch;
  const int64_t out_step = args.outputs[0].pitch;
  auto* sums = reinterpret_cast<float*>(scratch);
  for (int64_t unit = begin; unit < end; ++unit) {
    const WindowSpan rows = WindowWithin(unit % out[1] * pool.stride_h() - pool.pad_top(), pool.kernel_h(), in[1]);
    const float* image = Floats(args.inputs[0]) + unit / out[1] * in[1] * in[2] * in_step;
    float* y = MutableFloats(args.outputs[0]) + unit * out[2] * out_step;
    for (int64_t x = 0; x < out[2]; ++x, y += out_step) {
      const WindowSpan columns = WindowWithin(x * pool.stride_w() - pool.pad_left(), pool.kernel_w(), in[2]);
      std::fill_n(sums, channels, 0.0F);
      for (int64_t row = rows.first; row < rows.last; ++row) {
        for (int64_t column = columns.first; column < columns.last; ++column) {
          AddInto(sums, image + (row * in[2] + column) * in_step, channels);
        }
      }
      const int64_t divisor = pool.divisor() > 0 ? pool.divisor() : rows.size() * columns.size();
      WriteMeans(sums, static_cast<float>(divisor), y, channels);
    }
  }
}

}  // namespace lockstep::kernels
