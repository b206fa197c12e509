#include "engine/reference/float_values.h"

#include <cstring>

#include "arithmetic/f1.h"
#include "engine/reference/float_layers.h"
#include "engine/reference/tensor_values.h"

namespace lockstep::engine {

bool IsFloat(const joint::Tensor& tensor) { return tensor.dtype() == joint::DType::F32; }

bool HasFloatOutput(const LayerRun& run) { return run.outputs.size() == 1 && IsFloat(run.y()); }

std::vector<float> ReadFloats(const Operand& operand) {
  std::vector<float> values(static_cast<size_t>(ElementCount(*operand.tensor)));
  std::memcpy(values.data(), operand.data, values.size() * sizeof(float));
  return values;
}

void CopyFloats(const std::vector<float>& values, const Result& result) {
  std::memcpy(result.data, values.data(), values.size() * sizeof(float));
}

void WriteFloats(const std::vector<float>& values, const Result& result) {
  for (size_t i = 0; i < values.size(); ++i) {
    const uint32_t bits = f1::Canonical(values[i]);
    std::memcpy(result.data + i * sizeof(bits), &bits, sizeof(bits));
  }
}

}  // namespace lockstep::engine
