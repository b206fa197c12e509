#include <cstring>

#include "ops/common/dequantize_run.h"
#include "ops/common/rescale_run.h"
#include "ops/concat/concat.h"

namespace lockstep::kernels {
namespace {

void CopyOrDequantize(const TensorView& input, int64_t from, float* to, int64_t count) {
  if (input.dtype == joint::DType::F32) {
    std::memcpy(to, input.data + from * int64_t{sizeof(float)}, static_cast<size_t>(count) * sizeof(float));
  } else {
    DequantizeRun(input, from, to, count);
  }
}

// visit(place in the input, place in the output, count) for stretches that lie side by side in both.
template <typename Visit>
void ForEachRun(const TensorView& input, const TensorView& output, const ConcatPart& part, const ConcatRange& range,
                Visit visit) {
  const bool whole = range.columns == 0;
  const bool together = whole && !IsStrided(input) && input.pitch == output.pitch;  // all rows of an index
  const int64_t rows = together ? 1 : part.rows;
  const int64_t count = (whole ? RowLength(input) : range.columns) * (together ? part.rows : 1);
  for (int64_t index = range.begin; index < range.end; ++index) {
    for (int64_t row = 0; row < rows; ++row) {
      visit((index * part.rows + row) * input.pitch + range.column,
            (index * part.out_rows + part.first_row + row) * output.pitch + part.column + range.column, count);
    }
  }
}

}  // namespace

void concat_ux_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const joint::Concat& concat = *args.layer->options_as_Concat();
  const TensorView& output = args.outputs[0];
  const ConcatRange range = ConcatRangeOf(args, begin, end);
  ConcatPart part{};
  for (int32_t i = 0; i < args.input_count; ++i) {
    const TensorView& input = args.inputs[i];
    part = PartOfConcat(args, i, i == 0 ? nullptr : &part);
    if (part.within) continue;
    if (output.dtype == joint::DType::F32) {
      auto* y = reinterpret_cast<float*>(output.data);
      ForEachRun(input, output, part, range,
                 [&](int64_t from, int64_t to, int64_t count) { CopyOrDequantize(input, from, y + to, count); });
      continue;
    }
    const auto index = static_cast<flatbuffers::uoffset_t>(i);
    // Without state no input is rescaled through a table, and none is read.
    const uint8_t* table = args.state == nullptr ? nullptr : args.state + kRescaleTableBytes * static_cast<size_t>(i);
    const RescaleTo rescale{input, output, concat.multiplier()->Get(index), concat.shift()->Get(index), table};
    ForEachRun(input, output, part, range,
               [&](int64_t from, int64_t to, int64_t count) { RescaleRun(rescale, from, to, count); });
  }
}

}  // namespace lockstep::kernels
