#include "ops/common/elements.h"

namespace lockstep::kernels {
namespace {

void LookUpWide(const uint8_t* table, const uint8_t* x, uint16_t* y, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    const uint8_t* entry = table + size_t{2} * x[i];
    y[i] = static_cast<uint16_t>(entry[0] | (entry[1] << 8));
  }
}

}  // namespace

void lookup_u8_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const uint8_t* table = args.layer->options_as_Lookup()->table()->data();
  const TensorView& input = args.inputs[0];
  const TensorView& output = args.outputs[0];
  ForEachStretch(input, output, ElementsOf(output, begin, end), [&](int64_t from, int64_t to, int64_t count) {
    const uint8_t* x = input.data + from;
    if (output.dtype == joint::DType::U16) {
      LookUpWide(table, x, reinterpret_cast<uint16_t*>(output.data) + to, count);
      return;
    }
    uint8_t* y = output.data + to;
    for (int64_t i = 0; i < count; ++i) y[i] = table[x[i]];
  });
}

}  // namespace lockstep::kernels
