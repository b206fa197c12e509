// Transpose for kernels of an instruction set, which turn matrices.
#pragma once

#include "ops/common/plane_walk.h"
#include "ops/transpose/transpose.h"
#include "ops/transpose/transpose_bytes.h"
#include "ops/transpose/transpose_walk.h"

namespace lockstep::kernels {

inline void TransposePlanes(const LayerArgs& args, int64_t begin, int64_t end, TransposePlaneFunction* transpose,
                            CopyRowsFunction* copy) {
  const StridedWalk walk = TransposeWalk(args);
  const int64_t size = ElementBytes(args.outputs[0].dtype);
  const int32_t inner = walk.rank - 1;
  if (HasTransposePieces(args, walk)) {
    const ElementRange columns = TransposeColumns(walk, begin, end);
    const int64_t step = walk.stride[0][inner] * size;
    transpose({static_cast<int>(size), args.inputs[0].data + columns.first * step, step,
               args.outputs[0].data + columns.first * size, walk.out_stride[0] * size, walk.extent[0],
               columns.last - columns.first});
    return;
  }
  const ElementRange range = ElementsOf(args.outputs[0], begin, end);
  if (!SwapsLastAxes(args, walk)) return CopyPlanes(args, walk, range, copy);
  ForEachPlane(args, walk, range, [&](int64_t place, int64_t from, int64_t rows) {
    transpose({static_cast<int>(size), args.inputs[0].data + from * size, walk.stride[0][inner] * size,
               args.outputs[0].data + place * size, walk.out_stride[inner - 1] * size, rows, walk.extent[inner]});
  });
}

}  // namespace lockstep::kernels
