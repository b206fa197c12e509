#include "check/layer_check.h"
#include "ops/average_pool/average_pool.h"
#include "ops/common/check_window.h"

namespace lockstep::check {
namespace {

constexpr int64_t kMaxSum = (int64_t{1} << 31) - 1;

Verdict CheckFloatPool(LayerCheck& layer, const joint::AveragePool& o) {
  LOCKSTEP_RETURN_IF_FAULT(layer.IsFloat("input", layer.input(0)));
  LOCKSTEP_RETURN_IF_FAULT(layer.Length("length of multiplier", o.multiplier()->size(), 0));
  LOCKSTEP_RETURN_IF_FAULT(layer.Length("length of shift", o.shift()->size(), 0));
  LOCKSTEP_RETURN_IF_FAULT(layer.InRange("divisor", o.divisor(), 0, kMaxSum));
  return layer.Work(Elements(layer.output()),
                    static_cast<uint64_t>(o.kernel_h()) * static_cast<uint64_t>(o.kernel_w()));
}

}  // namespace

Verdict CheckAveragePool(LayerCheck& layer) {
  const auto& o = layer.options<joint::AveragePool>();
  LOCKSTEP_RETURN_IF_FAULT(CheckImages(layer));
  const joint::Tensor& x = layer.input(0);
  const joint::Tensor& y = layer.output();
  if (Shape(x)[3] != Shape(y)[3]) return layer.Wrong("shape", "input and output must have the same channels");
  LOCKSTEP_RETURN_IF_FAULT(CheckWindow(layer, PoolWindow(o), WindowInPadding::kRefused));
  if (y.dtype() == joint::DType::F32) return CheckFloatPool(layer, o);
  if (o.divisor() != 0) return layer.Wrong("divisor", "is for tensors of dtype f32");
  LOCKSTEP_RETURN_IF_FAULT(layer.IsQuantized("input", x));
  LOCKSTEP_RETURN_IF_FAULT(layer.IsQuantized("output", y));
  // Neither the sum of x over a window nor that of x - zero_point can leave 32 bits.
  const int64_t window = int64_t{o.kernel_h()} * o.kernel_w();
  LOCKSTEP_RETURN_IF_FAULT(layer.InRange("kernel_h * kernel_w", window, 1, kMaxSum / TypeHigh(x)));
  const int64_t entries = o.multiplier()->size();
  if (entries != 1) LOCKSTEP_RETURN_IF_FAULT(layer.InRange("length of multiplier", entries, window, window));
  LOCKSTEP_RETURN_IF_FAULT(layer.Length("length of shift", o.shift()->size(), entries));
  LOCKSTEP_RETURN_IF_FAULT(layer.Multipliers(*o.multiplier(), *o.shift()));
  LOCKSTEP_RETURN_IF_FAULT(layer.Clamp(o.clamp_low(), o.clamp_high(), High(y)));
  return layer.Work(Elements(y), static_cast<uint64_t>(window));
}

}  // namespace lockstep::check
