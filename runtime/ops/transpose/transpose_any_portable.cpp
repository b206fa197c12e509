#include "ops/common/plane_walk.h"
#include "ops/transpose/transpose.h"
#include "ops/transpose/transpose_walk.h"

namespace lockstep::kernels {

bool AcceptsTransposePlanes(const LayerArgs& args) {
  const StridedWalk walk = TransposeWalk(args);
  return SwapsLastAxes(args, walk) || HasRows(walk);
}

Prepared PrepareTranspose(const LayerArgs& args) {
  const StridedWalk walk = TransposeWalk(args);
  Prepared prepared = PrepareElements(args);
  if (HasTransposePieces(args, walk)) prepared.units = (walk.extent[1] + kTransposePiece - 1) / kTransposePiece;
  return prepared;
}

void transpose_any_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const StridedWalk walk = TransposeWalk(args);
  if (HasTransposePieces(args, walk)) {
    const ElementRange columns = TransposeColumns(walk, begin, end);
    for (int64_t row = 0; row < walk.extent[0] * walk.extent[1]; row += walk.extent[1]) {
      StridedCopy(args, walk, row + columns.first, row + columns.last);
    }
    return;
  }
  const ElementRange range = ElementsOf(args.outputs[0], begin, end);
  StridedCopy(args, walk, range.first, range.last);
}

}  // namespace lockstep::kernels
