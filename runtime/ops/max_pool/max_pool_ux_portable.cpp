#include <algorithm>
#include <type_traits>

#include "ops/common/elements.h"
#include "ops/common/image_row.h"
#include "ops/common/window_span.h"

namespace lockstep::kernels {
namespace {

// to[i] = max(to[i], from[i])
template <typename Element>
void MaxInto(Element* to, const Element* from, int64_t count) {
  for (int64_t i = 0; i < count; ++i) to[i] = std::max(to[i], from[i]);
}

}  // namespace

// A unit is one output row: first the maximum over the window's rows into scratch, then over its columns.
void max_pool_ux_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch) {
  const joint::MaxPool& pool = *args.layer->options_as_MaxPool();
  const int32_t* in = args.inputs[0].shape;
  const int32_t* out = args.outputs[0].shape;
  const int64_t channels = in[3];
  const ImageRow row_of(args.inputs[0]);
  const int64_t out_step = args.outputs[0].pitch;
  WithActivationType(args.outputs[0].dtype, [&](auto* tag) {
    using Element = std::remove_pointer_t<decltype(tag)>;
    auto* columns = reinterpret_cast<Element*>(scratch);
    for (int64_t unit = begin; unit < end; ++unit) {
      const WindowSpan rows = WindowWithin(unit % out[1] * pool.stride_h() - pool.pad_top(), pool.kernel_h(), in[1]);
      const auto* image = reinterpret_cast<const Element*>(args.inputs[0].data) + unit / out[1] * in[1] * row_of.step;
      row_of.ForEachPiece([&](int64_t from, int64_t to, int64_t count) {
        std::copy_n(image + rows.first * row_of.step + from, count, columns + to);
        for (int64_t row = rows.first + 1; row < rows.last; ++row) {
          MaxInto(columns + to, image + row * row_of.step + from, count);
        }
      });
      auto* y = reinterpret_cast<Element*>(args.outputs[0].data) + unit * out[2] * out_step;
      for (int64_t x = 0; x < out[2]; ++x, y += out_step) {
        const WindowSpan window = WindowWithin(x * pool.stride_w() - pool.pad_left(), pool.kernel_w(), in[2]);
        std::copy_n(columns + window.first * channels, channels, y);
        for (int64_t column = window.first + 1; column < window.last; ++column) {
          MaxInto(y, columns + column * channels, channels);
        }
      }
    }
  });
}

}  // namespace lockstep::kernels
