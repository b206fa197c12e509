#include "ops/common/strided_copy.h"

#include <cstring>

#include "ops/common/elements.h"

namespace lockstep::kernels {
namespace {

template <typename Element>
void Copy(const LayerArgs& args, const StridedWalk& walk, int64_t first, int64_t last) {
  const auto* from = reinterpret_cast<const Element*>(args.inputs[0].data);
  auto* to = reinterpret_cast<Element*>(args.outputs[0].data);
  const int64_t stride = walk.stride[0][walk.rank - 1];
  ForEachRun(walk, first, last, [&](int64_t place, int64_t source, int64_t /*unused*/, int64_t count) {
    if (stride == 1) {
      std::memcpy(to + place, from + source, static_cast<size_t>(count) * sizeof(Element));
    } else {
      for (int64_t i = 0; i < count; ++i) to[place + i] = from[source + i * stride];
    }
  });
}

}  // namespace

void StridedCopy(const LayerArgs& args, const StridedWalk& walk, int64_t first, int64_t last) {
  switch (ElementBytes(args.outputs[0].dtype)) {
    case 1:
      return Copy<uint8_t>(args, walk, first, last);
    case 2:
      return Copy<uint16_t>(args, walk, first, last);
    case 4:
      return Copy<uint32_t>(args, walk, first, last);
    default:
      return Copy<uint64_t>(args, walk, first, last);
  }
}

}  // namespace lockstep::kernels
