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
Status CheckPackedConv(LayerCheck& layer, int32_t groups);

// The packing O16 of floats: any float is a weight. The shape is oc, kh, kw, ic of a group.
Status CheckFloatWeights(LayerCheck& layer, const joint::Tensor& weights, int64_t groups);

// What the options have of a layer in floats.
template <typename Options>
Status CheckFloatConv(LayerCheck& layer, const Options& options) {
  LOCKSTEP_RETURN_IF_ERROR(CheckFloatSum(layer, options));
  LOCKSTEP_RETURN_IF_ERROR(layer.InRange("length of weight_sum", options.weight_sum()->size(), 0, 0));
  return CheckFloatWeights(layer, layer.input(1), options.groups());
}

// What the options have of a layer in integers, whose weights are `parts` parts; before CheckPackedPart.
template <typename Options>
Status CheckPackedSums(LayerCheck& layer, const Options& options, int64_t parts) {
  LOCKSTEP_RETURN_IF_ERROR(CheckRequantization(layer, options, parts));
  const int64_t sums = parts * Shape(layer.output())[3] * ElementBytes(layer.input(1).dtype());
  return layer.InRange("length of weight_sum", options.weight_sum()->size(), sums, sums);
}

// What is checked already: lengths of all arrays, ranges of shifts.
struct PackedSums {
  template <typename Options>
  explicit PackedSums(const Options& options)
      : starts(options), weight_sum(options.weight_sum()), shift(options.shift()), acc_bits(options.acc_bits()) {}

  SumStarts starts;
  const flatbuffers::Vector<int32_t>* weight_sum;
  const flatbuffers::Vector<int8_t>* shift;  // by channel, in every part the same
  int acc_bits;
};

// All bytes of the weights, `bytes` of each byte of a weight: of S16 the high ones, then the low ones.
struct PackedBytes {
  int32_t count = 1;
  const int8_t* data[2] = {};
};

// The weights' data, for which the model has paid.
Status PackedData(LayerCheck& layer, const joint::Tensor& weights, int64_t bytes, PackedBytes* data);
// Advances `data` behind the part.
Status CheckPackedPart(LayerCheck& layer, const PackedPart& part, const PackedSums& sums, PackedBytes* data);

}  // namespace lockstep::check
