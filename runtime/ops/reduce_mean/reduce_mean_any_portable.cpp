#include <algorithm>
#include <type_traits>

#include "arithmetic/rq1.h"
#include "joint_strides.h"
#include "ops/common/elements.h"
#include "ops/common/float_elements.h"
#include "ops/common/strided_walk.h"

namespace lockstep::kernels {
namespace {

constexpr int64_t kBlock = 128;      // outputs that are summed side by side
constexpr int64_t kTerms = 0x10000;  // so many U16 elements fit an unsigned sum of 32 bits

// Where the elements of x lie: a walk over the axes that stay, and one over those that are summed.
struct Walks {
  explicit Walks(const LayerArgs& args) {
    const TensorView& x = args.inputs[0];
    bool is_summed[kMaxRank] = {};
    for (const uint8_t axis : *args.layer->options_as_ReduceMean()->axes()) is_summed[axis] = true;
    int64_t strides[kMaxRank];
    joint::StridesOf(x.shape, x.rank, x.pitch, strides);
    for (int32_t axis = 0; axis < x.rank; ++axis) count *= is_summed[axis] ? x.shape[axis] : 1;
    int64_t outputs = x.elements / count;
    int64_t terms = count;
    for (int32_t axis = 0; axis < x.rank; ++axis) {
      int64_t& step = is_summed[axis] ? terms : outputs;
      step /= x.shape[axis];
      (is_summed[axis] ? summed : kept).AddAxis(x.shape[axis], strides[axis], 0, step);
    }
    kept.Finish();
    summed.Finish();
  }

  // The distance in x of outputs that lie side by side.
  int64_t stride() const { return kept.stride[0][kept.rank - 1]; }

  StridedWalk kept, summed;
  int64_t count = 1;  // elements of a sum
};

// visit(first output, its first element, outputs) for runs of at most kBlock outputs.
template <typename Visit>
void ForEachBlock(const Walks& walks, const ElementRange& range, Visit visit) {
  ForEachRun(walks.kept, range.first, range.last, [&](int64_t position, int64_t first, int64_t, int64_t count) {
    for (int64_t done = 0; done < count; done += kBlock) {
      visit(position + done, first + done * walks.stride(), std::min(kBlock, count - done));
    }
  });
}

// visit(offset) for every element of a sum, in the order in which they lie.
template <typename Visit>
void ForEachTerm(const Walks& walks, Visit visit) {
  const int64_t stride = walks.summed.stride[0][walks.summed.rank - 1];
  ForEachRun(walks.summed, 0, walks.count, [&](int64_t, int64_t first, int64_t, int64_t count) {
    for (int64_t i = 0; i < count; ++i) visit(first + i * stride);
  });
}

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
void SumBlock(const Walks& walks, const Element* x, int64_t count, int64_t* sums) {
  uint32_t part[kBlock] = {};
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

template <typename In, typename Out>
void RunIntegers(const LayerArgs& args, const Walks& walks, const ElementRange& range) {
  const joint::ReduceMean& mean = *args.layer->options_as_ReduceMean();
  const int64_t offset = walks.count * args.inputs[0].zero_point;
  const int64_t zero = args.outputs[0].zero_point;
  const auto* x = reinterpret_cast<const In*>(args.inputs[0].data);
  auto* y = reinterpret_cast<Out*>(args.outputs[0].data);
  ForEachBlock(walks, range, [&](int64_t position, int64_t first, int64_t count) {
    int64_t sums[kBlock];
    SumBlock(walks, x + first, count, sums);
    for (int64_t i = 0; i < count; ++i) {
      const int64_t value = zero + rq1::RequantizeWide(sums[i] - offset, mean.multiplier(), mean.shift());
      y[position + i] = static_cast<Out>(rq1::Clamp(value, mean.clamp_low(), mean.clamp_high()));
    }
  });
}

void RunFloats(const LayerArgs& args, const Walks& walks, const ElementRange& range) {
  const auto divisor = static_cast<float>(walks.count);
  ForEachBlock(walks, range, [&](int64_t position, int64_t first, int64_t count) {
    float lanes[f1::kSumLanes][kBlock] = {};
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
  const Walks walks(args);
  const ElementRange range = ElementsOf(args.outputs[0], begin, end);
  if (args.outputs[0].dtype == joint::DType::F32) return RunFloats(args, walks, range);
  WithActivationType(args.inputs[0].dtype, [&](auto* in) {
    WithActivationType(args.outputs[0].dtype, [&](auto* out) {
      RunIntegers<std::remove_pointer_t<decltype(in)>, std::remove_pointer_t<decltype(out)>>(args, walks, range);
    });
  });
}

}  // namespace lockstep::kernels
