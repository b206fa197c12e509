#include "ops/common/elements.h"

namespace lockstep::kernels {

void lookup_u8_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const uint8_t* bytes = args.layer->options_as_Lookup()->table()->data();
  const ElementRange range = ElementsOf(args.outputs[0], begin, end);
  const uint8_t* x = args.inputs[0].data;
  if (args.outputs[0].dtype == joint::DType::U8) {
    for (int64_t i = range.first; i < range.last; ++i) args.outputs[0].data[i] = bytes[x[i]];
    return;
  }
  auto* y = reinterpret_cast<uint16_t*>(args.outputs[0].data);
  for (int64_t i = range.first; i < range.last; ++i) {
    const uint8_t* entry = bytes + size_t{2} * x[i];
    y[i] = static_cast<uint16_t>(entry[0] | (entry[1] << 8));
  }
}

}  // namespace lockstep::kernels
