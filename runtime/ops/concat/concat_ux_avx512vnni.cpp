#include "ops/common/element_runs.h"
#include "ops/concat/concat_rows.h"

namespace lockstep::kernels {

bool AcceptsConcatIntegers512(const LayerArgs& args) { return !AcceptsConcatFloats512(args); }

bool AcceptsConcatFloats512(const LayerArgs& args) { return args.outputs[0].dtype == joint::DType::F32; }

void concat_ux_avx512vnni(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const joint::Concat& concat = *args.layer->options_as_Concat();
  const TensorView& y = args.outputs[0];
  ForEachConcatRows(args, begin, end, [&](int32_t i, ByteRows rows) {
    const TensorView& x = args.inputs[i];
    const auto entry = static_cast<flatbuffers::uoffset_t>(i);
    if (concat.multiplier()->Get(entry) == 0) {
      rows.length *= ElementBytes(x.dtype);
      CopyRows512(rows);
    } else if (ElementBytes(x.dtype) == 1 && ElementBytes(y.dtype) == 1) {
      LookUpRows512(args.state + kRescaleTableBytes * static_cast<size_t>(i), rows);
    } else {
      RescaleRows512(RescaleConstantsOf(x, y, concat.multiplier()->Get(entry), concat.shift()->Get(entry)), rows);
    }
  });
}

void concat_f32_avx512vnni(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  ForEachConcatRows(args, begin, end, [&](int32_t i, ByteRows rows) {
    const TensorView& x = args.inputs[i];
    if (x.dtype == joint::DType::F32) {
      rows.length *= int64_t{sizeof(float)};
      CopyRows512(rows);
    } else {
      DequantizeRows512(x.dtype == joint::DType::U16, x.zero_point, x.scale, rows);
    }
  });
}

}  // namespace lockstep::kernels
