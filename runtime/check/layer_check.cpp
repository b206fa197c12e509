#include "check/layer_check.h"

#include <algorithm>

#include "arithmetic/rq1.h"

namespace lockstep::check {

int64_t TypeHigh(const joint::Tensor& tensor) { return tensor.dtype() == joint::DType::U16 ? 65535 : 255; }

int64_t High(const joint::Tensor& tensor) { return (int64_t{1} << tensor.quantization()->bits()) - 1; }

int64_t TableEntries(const joint::Tensor& x) { return x.dtype() == joint::DType::U16 ? High(x) + 1 : 256; }

float Scale(const joint::Tensor& tensor) { return tensor.quantization()->scale()->Get(0); }

bool HasChannelScales(const joint::Tensor& tensor) {
  const bool activation = tensor.dtype() == joint::DType::U8 || tensor.dtype() == joint::DType::U16;
  return activation && tensor.quantization()->axis() >= 0;
}

int32_t ZeroPoint(const joint::Tensor& tensor) { return tensor.quantization()->zero_point()->Get(0); }

const joint::Tensor& LayerCheck::input(int32_t i) const {
  return *model_.model.tensors()->Get(layer_.inputs()->Get(static_cast<uint32_t>(i)));
}

const joint::Tensor& LayerCheck::output(int32_t i) const {
  return *model_.model.tensors()->Get(layer_.outputs()->Get(static_cast<uint32_t>(i)));
}

Verdict LayerCheck::InShortRange(const char* field, int32_t value, int32_t low, int32_t high) const {
  return InLongRange(field, value, low, high);
}

Verdict LayerCheck::InLongRange(const char* field, int64_t value, int64_t low, int64_t high) const {
  if (value >= low && value <= high) return Verdict::kPassed;
  return model_.report.Corrupt("layer '%.64s': %s is %lld, must be %lld..%lld", layer_.name()->c_str(), field,
                               static_cast<long long>(value), static_cast<long long>(low),
                               static_cast<long long>(high));
}

Verdict LayerCheck::Length(const char* field, uint32_t length, int64_t expected) const {
  return InRange(field, length, expected, expected);
}

Verdict LayerCheck::InRange(const char* field, uint32_t index, int64_t value, int64_t low, int64_t high) const {
  if (value >= low && value <= high) return Verdict::kPassed;
  return model_.report.Corrupt("layer '%.64s': %s[%u] is %lld, must be %lld..%lld", layer_.name()->c_str(), field,
                               index, static_cast<long long>(value), static_cast<long long>(low),
                               static_cast<long long>(high));
}

Verdict LayerCheck::Wrong(const char* field, const char* what) const {
  return model_.report.Corrupt("layer '%.64s': %s: %s", layer_.name()->c_str(), field, what);
}

Verdict LayerCheck::Wrong(const char* field, int32_t index, const char* what) const {
  return model_.report.Corrupt("layer '%.64s': %s[%d]: %s", layer_.name()->c_str(), field, index, what);
}

Verdict LayerCheck::InputCount(int32_t low, int32_t high) const {
  return InRange("number of inputs", input_count(), low, high);
}

Verdict LayerCheck::OutputCount(int32_t count) const {
  return InRange("number of outputs", output_count(), count, count);
}

Verdict LayerCheck::SameShape(const joint::Tensor& a, const joint::Tensor& b) const {
  if (Rank(a) == Rank(b) && std::equal(Shape(a), Shape(a) + Rank(a), Shape(b))) return Verdict::kPassed;
  return Wrong("shape", "input and output must have the same");
}

Verdict LayerCheck::SameValues(const joint::Tensor& x, const joint::Tensor& y) const {
  if (x.dtype() != y.dtype()) return Wrong("dtype", "input and output must have the same");
  if (x.dtype() == joint::DType::F32 || x.dtype() == joint::DType::S64) return Verdict::kPassed;
  LOCKSTEP_RETURN_IF_FAULT(IsQuantized("dtype", x));
  const auto& of_x = *x.quantization()->scale();
  const auto& of_y = *y.quantization()->scale();
  const bool same_scales = of_x.size() == of_y.size() && std::equal(of_x.begin(), of_x.end(), of_y.begin());
  if (!same_scales || HasChannelScales(x) != HasChannelScales(y) || ZeroPoint(x) != ZeroPoint(y)) {
    return Wrong("quantization", "input and output must have the same scale and zero point");
  }
  if (High(x) > High(y)) return Wrong("quantization.bits", "the output must not have fewer than the input");
  return Verdict::kPassed;
}

Verdict LayerCheck::IsQuantized(const char* field, const joint::Tensor& tensor) const {
  if (tensor.dtype() == joint::DType::U8 || tensor.dtype() == joint::DType::U16) return Verdict::kPassed;
  return Wrong(field, "must be of dtype u8 or u16");
}

Verdict LayerCheck::IsFloat(const char* field, const joint::Tensor& tensor) const {
  return tensor.dtype() == joint::DType::F32 ? Verdict::kPassed : Wrong(field, "must be of dtype f32");
}

Verdict LayerCheck::Since(uint32_t version, const char* field, bool used) const {
  if (!used || layer_.version() >= version) return Verdict::kPassed;
  return Wrong(field, "needs a higher version of the operator");
}

Verdict LayerCheck::Table(int64_t entries, const flatbuffers::Vector<uint8_t>& table) {
  const int64_t bytes = entries * ElementBytes(output().dtype());
  LOCKSTEP_RETURN_IF_FAULT(Length("length of table", table.size(), bytes));
  if (FitBits(model_, output(), table)) return Verdict::kPassed;
  return Wrong("table", "an entry has more bits than the output");
}

Verdict LayerCheck::Multiplier(const char* field, int32_t multiplier, int32_t shift) const {
  LOCKSTEP_RETURN_IF_FAULT(InRange(field, multiplier, rq1::kMinMultiplier, (int64_t{1} << 31) - 1));
  return InRange("shift", shift, rq1::kMinShift, rq1::kMaxShift);
}

Verdict LayerCheck::Multipliers(const flatbuffers::Vector<int32_t>& multiplier,
                                const flatbuffers::Vector<int8_t>& shift) {
  if (!Spend(model_, multiplier.size())) return Wrong("multiplier", "more of them than the file can hold");
  for (uint32_t i = 0; i < multiplier.size(); ++i) {
    LOCKSTEP_RETURN_IF_FAULT(InRange("multiplier", i, multiplier.Get(i), rq1::kMinMultiplier, (int64_t{1} << 31) - 1));
    LOCKSTEP_RETURN_IF_FAULT(InRange("shift", i, shift.Get(i), rq1::kMinShift, rq1::kMaxShift));
  }
  return Verdict::kPassed;
}

Verdict LayerCheck::Clamp(int32_t low, int32_t high, int64_t type_high) const {
  LOCKSTEP_RETURN_IF_FAULT(InRange("clamp_low", low, 0, type_high));
  return InRange("clamp_high", high, low, type_high);
}

Verdict LayerCheck::Work(uint64_t elements, uint64_t per_element) {
  const uint64_t limit = model_.options.max_work;
  if (per_element > limit / elements || model_.work + elements * per_element > limit) {
    return Wrong("work", "the model needs more multiply-accumulates than the limit");
  }
  model_.work += elements * per_element;
  return Verdict::kPassed;
}

}  // namespace lockstep::check
