#include "ops/common/strided_copy.h"

#include <cstring>

#include "ops/common/elements.h"

namespace lockstep::kernels {
namespace {

// A row is often so short that a call takes longer than the copy.
void CopyShort(void* to, const void* from, int64_t bytes) {
  constexpr int64_t kChunk = 16;
  constexpr int64_t kLong = 256;
  auto* y = static_cast<uint8_t*>(to);
  const auto* x = static_cast<const uint8_t*>(from);
  if (bytes >= kLong) {
    std::memcpy(y, x, static_cast<size_t>(bytes));
    return;
  }
  for (; bytes >= kChunk; bytes -= kChunk, x += kChunk, y += kChunk) std::memcpy(y, x, kChunk);
  if ((bytes & 8) != 0) std::memcpy(y, x, 8);
  x += bytes & 8;
  y += bytes & 8;
  if ((bytes & 4) != 0) std::memcpy(y, x, 4);
  x += bytes & 4;
  y += bytes & 4;
  for (bytes &= 3; bytes > 0; --bytes) *y++ = *x++;
}

template <typename Element>
void Copy(const LayerArgs& args, const StridedWalk& walk, int64_t first, int64_t last) {
  const auto* from = reinterpret_cast<const Element*>(args.inputs[0].data);
  auto* to = reinterpret_cast<Element*>(args.outputs[0].data);
  const int64_t stride = walk.stride[0][walk.rank - 1];
  ForEachRun(walk, first, last, [&](int64_t place, int64_t source, int64_t /*unused*/, int64_t count) {
    if (stride == 1) {
      CopyShort(to + place, from + source, count * int64_t{sizeof(Element)});
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
