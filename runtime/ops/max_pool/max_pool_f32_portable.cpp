#include <algorithm>

#include "ops/common/float_elements.h"
#include "ops/common/image_row.h"
#include "ops/common/window_span.h"

namespace lockstep::kernels {
namespace {

// The maximum is taken of integers in the order of f1, so that it does not depend on the order of the elements.
void ToKeys(const float* __restrict from, int32_t* __restrict keys, int64_t count) {
  for (int64_t i = 0; i < count; ++i) keys[i] = f1::OrderKey(from[i]);
}

void MaxInto(int32_t* __restrict keys, const float* __restrict from, int64_t count) {
  for (int64_t i = 0; i < count; ++i) keys[i] = std::max(keys[i], f1::OrderKey(from[i]));
}

void MaxInto(int32_t* __restrict keys, const int32_t* __restrict from, int64_t count) {
  for (int64_t i = 0; i < count; ++i) keys[i] = std::max(keys[i], from[i]);
}

}  // namespace

// A unit is one output row: first the maximum over the window's rows into scratch, then over its columns.
void max_pool_f32_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch) {
  const joint::MaxPool& pool = *args.layer->options_as_MaxPool();
  const int32_t* in = args.inputs[0].shape;
  const int32_t* out = args.outputs[0].shape;
  const int64_t channels = in[3];
  const ImageRow row_of(args.inputs[0]);
  const int64_t out_step = args.outputs[0].pitch;
  auto* columns = reinterpret_cast<int32_t*>(scratch);
  for (int64_t unit = begin; unit < end; ++unit) {
    const WindowSpan rows = WindowWithin(unit % out[1] * pool.stride_h() - pool.pad_top(), pool.kernel_h(), in[1]);
    const float* image = Floats(args.inputs[0]) + unit / out[1] * in[1] * row_of.step;
    row_of.ForEachPiece([&](int64_t from, int64_t to, int64_t count) {
      ToKeys(image + rows.first * row_of.step + from, columns + to, count);
      for (int64_t row = rows.first + 1; row < rows.last; ++row) {
        MaxInto(columns + to, image + row * row_of.step + from, count);
      }
    });
    auto* y = reinterpret_cast<int32_t*>(args.outputs[0].data) + unit * out[2] * out_step;
    for (int64_t x = 0; x < out[2]; ++x, y += out_step) {
      const WindowSpan window = WindowWithin(x * pool.stride_w() - pool.pad_left(), pool.kernel_w(), in[2]);
      std::copy_n(columns + window.first * channels, channels, y);
      for (int64_t column = window.first + 1; column < window.last; ++column) {
        MaxInto(y, columns + column * channels, channels);
      }
      for (int64_t i = 0; i < channels; ++i) y[i] = static_cast<int32_t>(f1::BitsOf(f1::FromOrderKey(y[i])));
    }
  }
}

}  // namespace lockstep::kernels
