#include <algorithm>
#include <type_traits>

#include "arithmetic/rq1.h"
#include "ops/common/elements.h"
#include "ops/common/float_elements.h"
#include "ops/common/reduce_walks.h"

namespace lockstep::kernels {
namespace {

constexpr int64_t kTerms = 0x10000;  // so many U16 elements fit an unsigned sum of 32 bits

template <typename Sum, typename Element>
void AddInto(Sum* __restrict sums, const Element* __restrict x, int64_t stride, int64_t count) {
  if (stride == 1) {
    for (int64_t i = 0; i < count; ++i) sums[i] += x[i];
  } else {
    for (int64_t i = 0; i < count; ++i) sums[i] += x[i * stride];
  }
}

// The sums of `count` outputs from that of `x` on.
template <typename Element>
void SumBlock(const ReduceWalks& walks, const Element* x, int64_t count, int64_t* sums) {
  uint32_t part[kReduceBlock] = {};
  int64_t terms = 0;
  std::fill_n(sums, count, int64_t{0});
  const auto flush = [&] {
    AddInto(sums, part, 1, count);
    std::fill_n(part, count, 0U);
    terms = 0;
  };
  ForEachTerm(walks, [&](int64_t offset) {
    AddInto(part, x + offset, walks.stride(), count);
    if (++terms == kTerms) flush();
  });
  flush();
}

// As SumBlock, where an output's terms lie side by side.
template <typename Element>
void SumLines(const ReduceWalks& walks, const Element* x, int64_t count, int64_t* sums) {
  for (int64_t i = 0; i < count; ++i, x += walks.stride()) {
    sums[i] = 0;
    for (int64_t term = 0; term < walks.terms; term += kTerms) {
      const auto terms = static_cast<ptrdiff_t>(std::min(kTerms, walks.terms - term));
      uint32_t part = 0;
      for (ptrdiff_t t = 0; t < terms; ++t) part += x[term + t];
      sums[i] += part;
    }
  }
}

template <typename Out>
void Store(const int32_t* __restrict values, Out* __restrict y, int64_t count) {
  for (int64_t i = 0; i < count; ++i) y[i] = static_cast<Out>(values[i]);
}

// The types matter to short loops alone.
void RunIntegers(const LayerArgs& args, const ReduceWalks& walks, const ElementRange& range) {
  const joint::ReduceMean& mean = *args.layer->options_as_ReduceMean();
  const int64_t offset = walks.terms * args.inputs[0].zero_point;
  const int64_t zero = args.outputs[0].zero_point;
  const bool lines = walks.reduced.rank == 1 && walks.reduced.stride[0][0] == 1;
  ForEachBlock(walks, range, [&](int64_t position, int64_t first, int64_t count) {
    int64_t sums[kReduceBlock];
    WithActivationType(args.inputs[0].dtype, [&](auto* in) {
      const auto* x = reinterpret_cast<const std::remove_pointer_t<decltype(in)>*>(args.inputs[0].data) + first;
      lines ? SumLines(walks, x, count, sums) : SumBlock(walks, x, count, sums);
    });
    int32_t values[kReduceBlock];
    for (int64_t i = 0; i < count; ++i) {
      const int64_t value = zero + rq1::RequantizeWide(sums[i] - offset, mean.multiplier(), mean.shift());
      values[i] = static_cast<int32_t>(rq1::Clamp(value, mean.clamp_low(), mean.clamp_high()));
    }
    WithActivationType(args.outputs[0].dtype, [&](auto* out) {
      Store(values, reinterpret_cast<decltype(out)>(args.outputs[0].data) + position, count);
    });
  });
}

void RunFloats(const LayerArgs& args, const ReduceWalks& walks, const ElementRange& range) {
  const auto divisor = static_cast<float>(walks.terms);
  ForEachBlock(walks, range, [&](int64_t position, int64_t first, int64_t count) {
    float lanes[f1::kSumLanes][kReduceBlock] = {};
    int64_t term = 0;
    ForEachTerm(walks, [&](int64_t offset) {
      AddInto(lanes[term++ % f1::kSumLanes], Floats(args.inputs[0]) + first + offset, walks.stride(), count);
    });
    for (int64_t i = 0; i < count; ++i) {
      float of_output[f1::kSumLanes];
      for (int lane = 0; lane < f1::kSumLanes; ++lane) of_output[lane] = lanes[lane][i];
      f1::Store(MutableFloats(args.outputs[0]) + position + i, f1::SumOfLanes(of_output) / divisor);
    }
  });
}

}  // namespace

void reduce_mean_any_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const ReduceWalks walks(args, *args.layer->options_as_ReduceMean()->axes());
  const ElementRange range = ElementsOf(args.outputs[0], begin, end);
  if (args.outputs[0].dtype == joint::DType::F32) return RunFloats(args, walks, range);
  RunIntegers(args, walks, range);
}

}  // namespace lockstep::kernels
