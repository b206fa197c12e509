// What every operator with weights shares: its constants, requantisation, and the proof that accumulators hold.
#pragma once

#include <cstdlib>

#include "arithmetic/rq1.h"
#include "check/layer_check.h"
#include "ops/common/check_window.h"

namespace lockstep::check {

inline constexpr int64_t kAccumulatorLimit = int64_t{1} << 31;

// The second input: a constant of the type with four axes in the operator's packing.
Status CheckWeights(const LayerCheck& layer, joint::DType dtype, joint::Packing packing);
// Of the integer forms: an input of U8 or U16, weights of S8 or S16; the second version where one is not the first.
Status CheckSummed(const LayerCheck& layer, joint::Packing packing);

// What the float forms of Conv and DepthwiseConv share: types, the bias, and arrays and table that they have none of.
template <typename Options>
Status CheckFloatSum(LayerCheck& layer, const Options& options) {
  LOCKSTEP_RETURN_IF_ERROR(layer.IsFloat("input", layer.input(0)));
  const joint::Tensor& bias = layer.input(2);
  LOCKSTEP_RETURN_IF_ERROR(layer.IsFloat("bias", bias));
  if (Rank(bias) != 1 || Shape(bias)[0] != Shape(layer.output())[3]) {
    return layer.Wrong("bias", "must have one entry per output channel");
  }
  LOCKSTEP_RETURN_IF_ERROR(layer.InRange("length of acc_init", options.acc_init()->size(), 0, 0));
  if (options.acc_init64() != nullptr) return layer.Wrong("acc_init64", "is not for tensors of dtype f32");
  LOCKSTEP_RETURN_IF_ERROR(layer.InRange("length of multiplier", options.multiplier()->size(), 0, 0));
  LOCKSTEP_RETURN_IF_ERROR(layer.InRange("length of shift", options.shift()->size(), 0, 0));
  return options.table() == nullptr ? Status::Ok() : layer.Wrong("table", "is not for tensors of dtype f32");
}

// What the sums start from: acc_init, or acc_init64 in its place.
class SumStarts {
 public:
  template <typename Options>
  explicit SumStarts(const Options& options)
      : narrow_(options.acc_init()), wide_(options.acc_init()->size() == 0 ? options.acc_init64() : nullptr) {}

  int64_t Get(uint32_t entry) const { return wide_ != nullptr ? wide_->Get(entry) : narrow_->Get(entry); }

 private:
  const flatbuffers::Vector<int32_t>* narrow_;
  const flatbuffers::Vector<int64_t>* wide_;
};

// A sum: its entry among the starts, its channel's shift, and the sum of its |w|.
struct WeightedSum {
  uint32_t entry;
  int64_t start;
  int shift;
  int64_t absolute;
};

// Proves that no partial sum, whatever its order, leaves the accumulator.
inline Status CheckAccumulator(const LayerCheck& layer, const WeightedSum& sum, int acc_bits) {
  LOCKSTEP_RETURN_IF_ERROR(layer.InRange("acc_init", sum.entry, sum.start, -rq1::kWideLimit, rq1::kWideLimit));
  // A file has fewer than 2^31 weights.
  const int64_t bound = std::llabs(sum.start) + TypeHigh(layer.input(0)) * sum.absolute;
  const auto entry = static_cast<int32_t>(sum.entry);
  if (acc_bits == 32 && bound >= kAccumulatorLimit) {
    return layer.Wrong("acc_bits", entry, "32 bits do not hold every partial sum");
  }
  if (bound >= rq1::kWideLimit) return layer.Wrong("acc_init", entry, "a sum leaves 55 bits");
  // What requantisation makes of a 64-bit sum must stay within 64 bits too.
  if (sum.shift < 0 && bound >= (int64_t{1} << (61 + sum.shift))) {
    return layer.Wrong("shift", entry, "the scaled sum leaves 64 bits");
  }
  return Status::Ok();
}

// A table behind a sum, of 2^8 to 2^16 entries.
Status CheckOutputTable(LayerCheck& layer, const flatbuffers::Vector<uint8_t>& table, int64_t* entries);

// The fields that all convolutions share: requantisation, clamp and table. Sums start from `parts` entries of acc_init
// for each channel.
template <typename Options>
Status CheckRequantization(LayerCheck& layer, const Options& options, int64_t parts = 1) {
  const joint::Tensor& y = layer.output();
  const auto channels = static_cast<uint32_t>(Shape(y)[3]);
  LOCKSTEP_RETURN_IF_ERROR(layer.IsQuantized("output", y));
  const bool wide_starts = options.acc_init()->size() == 0 && options.acc_init64() != nullptr;
  const int64_t starts = wide_starts ? options.acc_init64()->size() : options.acc_init()->size();
  LOCKSTEP_RETURN_IF_ERROR(layer.InRange("length of acc_init", starts, parts * channels, parts * channels));
  LOCKSTEP_RETURN_IF_ERROR(layer.Since(2, "acc_init64", options.acc_init64() != nullptr));
  if (options.acc_init64() != nullptr && !wide_starts) {
    return layer.Wrong("acc_init64", "stands in the place of acc_init, which must be empty");
  }
  if (options.acc_bits() != 32 && options.acc_bits() != 64) return layer.Wrong("acc_bits", "must be 32 or 64");
  LOCKSTEP_RETURN_IF_ERROR(layer.InRange("length of multiplier", options.multiplier()->size(), channels, channels));
  LOCKSTEP_RETURN_IF_ERROR(layer.InRange("length of shift", options.shift()->size(), channels, channels));
  LOCKSTEP_RETURN_IF_ERROR(layer.Multipliers(*options.multiplier(), *options.shift()));
  const bool table = options.table() != nullptr;
  int64_t entries = 0;
  if (table) LOCKSTEP_RETURN_IF_ERROR(CheckOutputTable(layer, *options.table(), &entries));
  const int64_t high = table ? entries - 1 : High(y);
  LOCKSTEP_RETURN_IF_ERROR(layer.InRange("mid_zero_point", options.mid_zero_point(), 0, high));
  if (!table && options.mid_zero_point() != ZeroPoint(y)) {
    return layer.Wrong("mid_zero_point", "without a table it must be the output's zero point");
  }
  return layer.Clamp(options.clamp_low(), options.clamp_high(), high);
}

}  // namespace lockstep::check
