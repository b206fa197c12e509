#include "gemm/winograd.h"
#include "ops/conv/conv.h"
#include "ops/conv/conv_f32.h"

namespace lockstep::kernels {

Prepared PrepareConv(const LayerArgs& args) {
  if (kFloatLayers && FormOf(args) == Form::kFloat) return PrepareFloatConv(args);
  const ConvGeometry geometry = DescribeConv(args);
  Prepared prepared;
  prepared.units = geometry.units;
  prepared.scratch_bytes = geometry.scratch_bytes;
#if defined(LOCKSTEP_KERNELS_WINOGRAD)
  if (args.kernel != nullptr && IsWinograd(*args.kernel)) {
    const WinogradScratch scratch = WinogradScratchOf(geometry.stride_h, geometry.in_c, geometry.out_h, geometry.out_w);
    prepared.units = DescribeWinograd(args).units;
    prepared.scratch_bytes = static_cast<uint64_t>(scratch.end);
  }
#endif
  return prepared;
}

}  // namespace lockstep::kernels
