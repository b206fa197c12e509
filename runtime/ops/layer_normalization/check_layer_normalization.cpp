#include <cstring>

#include "check/layer_check.h"
#include "ops/layer_normalization/layer_normalization.h"

namespace lockstep::check {
namespace {

constexpr int64_t kRowLimit = int64_t{1} << 31;
constexpr int64_t kLargestBeta = (int64_t{1} << 54) - 1;

// A constant of `count` elements.
Verdict CheckParameter(const LayerCheck& layer, int32_t input, const char* field, joint::DType dtype, int32_t count) {
  const joint::Tensor& tensor = layer.input(input);
  if (tensor.dtype() != dtype) {
    if (dtype == joint::DType::F32) return layer.IsFloat(field, tensor);
    return layer.Wrong(field, dtype == joint::DType::S16 ? "must be of dtype s16" : "must be of dtype s64");
  }
  if (tensor.constant() < 0) return layer.Wrong(field, "must be a constant");
  if (Rank(tensor) != 1) return layer.Wrong(field, "must have one axis");
  return Shape(tensor)[0] == count ? Verdict::kPassed : layer.Wrong(field, "must have as many elements as gamma");
}

// Whether `count` is the product of the tensor's last axes, none of them at the least.
bool IsRow(const joint::Tensor& tensor, int64_t count) {
  int64_t product = 1;
  for (int32_t axis = Rank(tensor); axis > 0 && product < count; --axis) product *= Shape(tensor)[axis - 1];
  return product == count;
}

Verdict CheckRow(const LayerCheck& layer, joint::DType gamma, joint::DType beta) {
  const int32_t n = Shape(layer.input(1))[0];
  LOCKSTEP_RETURN_IF_FAULT(CheckParameter(layer, 1, "gamma", gamma, n));
  LOCKSTEP_RETURN_IF_FAULT(CheckParameter(layer, 2, "beta", beta, n));
  if (IsRow(layer.input(0), n)) return Verdict::kPassed;
  return layer.Wrong("gamma", "its elements are not those of the input's last axes");
}

Verdict CheckFloats(LayerCheck& layer, const joint::LayerNormalization& o) {
  LOCKSTEP_RETURN_IF_FAULT(layer.IsFloat("input", layer.input(0)));
  LOCKSTEP_RETURN_IF_FAULT(layer.SameShape(layer.input(0), layer.output()));
  LOCKSTEP_RETURN_IF_FAULT(CheckRow(layer, joint::DType::F32, joint::DType::F32));
  if (!(o.float_epsilon() >= 0.0F)) return layer.Wrong("float_epsilon", "must be a number of 0 or more");
  return layer.Work(static_cast<uint64_t>(Elements(layer.output())), 4);
}

Verdict CheckBetas(LayerCheck& layer, const joint::Tensor& beta) {
  const auto count = static_cast<uint32_t>(Elements(beta));
  if (!Spend(layer.model(), count)) return layer.Wrong("beta", "more of them than the file can hold");
  const uint8_t* data = layer.model().model.constants()->Get(static_cast<uint32_t>(beta.constant()))->data()->data();
  for (uint32_t i = 0; i < count; ++i) {
    int64_t value = 0;
    std::memcpy(&value, data + i * sizeof value, sizeof value);
    LOCKSTEP_RETURN_IF_FAULT(layer.InRange("beta", i, value, -kLargestBeta, kLargestBeta));
  }
  return Verdict::kPassed;
}

}  // namespace

Verdict CheckLayerNormalization(LayerCheck& layer) {
  const auto& o = layer.options<joint::LayerNormalization>();
  LOCKSTEP_RETURN_IF_FAULT(layer.InputCount(3, 3));
  const joint::Tensor& x = layer.input(0);
  const joint::Tensor& y = layer.output();
  if (y.dtype() == joint::DType::F32) return CheckFloats(layer, o);
  LOCKSTEP_RETURN_IF_FAULT(layer.IsQuantized("input", x));
  LOCKSTEP_RETURN_IF_FAULT(layer.IsQuantized("output", y));
  LOCKSTEP_RETURN_IF_FAULT(layer.SameShape(x, y));
  LOCKSTEP_RETURN_IF_FAULT(CheckRow(layer, joint::DType::S16, joint::DType::S64));
  const int64_t row = Elements(layer.input(1)) * TypeHigh(x);
  if (row >= kRowLimit) return layer.Wrong("gamma", "the sum of a row leaves 31 bits");
  LOCKSTEP_RETURN_IF_FAULT(layer.InRange("variance_shift", o.variance_shift(), 0, 30));
  if (row << o.variance_shift() >= kRowLimit) return layer.Wrong("variance_shift", "differences leave 32 bits");
  LOCKSTEP_RETURN_IF_FAULT(layer.InRange("fraction_bits", o.fraction_bits(), 8, 24));
  if (o.epsilon() >> 62 != 0) return layer.Wrong("epsilon", "must be below 2^62");
  LOCKSTEP_RETURN_IF_FAULT(layer.Multiplier("multiplier", o.multiplier(), o.shift()));
  LOCKSTEP_RETURN_IF_FAULT(layer.InRange("shift", o.shift(), 0, 31));
  LOCKSTEP_RETURN_IF_FAULT(layer.Clamp(o.clamp_low(), o.clamp_high(), High(y)));
  LOCKSTEP_RETURN_IF_FAULT(CheckBetas(layer, layer.input(2)));
  return layer.Work(static_cast<uint64_t>(Elements(y)), 4);
}

}  // namespace lockstep::check
