#include "ops/common/elements.h"
#include "ops/common/strided_copy.h"
#include "ops/transpose/transpose.h"
#include "ops/transpose/transpose_bytes.h"
#include "ops/transpose/transpose_walk.h"

namespace lockstep::kernels {

// Elements of one or two bytes whose two last axes change places, once neighbouring axes are one.
bool AcceptsTranspose512(const LayerArgs& args) {
  if (ElementBytes(args.outputs[0].dtype) > 2) return false;
  const StridedWalk walk = TransposeWalk(args);
  return walk.rank >= 2 && walk.stride[0][walk.rank - 1] != 1 && walk.stride[0][walk.rank - 2] == 1;
}

void transpose_ux_avx512vnni(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const StridedWalk walk = TransposeWalk(args);
  const ElementRange range = ElementsOf(args.outputs[0], begin, end);
  const int64_t size = ElementBytes(args.outputs[0].dtype);
  const int32_t inner = walk.rank - 1;
  const int64_t columns = walk.extent[inner];
  const int64_t rows = walk.extent[inner - 1];
  int64_t position = range.first;
  while (position < range.last) {
    const int64_t row = position / columns;
    const int64_t whole = range.last / columns - row;  // rows that end within the range
    if (position % columns != 0 || whole == 0) {       // part of a row
      const int64_t last = std::min((row + 1) * columns, range.last);
      StridedCopy(args, walk, position, last);
      position = last;
      continue;
    }
    const int64_t taken = std::min(whole, rows - row % rows);
    ForEachRun(walk, position, position + 1, [&](int64_t place, int64_t from, int64_t /*unused*/, int64_t /*one*/) {
      TransposeBytes512({static_cast<int>(size), args.inputs[0].data + from * size, walk.stride[0][inner] * size,
                         args.outputs[0].data + place * size, walk.out_stride[inner - 1] * size, taken, columns});
    });
    position += taken * columns;
  }
}

}  // namespace lockstep::kernels
