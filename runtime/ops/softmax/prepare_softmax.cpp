#include "ops/common/prepare.h"
#include "ops/softmax/softmax.h"
#include "ops/softmax/softmax_rows.h"

namespace lockstep::kernels {

Prepared PrepareSoftmax(const LayerArgs& args) {
  const TensorView& output = args.outputs[0];
  Prepared prepared;
  prepared.units = OuterElements(output, output.rank - 1);
#if defined(LOCKSTEP_KERNELS_AVX2) || defined(LOCKSTEP_KERNELS_NEON) || defined(LOCKSTEP_KERNELS_MSA)
  if (FormOf(args) == Form::kInteger) prepared.scratch_bytes = static_cast<uint64_t>(SoftmaxScratch(RowLength(output)));
#endif
  return prepared;
}

SoftmaxRows SoftmaxRowsOf(const LayerArgs& args, int64_t begin, int64_t end) {
  const joint::Softmax& softmax = *args.layer->options_as_Softmax();
  const TensorView& x = args.inputs[0];
  const TensorView& y = args.outputs[0];
  const int64_t size = ElementBytes(y.dtype);
  const int64_t pitch = x.pitch * ElementBytes(x.dtype);
  return {x.data + begin * pitch,
          pitch,
          y.data + begin * y.pitch * size,
          y.pitch * size,
          end - begin,
          RowLength(y),
          softmax.table()->data(),
          softmax.numerator(),
          static_cast<uint32_t>(y.high),
          y.dtype == joint::DType::U16,
          x.dtype == joint::DType::U16,
          softmax.table()->size(),
          nullptr};
}

}  // namespace lockstep::kernels
