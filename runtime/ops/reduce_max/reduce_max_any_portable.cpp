#include <algorithm>
#include <type_traits>

#include "ops/common/elements.h"
#include "ops/common/float_elements.h"
#include "ops/common/reduce_walks.h"
#include "ops/reduce_max/reduce_max.h"

namespace lockstep::kernels {
namespace {

inline int32_t KeyOf(float x) { return f1::OrderKey(x); }
inline int32_t KeyOf(uint16_t x) { return x; }
inline int32_t KeyOf(uint8_t x) { return x; }

template <typename Element>
void TakeInto(int32_t* __restrict best, const Element* __restrict x, int64_t stride, int32_t flip, int64_t count) {
  for (int64_t i = 0; i < count; ++i) best[i] = std::max(best[i], KeyOf(x[i * stride]) ^ flip);
}

// With all bits of its keys flipped, the smallest is the largest.
template <typename Element>
void Reduce(const LayerArgs& args, const ReduceWalks& walks, const ElementRange& range, int32_t flip) {
  const auto* x = reinterpret_cast<const Element*>(args.inputs[0].data);
  auto* y = reinterpret_cast<Element*>(args.outputs[0].data);
  ForEachBlock(walks, range, [&](int64_t position, int64_t first, int64_t count) {
    int32_t best[kReduceBlock];
    std::fill_n(best, count, INT32_MIN);
    ForEachTerm(walks, [&](int64_t offset) { TakeInto(best, x + first + offset, walks.stride(), flip, count); });
    for (int64_t i = 0; i < count; ++i) {
      if constexpr (std::is_same_v<Element, float>) {
        f1::Store(y + position + i, f1::FromOrderKey(best[i] ^ flip));
      } else {
        y[position + i] = static_cast<Element>(best[i] ^ flip);
      }
    }
  });
}

template <typename Element>
void Run(const LayerArgs& args, int64_t begin, int64_t end) {
  const joint::ReduceMax& options = *args.layer->options_as_ReduceMax();
  const ReduceWalks walks(args, *options.axes());
  Reduce<Element>(args, walks, ElementsOf(args.outputs[0], begin, end), options.smallest() ? -1 : 0);
}

}  // namespace

void reduce_max_any_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  if (args.outputs[0].dtype == joint::DType::F32) return Run<float>(args, begin, end);
  WithActivationType(args.outputs[0].dtype,
                     [&](auto* tag) { Run<std::remove_pointer_t<decltype(tag)>>(args, begin, end); });
}

}  // namespace lockstep::kernels
