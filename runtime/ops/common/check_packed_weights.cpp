#include "ops/common/check_packed_weights.h"

#include "arithmetic/rq1.h"
#include "ops/common/check_window.h"
#include "ops/operator.h"

namespace lockstep::check {
namespace {

int64_t Quads(const PackedPart& part) { return (part.length + kPackedQuad - 1) / kPackedQuad; }
int64_t Blocks(const PackedPart& part) { return (part.channels + kPackedLanes - 1) / kPackedLanes; }

// Whether the quad at the end of each segment, of which `taken` weights of a channel are of the segment, is else zero.
bool SegmentsEndWithZeros(const PackedPart& part, int64_t taken, const int8_t* block) {
  for (int64_t segment = 0; segment < part.segments; ++segment) {
    const int8_t* last = block + ((segment + 1) * Quads(part) - 1) * kPackedLanes * kPackedQuad;
    for (int64_t i = 0; i < kPackedLanes * kPackedQuad; ++i) {
      if (i % kPackedQuad >= taken && last[i] != 0) return false;
    }
  }
  return true;
}

// Reads one byte of each weight of a block.
Verdict SumBlock(const LayerCheck& layer, const PackedPart& part, int64_t lanes, const int8_t** data, BlockSums* sums) {
  const int64_t quads = part.segments * Quads(part);
  const int64_t taken = part.absent ? 0 : part.length % kPackedQuad;
  bool zeros = (taken == 0 && !part.absent) || SegmentsEndWithZeros(part, taken, *data);
  if (!AddQuads(*data, quads, sums)) return layer.Wrong("weights", "-128 is outside the symmetric range");
  for (int64_t lane = lanes; lane < kPackedLanes; ++lane) zeros = zeros && sums->absolute[lane] == 0;
  if (!zeros) return layer.Wrong("weights", "padding is not zero");
  *data += quads * kPackedLanes * kPackedQuad;
  return Verdict::kPassed;
}

Verdict CheckBlock(LayerCheck& layer, const PackedPart& part, const PackedSums& sums, int64_t first, int64_t lanes,
                   PackedBytes* data) {
  constexpr int64_t kFactor[] = {1, rq1::kWeightBase};
  const uint32_t entries = sums.weight_sum->size() / static_cast<uint32_t>(data->count);
  int64_t absolute[kPackedLanes] = {};
  for (int32_t byte = 0; byte < data->count; ++byte) {
    BlockSums block;
    LOCKSTEP_RETURN_IF_FAULT(SumBlock(layer, part, lanes, &data->data[byte], &block));
    for (int64_t lane = 0; lane < lanes; ++lane) {
      absolute[lane] += kFactor[data->count - 1 - byte] * block.absolute[lane];
      const auto entry = static_cast<uint32_t>(part.sums + first + lane) + static_cast<uint32_t>(byte) * entries;
      LOCKSTEP_RETURN_IF_FAULT(
          layer.InRange("weight_sum", entry, sums.weight_sum->Get(entry), block.sum[lane], block.sum[lane]));
    }
  }
  for (int64_t lane = 0; lane < lanes; ++lane) {
    const auto entry = static_cast<uint32_t>(part.sums + first + lane);
    const int shift = sums.shift->Get(static_cast<uint32_t>(first + lane));
    LOCKSTEP_RETURN_IF_FAULT(CheckAccumulator(layer, {entry, sums.start(entry), shift, absolute[lane]}, sums.acc_bits));
  }
  return Verdict::kPassed;
}

// The packing O16 of floats: any float is a weight. The shape is oc, kh, kw, ic of a group.
Verdict CheckFloatWeights(LayerCheck& layer, const joint::Tensor& weights, int64_t groups) {
  const int32_t* w = Shape(weights);
  const int64_t blocks = groups * ((w[0] / groups + kPackedLanes - 1) / kPackedLanes);
  const int64_t bytes = blocks * kPackedLanes * (Elements(weights) / w[0]) * int64_t{sizeof(float)};
  if (weights.bytes() == static_cast<uint64_t>(bytes)) return Verdict::kPassed;
  return layer.Wrong("weights", "bytes are not what the packing makes of the shape");
}

}  // namespace

int64_t PackedPart::bytes() const {
  // Every factor is positive, their product at most 64 times the elements of the shape.
  return groups * Blocks(*this) * segments * Quads(*this) * kPackedLanes * kPackedQuad;
}

Verdict CheckPackedConv(LayerCheck& layer, int32_t groups) {
  const bool is_float = kernels::kFloatLayers && layer.output().dtype() == joint::DType::F32;
  LOCKSTEP_RETURN_IF_FAULT(CheckImages(layer, is_float ? 3 : 2));
  const joint::Tensor& x = layer.input(0);
  LOCKSTEP_RETURN_IF_FAULT(is_float ? CheckWeights(layer, joint::DType::F32, joint::Packing::O16)
                                    : CheckSummed(layer, joint::Packing::O16I4));
  const int32_t* w = Shape(layer.input(1));
  LOCKSTEP_RETURN_IF_FAULT(layer.InRange("groups", groups, 1, Shape(x)[3]));
  if (w[0] == Shape(layer.output())[3] && w[0] % groups == 0 && int64_t{w[3]} * groups == Shape(x)[3]) {
    return Verdict::kPassed;
  }
  return layer.Wrong("groups", "the channels of input, weights and output do not fit together");
}

Verdict CheckFloatConv(LayerCheck& layer, const PackedSums& sums) {
  LOCKSTEP_RETURN_IF_FAULT(CheckFloatSum(layer, sums));
  LOCKSTEP_RETURN_IF_FAULT(layer.Length("length of weight_sum", sums.weight_sum->size(), 0));
  return CheckFloatWeights(layer, layer.input(1), sums.groups);
}

Verdict CheckPackedSums(LayerCheck& layer, const PackedSums& sums, int64_t parts) {
  LOCKSTEP_RETURN_IF_FAULT(CheckRequantization(layer, sums, parts));
  const int64_t length = parts * Shape(layer.output())[3] * ElementBytes(layer.input(1).dtype());
  return layer.Length("length of weight_sum", sums.weight_sum->size(), length);
}

Verdict PackedData(LayerCheck& layer, const joint::Tensor& weights, int64_t bytes, PackedBytes* data) {
  data->count = ElementBytes(weights.dtype());
  if (weights.bytes() != static_cast<uint64_t>(bytes * data->count)) {
    return layer.Wrong("weights", "bytes are not what the packing makes of the shape");
  }
  if (!Spend(layer.model(), weights.bytes())) return layer.Wrong("weights", "shared by too many layers");
  const auto& constants = *layer.model().model.constants();
  data->data[0] = reinterpret_cast<const int8_t*>(constants[weights.constant()]->data()->data());
  data->data[1] = data->data[0] + bytes * (data->count - 1);
  return Verdict::kPassed;
}

Verdict CheckPackedPart(LayerCheck& layer, const PackedPart& part, const PackedSums& sums, PackedBytes* data) {
  for (int64_t group = 0; group < part.groups; ++group) {
    for (int64_t block = 0; block < Blocks(part); ++block) {
      const int64_t rest = part.channels - block * kPackedLanes;
      LOCKSTEP_RETURN_IF_FAULT(CheckBlock(layer, part, sums, group * part.channels + block * kPackedLanes,
                                          rest < kPackedLanes ? rest : kPackedLanes, data));
    }
  }
  return Verdict::kPassed;
}

}  // namespace lockstep::check
