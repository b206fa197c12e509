#include "ops/common/check_weighted_sum.h"

namespace lockstep::check {
namespace {

constexpr int64_t kFewestEntries = 1 << 8;
constexpr int64_t kMostEntries = 1 << 16;

// A table behind a sum, of 2^8 to 2^16 entries.
Verdict CheckOutputTable(LayerCheck& layer, const flatbuffers::Vector<uint8_t>& table, int64_t* entries) {
  const int64_t bytes = ElementBytes(layer.output().dtype());
  *entries = kFewestEntries;
  while (*entries < kMostEntries && *entries * bytes < static_cast<int64_t>(table.size())) *entries *= 2;
  LOCKSTEP_RETURN_IF_FAULT(layer.Since(2, "table", *entries != kFewestEntries));
  return layer.Table(*entries, table);
}

}  // namespace

Verdict CheckWeights(const LayerCheck& layer, joint::DType dtype, joint::Packing packing) {
  const joint::Tensor& weights = layer.input(1);
  if (weights.constant() < 0 || weights.dtype() != dtype || weights.packing() != packing || Rank(weights) != 4) {
    return layer.Wrong("weights", "must be a constant with four axes, of the operator's type and in its packing");
  }
  return Verdict::kPassed;
}

Verdict CheckSummed(const LayerCheck& layer, joint::Packing packing) {
  const joint::Tensor& x = layer.input(0);
  LOCKSTEP_RETURN_IF_FAULT(layer.IsQuantized("input", x));
  LOCKSTEP_RETURN_IF_FAULT(layer.Since(2, "input", x.dtype() == joint::DType::U16));
  const bool words = layer.input(1).dtype() == joint::DType::S16;
  LOCKSTEP_RETURN_IF_FAULT(CheckWeights(layer, words ? joint::DType::S16 : joint::DType::S8, packing));
  return layer.Since(2, "weights", words);
}

Verdict CheckFloatSum(LayerCheck& layer, const SumOptions& options) {
  LOCKSTEP_RETURN_IF_FAULT(layer.IsFloat("input", layer.input(0)));
  const joint::Tensor& bias = layer.input(2);
  LOCKSTEP_RETURN_IF_FAULT(layer.IsFloat("bias", bias));
  if (Rank(bias) != 1 || Shape(bias)[0] != Shape(layer.output())[3]) {
    return layer.Wrong("bias", "must have one entry per output channel");
  }
  LOCKSTEP_RETURN_IF_FAULT(layer.Length("length of acc_init", options.acc_init->size(), 0));
  if (options.acc_init64 != nullptr) return layer.Wrong("acc_init64", "is not for tensors of dtype f32");
  LOCKSTEP_RETURN_IF_FAULT(layer.Length("length of multiplier", options.multiplier->size(), 0));
  LOCKSTEP_RETURN_IF_FAULT(layer.Length("length of shift", options.shift->size(), 0));
  return options.table == nullptr ? Verdict::kPassed : layer.Wrong("table", "is not for tensors of dtype f32");
}

Verdict CheckRequantization(LayerCheck& layer, const SumOptions& options, int64_t parts) {
  const joint::Tensor& y = layer.output();
  const auto channels = static_cast<uint32_t>(Shape(y)[3]);
  LOCKSTEP_RETURN_IF_FAULT(layer.IsQuantized("output", y));
  const bool wide_starts = options.has_wide_starts();
  const uint32_t starts = wide_starts ? options.acc_init64->size() : options.acc_init->size();
  LOCKSTEP_RETURN_IF_FAULT(layer.Length("length of acc_init", starts, parts * channels));
  LOCKSTEP_RETURN_IF_FAULT(layer.Since(2, "acc_init64", options.acc_init64 != nullptr));
  if (options.acc_init64 != nullptr && !wide_starts) {
    return layer.Wrong("acc_init64", "stands in the place of acc_init, which must be empty");
  }
  if (options.acc_bits != 32 && options.acc_bits != 64) return layer.Wrong("acc_bits", "must be 32 or 64");
  LOCKSTEP_RETURN_IF_FAULT(layer.Length("length of multiplier", options.multiplier->size(), channels));
  LOCKSTEP_RETURN_IF_FAULT(layer.Length("length of shift", options.shift->size(), channels));
  LOCKSTEP_RETURN_IF_FAULT(layer.Multipliers(*options.multiplier, *options.shift));
  const bool table = options.table != nullptr;
  int64_t entries = 0;
  if (table) LOCKSTEP_RETURN_IF_FAULT(CheckOutputTable(layer, *options.table, &entries));
  const int64_t high = table ? entries - 1 : High(y);
  LOCKSTEP_RETURN_IF_FAULT(layer.InRange("mid_zero_point", options.mid_zero_point, 0, high));
  if (!table && options.mid_zero_point != ZeroPoint(y)) {
    return layer.Wrong("mid_zero_point", "without a table it must be the output's zero point");
  }
  return layer.Clamp(options.clamp_low, options.clamp_high, high);
}

}  // namespace lockstep::check
