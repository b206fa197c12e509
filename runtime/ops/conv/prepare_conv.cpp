#include <algorithm>

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
  if (args.kernel == nullptr ? AcceptsWinograd(args) : IsWinograd(*args.kernel)) {
    const auto bytes =
        static_cast<uint64_t>(WinogradScratchOf(geometry.stride_h, geometry.in_c, geometry.out_h, geometry.out_w).end);
    prepared.scratch_bytes = std::max(prepared.scratch_bytes, bytes);
  }
#endif
  return prepared;
}

}  // namespace lockstep::kernels
