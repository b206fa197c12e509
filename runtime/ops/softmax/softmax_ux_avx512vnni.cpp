#include "joint_elements.h"
#include "ops/softmax/softmax.h"
#include "ops/softmax/softmax_rows.h"

namespace lockstep::kernels {

void softmax_ux_avx512vnni(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const joint::Softmax& softmax = *args.layer->options_as_Softmax();
  const TensorView& x = args.inputs[0];
  const TensorView& y = args.outputs[0];
  const int64_t size = ElementBytes(y.dtype);
  const int64_t pitch = x.pitch * ElementBytes(x.dtype);
  SoftmaxRows512({x.data + begin * pitch, pitch, y.data + begin * y.pitch * size, y.pitch * size, end - begin,
                  RowLength(y), softmax.table()->data(), softmax.numerator(), static_cast<uint32_t>(y.high),
                  y.dtype == joint::DType::U16, x.dtype == joint::DType::U16, softmax.table()->size()});
}

}  // namespace lockstep::kernels
