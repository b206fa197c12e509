#include "ops/concat/concat_rows.h"

namespace lockstep::kernels {

bool AcceptsConcatFloats512(const LayerArgs& args) { return args.outputs[0].dtype == joint::DType::F32; }

void concat_ux_avx512vnni(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  ConcatIntegers(args, begin, end, CopyRows512, LookUpRows512, RescaleRows512);
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
