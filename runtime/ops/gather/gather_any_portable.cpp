#include <algorithm>
#include <cstring>

#include "ops/common/elements.h"
#include "ops/gather/gather.h"

namespace lockstep::kernels {
namespace {

// Indices that follow each other: of elements side by side, or in reverse, or of none, which are filled.
struct IndexRun {
  int32_t step;
  int64_t count;
};

IndexRun RunOf(const int32_t* index, int64_t count, bool reversible) {
  constexpr int kTogether = 8;
  IndexRun run = {index[0] < 0 ? 0 : 1, 1};
  if (reversible && count > 1 && index[0] > 0 && index[1] == index[0] - 1) {
    run.step = -1;
    count = std::min(count, int64_t{index[0]} + 1);  // what follows 0 is filled
  }
  const int32_t step = run.step;
  const int32_t* at = index + 1;
  const int32_t* const end = index + count;
  for (; end - at >= kTogether; at += kTogether) {
    int32_t difference = 0;
    for (int i = 0; i < kTogether; ++i) difference |= at[i] ^ (at[i - 1] + step);
    if (difference != 0) break;
  }
  while (at != end && *at == at[-1] + step) ++at;
  run.count = at - index;
  return run;
}

// A block is what lies behind one index of the axis: `inner` elements side by side.
template <typename Element>
void Gather(const LayerArgs& args, ElementRange range) {
  const joint::Gather& gather = *args.layer->options_as_Gather();
  const TensorView& input = args.inputs[0];
  const TensorView& output = args.outputs[0];
  const int32_t* index = gather.index()->data();
  const int64_t length = output.shape[gather.axis()];
  const int64_t from_length = input.shape[gather.axis()];
  int64_t inner = 1;
  for (int32_t axis = gather.axis() + 1; axis < output.rank; ++axis) inner *= output.shape[axis];
  const auto* x = reinterpret_cast<const Element*>(input.data);
  auto* y = reinterpret_cast<Element*>(output.data);
  const auto fill = static_cast<Element>(gather.fill());
  int64_t within = range.first % inner;
  int64_t at = range.first / inner % length;
  const Element* outer = x + range.first / inner / length * from_length * inner;
  for (int64_t position = range.first; position < range.last;) {
    const IndexRun run = RunOf(index + at, length - at, inner == 1);
    const int64_t count = std::min(run.count * inner - within, range.last - position);
    if (index[at] < 0) {
      std::fill_n(y + position, count, fill);
    } else if (run.step < 0 || count == 1) {
      const Element* from = outer + index[at] * inner + within;
      for (int64_t i = 0; i < count; ++i) y[position + i] = from[-i];
    } else {
      std::memcpy(y + position, outer + index[at] * inner + within, static_cast<size_t>(count) * sizeof(Element));
    }
    position += count;
    within = 0;
    at += run.count;
    if (at < length) continue;
    at = 0;
    outer += from_length * inner;
  }
}

}  // namespace

void gather_any_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const ElementRange range = ElementsOf(args.outputs[0], begin, end);
  switch (ElementBytes(args.outputs[0].dtype)) {
    case 1:
      return Gather<uint8_t>(args, range);
    case 2:
      return Gather<uint16_t>(args, range);
    case 4:
      return Gather<uint32_t>(args, range);
    default:
      return Gather<uint64_t>(args, range);
  }
}

}  // namespace lockstep::kernels
