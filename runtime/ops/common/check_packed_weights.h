// Weights packed as O16I4: every weight, the sums that the options claim, and the accumulator's bound.
#pragma once

#include "core/layer_check.h"

namespace lockstep::check {

inline constexpr int64_t kPackedLanes = 16;
inline constexpr int64_t kPackedQuad = 4;

// Weights that are packed together: those of a convolution, or of one phase of a transposed one.
struct PackedPart {
  int64_t groups = 1;
  int64_t channels = 1;  // of one group
  int64_t segments = 1;
  int64_t length = 1;   // bytes of a segment
  int64_t sums = 0;     // of acc_init and weight_sum the entry of the first channel
  bool absent = false;  // one segment of zeros stands for it

  int64_t bytes() const;
};

// The packing O16 of floats: any float is a weight. The shape is oc, kh, kw, ic of a group.
Status CheckFloatWeights(LayerCheck& layer, const joint::Tensor& weights, int64_t groups);

// What is checked already: lengths of all arrays, ranges of shifts.
struct PackedSums {
  const flatbuffers::Vector<int32_t>* acc_init;
  const flatbuffers::Vector<int32_t>* weight_sum;
  const flatbuffers::Vector<int8_t>* shift;  // by channel, in every part the same
  int acc_bits;
};

// The weights' data, for which the model has paid.
Status PackedData(LayerCheck& layer, const joint::Tensor& weights, int64_t bytes, const int8_t** data);
// Advances `data` behind the part.
Status CheckPackedPart(LayerCheck& layer, const PackedPart& part, const PackedSums& sums, const int8_t** data);

}  // namespace lockstep::check
