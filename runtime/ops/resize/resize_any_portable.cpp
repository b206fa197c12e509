#include <cstring>

#include "ops/common/elements.h"

namespace lockstep::kernels {

// A unit is one output row. A row with the same source as the one before it is copied whole.
void resize_any_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const joint::Resize& resize = *args.layer->options_as_Resize();
  const int32_t* in = args.inputs[0].shape;
  const int32_t* out = args.outputs[0].shape;
  const int64_t element = ElementBytes(args.outputs[0].dtype);
  const auto pixel = static_cast<size_t>(in[3] * element);
  const auto in_step = static_cast<size_t>(args.inputs[0].pitch * element);
  const auto out_step = static_cast<size_t>(args.outputs[0].pitch * element);
  const size_t out_row = out_step * static_cast<size_t>(out[2]);
  for (int64_t unit = begin; unit < end; ++unit) {
    const auto y = static_cast<flatbuffers::uoffset_t>(unit % out[1]);
    const int64_t row = resize.rows()->Get(y);
    uint8_t* to = args.outputs[0].data + static_cast<size_t>(unit) * out_row;
    if (out_step == pixel && unit > begin && y > 0 && resize.rows()->Get(y - 1) == row) {
      std::memcpy(to, to - out_row, out_row);
      continue;
    }
    const uint8_t* from = args.inputs[0].data + static_cast<size_t>((unit / out[1] * in[1] + row) * in[2]) * in_step;
    for (flatbuffers::uoffset_t x = 0; x < resize.columns()->size(); ++x) {
      std::memcpy(to + x * out_step, from + static_cast<size_t>(resize.columns()->Get(x)) * in_step, pixel);
    }
  }
}

}  // namespace lockstep::kernels
