#include "engine/reference/fits.h"

#include "arithmetic/rq1.h"

namespace lockstep::engine {

bool HasTensors(const LayerRun& run, size_t inputs) { return run.inputs.size() == inputs && run.outputs.size() == 1; }

bool IsActivation(joint::DType dtype) { return dtype == joint::DType::U8 || dtype == joint::DType::U16; }

bool IsQuantized(const joint::Tensor& tensor) {
  const joint::Quantization* quantization = tensor.quantization();
  return IsActivation(tensor.dtype()) && quantization != nullptr && quantization->scale() != nullptr &&
         quantization->scale()->size() != 0 && quantization->zero_point() != nullptr &&
         quantization->zero_point()->size() != 0;
}

bool SameShape(const joint::Tensor& a, const joint::Tensor& b) {
  return a.shape()->size() == b.shape()->size() && std::equal(a.shape()->begin(), a.shape()->end(), b.shape()->begin());
}

bool IsShift(int32_t shift) { return shift >= rq1::kMinShift && shift <= rq1::kMaxShift; }

}  // namespace lockstep::engine
