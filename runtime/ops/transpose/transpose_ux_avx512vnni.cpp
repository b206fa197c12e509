#include "ops/common/plane_walk.h"
#include "ops/transpose/transpose.h"
#include "ops/transpose/transpose_bytes.h"
#include "ops/transpose/transpose_walk.h"

namespace lockstep::kernels {
namespace {

// Elements of one or two bytes whose two last axes change places, once neighbouring axes are one.
bool SwapsLastAxes(const LayerArgs& args, const StridedWalk& walk) {
  return ElementBytes(args.outputs[0].dtype) <= 2 && walk.rank >= 2 && walk.stride[0][walk.rank - 1] != 1 &&
         walk.stride[0][walk.rank - 2] == 1;
}

}  // namespace

bool AcceptsTranspose512(const LayerArgs& args) {
  const StridedWalk walk = TransposeWalk(args);
  return SwapsLastAxes(args, walk) || HasRows(walk);
}

void transpose_ux_avx512vnni(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const StridedWalk walk = TransposeWalk(args);
  const ElementRange range = ElementsOf(args.outputs[0], begin, end);
  if (!SwapsLastAxes(args, walk)) return CopyPlanes512(args, walk, range);
  const int64_t size = ElementBytes(args.outputs[0].dtype);
  const int32_t inner = walk.rank - 1;
  ForEachPlane(args, walk, range, [&](int64_t place, int64_t from, int64_t rows) {
    TransposeBytes512({static_cast<int>(size), args.inputs[0].data + from * size, walk.stride[0][inner] * size,
                       args.outputs[0].data + place * size, walk.out_stride[inner - 1] * size, rows,
                       walk.extent[inner]});
  });
}

}  // namespace lockstep::kernels
