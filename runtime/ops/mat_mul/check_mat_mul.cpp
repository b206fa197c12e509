#include <algorithm>

#include "arithmetic/rq1.h"
#include "check/layer_check.h"
#include "ops/mat_mul/mat_mul.h"

namespace lockstep::check {
namespace {

// Counted from the last axis; axes that a tensor lacks count as 1.
int32_t ExtentFromBack(const joint::Tensor& tensor, int back) {
  return back < Rank(tensor) ? Shape(tensor)[Rank(tensor) - 1 - back] : 1;
}

Verdict CheckShapes(const LayerCheck& layer) {
  const joint::Tensor& a = layer.input(0);
  const joint::Tensor& b = layer.input(1);
  const joint::Tensor& y = layer.output();
  if (Rank(a) < 2 || Rank(b) < 2) return layer.Wrong("shape", "both inputs must be matrices");
  if (Rank(y) != std::max(Rank(a), Rank(b))) {
    return layer.Wrong("shape", "the output must have as many axes as the larger input");
  }
  if (ExtentFromBack(a, 0) != ExtentFromBack(b, 1)) {
    return layer.Wrong("shape", "the columns of input 0 must be as many as the rows of input 1");
  }
  if (ExtentFromBack(y, 1) != ExtentFromBack(a, 1) || ExtentFromBack(y, 0) != ExtentFromBack(b, 0)) {
    return layer.Wrong("shape", "the output's matrices are not the products of the inputs'");
  }
  for (int back = 2; back < Rank(y); ++back) {
    const int32_t left = ExtentFromBack(a, back);
    const int32_t right = ExtentFromBack(b, back);
    if ((left != right && left != 1 && right != 1) || ExtentFromBack(y, back) != std::max(left, right)) {
      return layer.Wrong("shape", "the output's is not the broadcast of the inputs'");
    }
  }
  return Verdict::kPassed;
}

Verdict CheckWork(LayerCheck& layer) {
  const auto depth = static_cast<uint64_t>(ExtentFromBack(layer.input(0), 0));
  return layer.Work(static_cast<uint64_t>(Elements(layer.output())), depth);
}

}  // namespace

Verdict CheckMatMul(LayerCheck& layer) {
  const auto& o = layer.options<joint::MatMul>();
  LOCKSTEP_RETURN_IF_FAULT(layer.InputCount(2, 2));
  const joint::Tensor& a = layer.input(0);
  const joint::Tensor& b = layer.input(1);
  if (layer.output().dtype() == joint::DType::F32) {
    LOCKSTEP_RETURN_IF_FAULT(layer.IsFloat("input a", a));
    LOCKSTEP_RETURN_IF_FAULT(layer.IsFloat("input b", b));
    LOCKSTEP_RETURN_IF_FAULT(CheckShapes(layer));
    return CheckWork(layer);
  }
  LOCKSTEP_RETURN_IF_FAULT(layer.IsQuantized("input a", a));
  LOCKSTEP_RETURN_IF_FAULT(layer.IsQuantized("input b", b));
  LOCKSTEP_RETURN_IF_FAULT(layer.IsQuantized("output", layer.output()));
  LOCKSTEP_RETURN_IF_FAULT(CheckShapes(layer));
  LOCKSTEP_RETURN_IF_FAULT(layer.Multiplier("multiplier", o.multiplier(), o.shift()));
  LOCKSTEP_RETURN_IF_FAULT(layer.Clamp(o.clamp_low(), o.clamp_high(), High(layer.output())));
  const int64_t bound = int64_t{ExtentFromBack(a, 0)} * TypeHigh(a) * TypeHigh(b);  // below 2^24 * 2^32
  if (o.acc_bits() == 32) {
    if (a.dtype() != joint::DType::U8 || b.dtype() != joint::DType::U8 || bound >= int64_t{1} << 31) {
      return layer.Wrong("acc_bits", "32 bits do not hold every partial sum");
    }
  } else {
    LOCKSTEP_RETURN_IF_FAULT(layer.InRange("acc_bits", o.acc_bits(), 64, 64));
    if (bound >= rq1::kWideLimit) return layer.Wrong("shape", "a sum of products leaves 55 bits");
    // What requantisation makes of a 64-bit sum must stay within 64 bits too.
    if (o.shift() < 0 && bound >= int64_t{1} << (61 + o.shift())) {
      return layer.Wrong("shift", "the scaled sum leaves 64 bits");
    }
  }
  return CheckWork(layer);
}

}  // namespace lockstep::check
