// The weights of Conv and DepthwiseConv: range, padding of the packing, sums, and the proof that accumulators hold.
#include <cstdlib>

#include "core/layer_check.h"
#include "lockstep/arithmetic.h"

namespace lockstep::check {
namespace {

constexpr int64_t kAccumulatorLimit = int64_t{1} << 31;
constexpr int64_t kLargestInput = 255;
// A file has fewer than 2^31 weights, so no sum leaves what RequantizeWide takes.
static_assert(kAccumulatorLimit + kLargestInput * 127 * (int64_t{1} << 31) < rq1::kWideLimit);

// `sum` of |w| proves that no partial sum, whatever its order, leaves the accumulator.
template <typename Options>
Status CheckAccumulator(const LayerCheck& layer, const Options& options, int64_t channel, int64_t sum, int acc_bits) {
  const int64_t bound = std::llabs(options.acc_init()->Get(static_cast<uint32_t>(channel))) + kLargestInput * sum;
  const int8_t shift = options.shift()->Get(static_cast<uint32_t>(channel));
  if (acc_bits == 32 && bound >= kAccumulatorLimit) {
    return layer.Wrong("acc_bits", static_cast<int32_t>(channel), "32 bits do not hold every partial sum");
  }
  // What requantisation makes of a 64-bit sum must stay within 64 bits too.
  if (shift < 0 && bound >= (int64_t{1} << (61 + shift))) {
    return layer.Wrong("shift", static_cast<int32_t>(channel), "the scaled sum leaves 64 bits");
  }
  return Status::Ok();
}

// Walks weights packed as O16I4 and checks range, padding, weight_sum and the accumulator of every channel.
class PackedWeights {
 public:
  PackedWeights(LayerCheck& layer, const joint::Conv& options, const joint::Tensor& weights)
      : layer_(layer), options_(options), weights_(weights) {
    const int32_t* shape = Shape(weights);
    channels_ = shape[0] / options.groups();
    segments_ = shape[1];
    length_ = static_cast<int64_t>(shape[2]) * shape[3];
    if (options.dilation_w() > 1) {  // then every column of the window is a segment of its own
      segments_ *= shape[2];
      length_ = shape[3];
    }
    quads_ = (length_ + 3) / 4;
    blocks_ = (channels_ + kLanes - 1) / kLanes;
  }

  Status Check() {
    // Every factor is positive, their product at most 64 times the elements of the shape.
    const int64_t bytes = options_.groups() * blocks_ * segments_ * quads_ * kLanes * kQuad;
    if (weights_.bytes() != static_cast<uint64_t>(bytes)) {
      return layer_.Wrong("weights", "bytes are not what the packing makes of the shape");
    }
    if (!Spend(layer_.model(), weights_.bytes())) return layer_.Wrong("weights", "shared by too many layers");
    const auto& constants = *layer_.model().model.constants();
    const auto* data = reinterpret_cast<const int8_t*>(constants[weights_.constant()]->data()->data());
    for (int64_t group = 0; group < options_.groups(); ++group) {
      for (int64_t block = 0; block < blocks_; ++block) {
        LOCKSTEP_RETURN_IF_ERROR(CheckBlock(group, block, &data));
      }
    }
    return Status::Ok();
  }

 private:
  static constexpr int64_t kLanes = 16;
  static constexpr int64_t kQuad = 4;

  Status CheckBlock(int64_t group, int64_t block, const int8_t** data) {
    int64_t sum[kLanes] = {};
    int64_t absolute[kLanes] = {};
    const int64_t lanes = channels_ - block * kLanes < kLanes ? channels_ - block * kLanes : kLanes;
    for (int64_t i = 0; i < segments_ * quads_; ++i) {
      const int64_t taken = length_ - i % quads_ * kQuad;
      for (int64_t lane = 0; lane < kLanes; ++lane) {
        for (int64_t j = 0; j < kQuad; ++j) {
          const int8_t weight = *(*data)++;
          if ((lane >= lanes || j >= taken) && weight != 0) return layer_.Wrong("weights", "padding is not zero");
          if (weight == -128) return layer_.Wrong("weights", "-128 is outside the symmetric range");
          sum[lane] += weight;
          absolute[lane] += std::abs(weight);
        }
      }
    }
    for (int64_t lane = 0; lane < lanes; ++lane) {
      const int64_t channel = group * channels_ + block * kLanes + lane;
      LOCKSTEP_RETURN_IF_ERROR(layer_.InRange("weight_sum", static_cast<uint32_t>(channel),
                                              options_.weight_sum()->Get(static_cast<uint32_t>(channel)), sum[lane],
                                              sum[lane]));
      LOCKSTEP_RETURN_IF_ERROR(CheckAccumulator(layer_, options_, channel, absolute[lane], options_.acc_bits()));
    }
    return Status::Ok();
  }

  LayerCheck& layer_;
  const joint::Conv& options_;
  const joint::Tensor& weights_;
  int64_t channels_ = 0;  // of one group
  int64_t segments_ = 0;
  int64_t length_ = 0;
  int64_t quads_ = 0;
  int64_t blocks_ = 0;
};

}  // namespace

Status CheckPackedWeights(LayerCheck& layer, const joint::Conv& options, const joint::Tensor& weights) {
  return PackedWeights(layer, options, weights).Check();
}

Status CheckPlainWeights(LayerCheck& layer, const joint::DepthwiseConv& options, const joint::Tensor& weights) {
  if (!Spend(layer.model(), weights.bytes())) return layer.Wrong("weights", "shared by too many layers");
  const auto& constants = *layer.model().model.constants();
  const auto* data = reinterpret_cast<const int8_t*>(constants[weights.constant()]->data()->data());
  const int64_t channels = Shape(weights)[3];
  const int64_t window = static_cast<int64_t>(Shape(weights)[1]) * Shape(weights)[2];
  for (int64_t channel = 0; channel < channels; ++channel) {
    int64_t absolute = 0;
    for (int64_t i = 0; i < window; ++i) {
      const int8_t weight = data[i * channels + channel];
      if (weight == -128) return layer.Wrong("weights", "-128 is outside the symmetric range");
      absolute += std::abs(weight);
    }
    LOCKSTEP_RETURN_IF_ERROR(CheckAccumulator(layer, options, channel, absolute, 32));
  }
  return Status::Ok();
}

}  // namespace lockstep::check
