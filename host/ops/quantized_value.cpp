#include "ops/quantized_value.h"

namespace lockstep::ops {

std::optional<Limits> LimitsOf(int64_t onnx_type) {
  switch (onnx_type) {
    case 2:
      return Limits{0, 255};
    case 3:
      return Limits{-128, 127};
    case 4:
      return Limits{0, 65535};
    case 5:
      return Limits{-32768, 32767};
    default:
      return std::nullopt;
  }
}

}  // namespace lockstep::ops
