// What every operator with weights shares: its constants, requantisation, and the proof that accumulators hold.
#pragma once

#include <cstdlib>

#include "arithmetic/rq1.h"
#include "check/layer_check.h"
#include "ops/common/check_window.h"

namespace lockstep::check {

inline constexpr int64_t kAccumulatorLimit = int64_t{1} << 31;

// The second input: a constant of the type with four axes in the operator's packing.
Verdict CheckWeights(const LayerCheck& layer, joint::DType dtype, joint::Packing packing);
// Of the integer forms: an input of U8 or U16, weights of S8 or S16; the second version where one is not the first.
Verdict CheckSummed(const LayerCheck& layer, joint::Packing packing);

// What the options of all convolutions have in common.
struct SumOptions {
  template <typename Options>
  explicit SumOptions(const Options& options)
      : acc_init(options.acc_init()),
        acc_init64(options.acc_init64()),
        multiplier(options.multiplier()),
        shift(options.shift()),
        table(options.table()),
        mid_zero_point(options.mid_zero_point()),
        clamp_low(options.clamp_low()),
        clamp_high(options.clamp_high()),
        acc_bits(options.acc_bits()) {}

  bool has_wide_starts() const { return acc_init->size() == 0 && acc_init64 != nullptr; }
  // What a sum starts from: of acc_init, or of acc_init64 in its place.
  int64_t start(uint32_t entry) const { return has_wide_starts() ? acc_init64->Get(entry) : acc_init->Get(entry); }

  const flatbuffers::Vector<int32_t>* acc_init;
  const flatbuffers::Vector<int64_t>* acc_init64;
  const flatbuffers::Vector<int32_t>* multiplier;
  const flatbuffers::Vector<int8_t>* shift;
  const flatbuffers::Vector<uint8_t>* table;
  int32_t mid_zero_point;
  int32_t clamp_low;
  int32_t clamp_high;
  int acc_bits;
};

// What the float forms of Conv and DepthwiseConv share: types, the bias, and arrays and table that they have none of.
Verdict CheckFloatSum(LayerCheck& layer, const SumOptions& options);

// A sum: its entry among the starts, its channel's shift, and the sum of its |w|.
struct WeightedSum {
  uint32_t entry;
  int64_t start;
  int shift;
  int64_t absolute;
};

// Proves that no partial sum, whatever its order, leaves the accumulator.
inline Verdict CheckAccumulator(const LayerCheck& layer, const WeightedSum& sum, int acc_bits) {
  LOCKSTEP_RETURN_IF_FAULT(layer.InRange("acc_init", sum.entry, sum.start, -rq1::kWideLimit, rq1::kWideLimit));
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
  return Verdict::kPassed;
}

// Requantisation, clamp and table. Sums start from `parts` entries of acc_init for each channel.
Verdict CheckRequantization(LayerCheck& layer, const SumOptions& options, int64_t parts = 1);

}  // namespace lockstep::check
