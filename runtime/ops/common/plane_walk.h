// Transpositions and slices by the planes of the two innermost axes of their walk, for kernels of an instruction set.
#pragma once

#include "ops/common/byte_rows.h"
#include "ops/common/strided_copy.h"

namespace lockstep::kernels {

// visit(place in the output, place in the input, rows) for as many whole rows of a plane as the output's elements
// [first, last) have together; parts of rows are copied as everywhere.
template <typename Visit>
void ForEachPlane(const LayerArgs& args, const StridedWalk& walk, ElementRange range, Visit visit) {
  const int64_t columns = walk.extent[walk.rank - 1];
  const int64_t rows = walk.extent[walk.rank - 2];
  for (int64_t position = range.first; position < range.last;) {
    const int64_t row = position / columns;
    const int64_t whole = range.last / columns - row;  // rows that end within the range
    if (position % columns != 0 || whole == 0) {       // part of a row
      const int64_t last = std::min((row + 1) * columns, range.last);
      StridedCopy(args, walk, position, last);
      position = last;
      continue;
    }
    const int64_t taken = std::min(whole, rows - row % rows);
    ForEachRun(walk, position, position + 1,
               [&](int64_t place, int64_t from, int64_t /*unused*/, int64_t /*one*/) { visit(place, from, taken); });
    position += taken * columns;
  }
}

// Whether the walk's elements lie side by side along the innermost axis, in rows that are evenly apart, and so many
// that it pays.
inline bool HasRows(const StridedWalk& walk) {
  constexpr int64_t kFewest = 8;
  return walk.rank >= 2 && walk.stride[0][walk.rank - 1] == 1 && walk.extent[walk.rank - 2] >= kFewest;
}

// Where HasRows.
inline void CopyPlanes(const LayerArgs& args, const StridedWalk& walk, ElementRange range, CopyRowsFunction* copy) {
  const int64_t size = ElementBytes(args.outputs[0].dtype);
  const int32_t outer = walk.rank - 2;
  ForEachPlane(args, walk, range, [&](int64_t place, int64_t from, int64_t rows) {
    copy({args.inputs[0].data + from * size, walk.stride[0][outer] * size, args.outputs[0].data + place * size,
          walk.out_stride[outer] * size, rows, walk.extent[walk.rank - 1] * size});
  });
}

}  // namespace lockstep::kernels
