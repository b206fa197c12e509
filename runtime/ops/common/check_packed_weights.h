// What Conv and ConvTranspose share: tensors that fit together, and of weights packed as O16I4 every weight, the sums
// that the options claim, and the accumulator's bound.
#pragma once

#include "check/layer_check.h"
#include "ops/common/check_weighted_sum.h"
#include "ops/common/sum_packed.h"

namespace lockstep::check {

// Weights that are packed together: those of a convolution, or of one phase of a transposed one.
struct PackedPart {
  int64_t groups = 1;
  int64_t channels = 1;  // of one group
  int64_t segments = 1;
  int64_t length = 1;   // weights of a segment
  int64_t sums = 0;     // of acc_init and weight_sum the entry of the first channel
  bool absent = false;  // one segment of zeros stands for it

  int64_t bytes() const;  // of one byte of each weight
};

// Images, types, packed weights, and the channels of as many groups.
Verdict CheckPackedConv(LayerCheck& layer, int32_t groups);

// Of what the options of Conv and ConvTranspose have in common.
struct PackedSums : SumOptions {
  template <typename Options>
  explicit PackedSums(const Options& options)
      : SumOptions(options), weight_sum(options.weight_sum()), groups(options.groups()) {}

  const flatbuffers::Vector<int32_t>* weight_sum;
  int32_t groups;
};

// What the options have of a layer in floats.
Verdict CheckFloatConv(LayerCheck& layer, const PackedSums& sums);
// What the options have of a layer in integers, whose weights are `parts` parts; before CheckPackedPart.
Verdict CheckPackedSums(LayerCheck& layer, const PackedSums& sums, int64_t parts);

// All bytes of the weights, `bytes` of each byte of a weight: of S16 the high ones, then the low ones.
struct PackedBytes {
  int32_t count = 1;
  const int8_t* data[2] = {};
};

// The weights' data, for which the model has paid.
Verdict PackedData(LayerCheck& layer, const joint::Tensor& weights, int64_t bytes, PackedBytes* data);
// Of sums that CheckPackedSums has passed. Advances `data` behind the part.
Verdict CheckPackedPart(LayerCheck& layer, const PackedPart& part, const PackedSums& sums, PackedBytes* data);

}  // namespace lockstep::check
