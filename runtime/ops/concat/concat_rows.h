// Concat for the kernels of an instruction set, which copy, look up and rescale rows.
#pragma once

#include "ops/common/byte_rows.h"
#include "ops/common/element_runs.h"
#include "ops/common/rescale_run.h"
#include "ops/concat/concat.h"

namespace lockstep::kernels {

using CopyRowsFunction = void(const ByteRows& rows);
using LookUpRowsFunction = void(const uint8_t* table, const ByteRows& rows);
using RescaleRowsFunction = void(const RescaleConstants& constants, const ByteRows& rows);

// visit(input, rows of its elements); steps count bytes.
template <typename Visit>
void ForEachConcatRows(const LayerArgs& args, int64_t begin, int64_t end, Visit visit) {
  const TensorView& y = args.outputs[0];
  const int64_t size = ElementBytes(y.dtype);
  const ConcatRange range = ConcatRangeOf(args, begin, end);
  ConcatPart part{};
  for (int32_t i = 0; i < args.input_count; ++i) {
    const TensorView& x = args.inputs[i];
    part = PartOfConcat(args, i, i == 0 ? nullptr : &part);
    if (part.within) continue;
    const int64_t pitch = x.pitch * ElementBytes(x.dtype);
    ByteRows rows{nullptr,        pitch,     nullptr,
                  y.pitch * size, part.rows, range.columns != 0 ? range.columns : RowLength(x)};
    const bool together = part.out_rows == 1;  // an index has one row: all of them are as even as an index's
    if (together) rows.count = range.end - range.begin;
    for (int64_t index = range.begin; index < (together ? range.begin + 1 : range.end); ++index) {
      rows.from = x.data + index * part.rows * pitch + range.column * ElementBytes(x.dtype);
      const int64_t row = index * part.out_rows + part.first_row;
      rows.to = y.data + (row * y.pitch + part.column + range.column) * size;
      visit(i, rows);
    }
  }
}

// Of integers; without `rescale` of bytes alone.
inline void ConcatIntegers(const LayerArgs& args, int64_t begin, int64_t end, CopyRowsFunction* copy,
                           LookUpRowsFunction* look_up, RescaleRowsFunction* rescale) {
  const joint::Concat& concat = *args.layer->options_as_Concat();
  const TensorView& y = args.outputs[0];
  ForEachConcatRows(args, begin, end, [&](int32_t i, ByteRows rows) {
    const TensorView& x = args.inputs[i];
    const auto entry = static_cast<flatbuffers::uoffset_t>(i);
    const int32_t multiplier = concat.multiplier()->Get(entry);
    if (multiplier == 0) {
      rows.length *= ElementBytes(x.dtype);
      copy(rows);
    } else if (ElementBytes(x.dtype) == 1 && ElementBytes(y.dtype) == 1) {
      look_up(args.state + kRescaleTableBytes * static_cast<size_t>(i), rows);
    } else if (rescale != nullptr) {
      rescale(RescaleConstantsOf(x, y, multiplier, concat.shift()->Get(entry)), rows);
    }
  });
}

}  // namespace lockstep::kernels
