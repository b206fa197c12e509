#include <algorithm>

#include "arithmetic/f1.h"
#include "ops/common/elements.h"
#include "ops/common/prepare.h"

namespace lockstep::kernels {
namespace {

uint32_t RankOf(uint8_t x) { return x; }
uint32_t RankOf(uint16_t x) { return x; }
// In the order of the contract; both zeros are one number. The bits are looked at alone: a copy keeps every NaN.
uint32_t RankOf(uint32_t bits) {
  const uint32_t number = bits == f1::kSignBit ? 0 : bits;
  return static_cast<uint32_t>(f1::OrderKey(f1::FromBits(number))) ^ f1::kSignBit;
}

// One number per element of a row, ascending in the order of the output: its rank above, its index below. The index
// makes every number another one, so any way of sorting gives the same.
template <typename Element>
void SelectRow(const LayerArgs& args, int64_t outer, int64_t inner, int64_t inner_count, uint64_t* order) {
  const joint::TopK& options = *args.layer->options_as_TopK();
  const int64_t length = args.inputs[0].shape[options.axis()];
  const int64_t count = args.outputs[0].shape[options.axis()];
  const uint32_t flip = options.largest() ? UINT32_MAX : 0;
  const Element* x = reinterpret_cast<const Element*>(args.inputs[0].data) + outer * length * inner_count + inner;
  for (int64_t i = 0; i < length; ++i) {
    order[i] = uint64_t{RankOf(x[i * inner_count]) ^ flip} << 32 | static_cast<uint64_t>(i);
  }
  std::partial_sort(order, order + count, order + length);
  const int64_t first = outer * count * inner_count + inner;
  auto* values = reinterpret_cast<Element*>(args.outputs[0].data) + first;
  auto* indices = reinterpret_cast<int64_t*>(args.outputs[1].data) + first;
  for (int64_t i = 0; i < count; ++i) {
    const auto index = static_cast<int64_t>(order[i] & UINT32_MAX);
    values[i * inner_count] = x[index * inner_count];
    indices[i * inner_count] = index;
  }
}

template <typename Element>
void SelectRows(const LayerArgs& args, int64_t begin, int64_t end, uint64_t* order) {
  const TensorView& x = args.inputs[0];
  const int32_t axis = args.layer->options_as_TopK()->axis();
  const int64_t inner_count = x.elements / (OuterElements(x, axis) * x.shape[axis]);
  for (int64_t row = begin; row < end; ++row) {
    SelectRow<Element>(args, row / inner_count, row % inner_count, inner_count, order);
  }
}

}  // namespace

void top_k_any_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch) {
  auto* order = reinterpret_cast<uint64_t*>(scratch);
  switch (ElementBytes(args.inputs[0].dtype)) {
    case 1:
      return SelectRows<uint8_t>(args, begin, end, order);
    case 2:
      return SelectRows<uint16_t>(args, begin, end, order);
    default:
      return SelectRows<uint32_t>(args, begin, end, order);
  }
}

}  // namespace lockstep::kernels
