#include "judge/joint_bytes.h"

#include <cmath>

#include "dump/dump.h"
#include "dump/values.h"
#include "judge/written_tensors.h"
#include "quantize/affine.h"

namespace lockstep::judge {

std::vector<uint8_t> JointBytes(const joint::Tensor& tensor, const graph::Shape& shape, const float* values) {
  const dump::DumpLayer layer = dump::DescribeTensor(tensor);
  const std::vector<float> reals = dump::ToPhysical(shape, layer.axes, values);
  const auto levels = LevelsOf(tensor);
  std::vector<uint8_t> bytes;
  if (!levels) {
    if (tensor.dtype() != joint::DType::F32) return {};
    const auto* first = reinterpret_cast<const uint8_t*>(reals.data());
    return {first, first + reals.size() * sizeof(float)};
  }
  const bool wide = tensor.dtype() == joint::DType::U16;
  bytes.reserve(reals.size() * (wide ? 2 : 1));
  for (size_t i = 0; i < reals.size(); ++i) {
    const quantize::AffineParams params = levels->channel(i % levels->scales.size());  // channels lie in the last axis
    const int32_t level =
        std::isnan(reals[i]) ? params.zero_point : quantize::QuantizeValue(static_cast<double>(reals[i]), params);
    bytes.push_back(static_cast<uint8_t>(level));
    if (wide) bytes.push_back(static_cast<uint8_t>(level >> 8));
  }
  return bytes;
}

}  // namespace lockstep::judge
