// ReduceMean and ReduceMax: which elements of the input become an element of the output.
#pragma once

#include <algorithm>

#include "joint_generated.h"
#include "joint_strides.h"
#include "ops/common/elements.h"
#include "ops/common/strided_walk.h"

namespace lockstep::kernels {

inline constexpr int64_t kReduceBlock = 128;  // outputs that are reduced side by side

// Where the elements of x lie: a walk over the axes that stay, and one over those that vanish.
struct ReduceWalks {
  ReduceWalks(const LayerArgs& args, const flatbuffers::Vector<uint8_t>& axes) {
    const TensorView& x = args.inputs[0];
    bool is_reduced[kMaxRank] = {};
    for (const uint8_t axis : axes) is_reduced[axis] = true;
    int64_t strides[kMaxRank];
    joint::StridesOf(x.shape, x.rank, x.pitch, strides);
    for (int32_t axis = 0; axis < x.rank; ++axis) terms *= is_reduced[axis] ? x.shape[axis] : 1;
    int64_t outputs = x.elements / terms;
    int64_t rest = terms;
    for (int32_t axis = 0; axis < x.rank; ++axis) {
      int64_t& step = is_reduced[axis] ? rest : outputs;
      step /= x.shape[axis];
      (is_reduced[axis] ? reduced : kept).AddAxis(x.shape[axis], strides[axis], 0, step);
    }
    kept.Finish();
    reduced.Finish();
  }

  // The distance in x of outputs that lie side by side.
  int64_t stride() const { return kept.stride[0][kept.rank - 1]; }

  StridedWalk kept, reduced;
  int64_t terms = 1;  // elements behind an output
};

// visit(first output, its first element, outputs) for runs of at most kReduceBlock outputs.
template <typename Visit>
void ForEachBlock(const ReduceWalks& walks, const ElementRange& range, Visit visit) {
  ForEachRun(walks.kept, range.first, range.last, [&](int64_t position, int64_t first, int64_t, int64_t count) {
    for (int64_t done = 0; done < count; done += kReduceBlock) {
      visit(position + done, first + done * walks.stride(), std::min(kReduceBlock, count - done));
    }
  });
}

// visit(offset) for every element behind an output, in the order in which they lie.
template <typename Visit>
void ForEachTerm(const ReduceWalks& walks, Visit visit) {
  const int64_t stride = walks.reduced.stride[0][walks.reduced.rank - 1];
  ForEachRun(walks.reduced, 0, walks.terms, [&](int64_t, int64_t first, int64_t, int64_t count) {
    for (int64_t i = 0; i < count; ++i) visit(first + i * stride);
  });
}

}  // namespace lockstep::kernels
