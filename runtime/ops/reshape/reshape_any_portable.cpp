#include <cstring>

#include "ops/common/elements.h"

namespace lockstep::kernels {

void reshape_any_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  if (args.outputs[0].data == args.inputs[0].data) return;
  const ElementRange range = ElementsOf(args.outputs[0], begin, end);
  const int64_t size = ElementBytes(args.outputs[0].dtype);
  std::memcpy(args.outputs[0].data + range.first * size, args.inputs[0].data + range.first * size,
              static_cast<size_t>((range.last - range.first) * size));
}

}  // namespace lockstep::kernels
