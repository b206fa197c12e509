#include <algorithm>

#include "ops/common/prepare.h"
#include "ops/common/rescale_run.h"
#include "ops/concat/concat.h"

namespace lockstep::kernels {
namespace {

bool HasTable(const LayerArgs& args, int32_t input) {
  const joint::Concat& concat = *args.layer->options_as_Concat();
  return args.outputs[0].dtype != joint::DType::F32 && args.inputs[input].dtype == joint::DType::U8 &&
         concat.multiplier()->Get(static_cast<flatbuffers::uoffset_t>(input)) != 0;
}

constexpr int64_t kPiece = 1024;  // elements of a row, whole lines of the cache

bool HasPieces(const LayerArgs& args) {
  const TensorView& y = args.outputs[0];
  const int32_t axis = args.layer->options_as_Concat()->axis();
  return axis != y.rank - 1 && OuterElements(y, axis) == 1;
}

int64_t UnitsOf(const LayerArgs& args) {
  const TensorView& y = args.outputs[0];
  if (HasPieces(args)) return std::max<int64_t>(1, (RowLength(y) + kPiece - 1) / kPiece);
  return OuterElements(y, args.layer->options_as_Concat()->axis());
}

}  // namespace

ConcatRange ConcatRangeOf(const LayerArgs& args, int64_t begin, int64_t end) {
  if (!HasPieces(args)) return {begin, end, 0, 0};
  const int64_t length = RowLength(args.outputs[0]);
  if (begin == 0 && end * kPiece >= length) return {0, 1, 0, 0};
  return {0, 1, begin * kPiece, std::min(end * kPiece, length) - begin * kPiece};
}

ConcatPart PartOfConcat(const LayerArgs& args, int32_t input, const ConcatPart* before) {
  const TensorView& x = args.inputs[input];
  const TensorView& y = args.outputs[0];
  const int32_t axis = args.layer->options_as_Concat()->axis();
  ConcatPart part{};
  if (axis == y.rank - 1) {
    part.rows = part.out_rows = 1;
    if (before != nullptr) part.column = before->column + RowLength(args.inputs[input - 1]);
  } else {
    int64_t inner = 1;
    for (int32_t i = axis + 1; i < y.rank - 1; ++i) inner *= y.shape[i];
    part.rows = inner * x.shape[axis];
    part.out_rows = inner * y.shape[axis];
    if (before != nullptr) part.first_row = before->first_row + before->rows;
  }
  // One of another type is converted, wherever it lies.
  part.within = x.dtype == y.dtype && IsWithin(x, y, part.first_row * y.pitch + part.column);
  return part;
}

// State: a table for each input, if any U8 input is rescaled.
Prepared PrepareConcat(const LayerArgs& args) {
  Prepared prepared;
  ConcatPart part{};
  for (int32_t i = 0; i < args.input_count; ++i) {
    part = PartOfConcat(args, i, i == 0 ? nullptr : &part);
    if (!part.within) prepared.units = UnitsOf(args);
    if (HasTable(args, i)) prepared.state_bytes = kRescaleTableBytes * static_cast<uint64_t>(args.input_count);
  }
  return prepared;
}

void SetUpConcat(const LayerArgs& args, uint8_t* state) {
  const joint::Concat& concat = *args.layer->options_as_Concat();
  for (int32_t i = 0; i < args.input_count; ++i) {
    if (!HasTable(args, i)) continue;
    const auto index = static_cast<flatbuffers::uoffset_t>(i);
    BuildRescaleTable(args.inputs[i], args.outputs[0], concat.multiplier()->Get(index), concat.shift()->Get(index),
                      state + kRescaleTableBytes * static_cast<size_t>(i));
  }
}

bool AcceptsConcatIntegers(const LayerArgs& args) { return args.outputs[0].dtype != joint::DType::F32; }

}  // namespace lockstep::kernels
