#include <cstring>

#include "ops/common/dequantize_run.h"
#include "ops/common/rescale_run.h"

namespace lockstep::kernels {
namespace {

void CopyOrDequantize(const TensorView& input, int64_t from, float* to, int64_t count) {
  if (input.dtype == joint::DType::F32) {
    std::memcpy(to, input.data + from * int64_t{sizeof(float)}, static_cast<size_t>(count) * sizeof(float));
  } else {
    DequantizeRun(input, from, to, count);
  }
}

}  // namespace

// A unit is all inputs' elements for one index of the axes before the concatenated one.
void concat_ux_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const joint::Concat& concat = *args.layer->options_as_Concat();
  const TensorView& output = args.outputs[0];
  int64_t inner = 1;
  for (int32_t axis = concat.axis() + 1; axis < output.rank; ++axis) inner *= output.shape[axis];
  const int64_t out_run = inner * output.shape[concat.axis()];
  int64_t offset = 0;
  for (int32_t i = 0; i < args.input_count; ++i) {
    const TensorView& input = args.inputs[i];
    const int64_t run = inner * input.shape[concat.axis()];
    if (output.dtype == joint::DType::F32) {
      auto* to = reinterpret_cast<float*>(output.data);
      for (int64_t unit = begin; unit < end; ++unit) {
        CopyOrDequantize(input, unit * run, to + unit * out_run + offset, run);
      }
    } else {
      const auto index = static_cast<flatbuffers::uoffset_t>(i);
      const int32_t multiplier = concat.multiplier()->Get(index);
      const int8_t shift = concat.shift()->Get(index);
      // Without state no input is rescaled through a table, and none is read.
      const uint8_t* table = args.state == nullptr ? nullptr : args.state + kRescaleTableBytes * static_cast<size_t>(i);
      const RescaleTo rescale{input, output, multiplier, shift, table};
      for (int64_t unit = begin; unit < end; ++unit) RescaleRun(rescale, unit * run, unit * out_run + offset, run);
    }
    offset += run;
  }
}

}  // namespace lockstep::kernels
