#include <algorithm>
#include <type_traits>

#include "ops/common/elements.h"
#include "ops/common/image_row.h"
#include "ops/common/window_span.h"

namespace lockstep::kernels {
namespace {

// std::max, of references, makes addresses of what lies in registers.
template <typename Element>
Element Larger(Element a, Element b) {
  return a < b ? b : a;
}

template <typename Element>
void MaxOfThree(const Element* __restrict a, const Element* __restrict b, const Element* __restrict c,
                Element* __restrict to, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; ++i) to[i] = Larger(Larger(a[i], b[i]), c[i]);
}

template <typename Element>
void MaxInto(const Element* __restrict a, const Element* __restrict b, Element* __restrict to, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; ++i) to[i] = Larger(to[i], Larger(a[i], b[i]));
}

// to = the maximum of so many rows, three and then two at a time.
template <typename Element>
void MaxOfRows(const Element* from, ptrdiff_t step, int64_t rows, Element* to, ptrdiff_t count) {
  const auto row = [&](int64_t index) { return from + static_cast<ptrdiff_t>(std::min(index, rows - 1)) * step; };
  MaxOfThree(from, row(1), row(2), to, count);
  for (int64_t next = 3; next < rows; next += 2) MaxInto(row(next), row(next + 1), to, count);
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
  const int64_t kernel_w = pool.kernel_w();
  const int64_t stride_w = pool.stride_w();
  const int64_t pad_left = pool.pad_left();
  WithActivationType(args.outputs[0].dtype, [&](auto* tag) {
    using Element = std::remove_pointer_t<decltype(tag)>;
    auto* columns = reinterpret_cast<Element*>(scratch);
    for (int64_t unit = begin; unit < end; ++unit) {
      const WindowSpan rows = WindowWithin(unit % out[1] * pool.stride_h() - pool.pad_top(), pool.kernel_h(), in[1]);
      const auto* image = reinterpret_cast<const Element*>(args.inputs[0].data) + unit / out[1] * in[1] * row_of.step;
      row_of.ForEachPiece([&](int64_t from, int64_t to, int64_t count) {
        MaxOfRows(image + rows.first * row_of.step + from, row_of.step, rows.last - rows.first, columns + to, count);
      });
      auto* y = reinterpret_cast<Element*>(args.outputs[0].data) + unit * out[2] * out_step;
      for (int64_t x = 0; x < out[2]; ++x, y += out_step) {
        const WindowSpan window = WindowWithin(x * stride_w - pad_left, kernel_w, in[2]);
        MaxOfRows(columns + window.first * channels, channels, window.last - window.first, y, channels);
      }
    }
  });
}

}  // namespace lockstep::kernels
