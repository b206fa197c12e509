#include "ops/common/check_weighted_sum.h"

namespace lockstep::check {
namespace {

constexpr int64_t kFewestEntries = 1 << 8;
constexpr int64_t kMostEntries = 1 << 16;

}  // namespace

Status CheckWeights(const LayerCheck& layer, joint::DType dtype, joint::Packing packing) {
  const joint::Tensor& weights = layer.input(1);
  if (weights.constant() < 0 || weights.dtype() != dtype || weights.packing() != packing || Rank(weights) != 4) {
    return layer.Wrong("weights", "must be a constant with four axes, of the operator's type and in its packing");
  }
  return Status::Ok();
}

Status CheckSummed(const LayerCheck& layer, joint::Packing packing) {
  const joint::Tensor& x = layer.input(0);
  LOCKSTEP_RETURN_IF_ERROR(layer.IsQuantized("input", x));
  LOCKSTEP_RETURN_IF_ERROR(layer.Since(2, "input", x.dtype() == joint::DType::U16));
  const bool words = layer.input(1).dtype() == joint::DType::S16;
  LOCKSTEP_RETURN_IF_ERROR(CheckWeights(layer, words ? joint::DType::S16 : joint::DType::S8, packing));
  return layer.Since(2, "weights", words);
}

Status CheckOutputTable(LayerCheck& layer, const flatbuffers::Vector<uint8_t>& table, int64_t* entries) {
  const int64_t bytes = ElementBytes(layer.output().dtype());
  *entries = kFewestEntries;
  while (*entries < kMostEntries && *entries * bytes < static_cast<int64_t>(table.size())) *entries *= 2;
  LOCKSTEP_RETURN_IF_ERROR(layer.Since(2, "table", *entries != kFewestEntries));
  return layer.Table(*entries, table);
}

}  // namespace lockstep::check
