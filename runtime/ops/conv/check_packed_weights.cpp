#include "ops/conv/check_packed_weights.h"

#include <cstdlib>

#include "ops/common/check_weighted_sum.h"

namespace lockstep::check {
namespace {

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

}  // namespace lockstep::check
