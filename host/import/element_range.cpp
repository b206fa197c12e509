#include "import/element_range.h"

#include <cmath>
#include <limits>
#include <sstream>

#include "import/onnx_tensor.h"

namespace lockstep::importer {
namespace {

using onnx::TensorProto;

struct Range {
  double low, high;
};

template <typename T>
Range All() {
  return {static_cast<double>(std::numeric_limits<T>::lowest()), static_cast<double>(std::numeric_limits<T>::max())};
}

Range RangeOf(graph::ElementType kind, int32_t onnx_type) {
  constexpr double kMostWhole = 9007199254740992.0;  // 2^53
  constexpr double kMostHalf = 65504.0;
  switch (onnx_type) {
    case TensorProto::INT8:
      return All<int8_t>();
    case TensorProto::UINT8:
      return All<uint8_t>();
    case TensorProto::INT16:
      return All<int16_t>();
    case TensorProto::UINT16:
      return All<uint16_t>();
    case TensorProto::INT32:
      return All<int32_t>();
    case TensorProto::UINT32:
      return All<uint32_t>();
    case TensorProto::UINT64:
      return {0.0, kMostWhole};
    case TensorProto::FLOAT16:
      return {-kMostHalf, kMostHalf};
    default:
      break;
  }
  if (kind == graph::ElementType::kBool) return {0.0, 1.0};
  return kind == graph::ElementType::kFloat ? All<float>() : Range{-kMostWhole, kMostWhole};
}

std::string Text(double value, int digits) {
  std::ostringstream text;
  text.precision(digits);
  text << value;
  return text.str();
}

}  // namespace

std::string WhyNotHeld(graph::ElementType kind, int64_t onnx_type, double value) {
  const auto type = static_cast<int32_t>(onnx_type);
  const Range range = RangeOf(kind, type);
  const bool whole = kind != graph::ElementType::kFloat;
  const bool inside = value >= range.low && value <= range.high;
  if (inside && (!whole || value == std::trunc(value))) return {};
  const int digits = whole ? 16 : 7;  // all of 2^53; those of a float
  std::string held = std::string("holds ") + graph::KindName(kind);
  if (!inside && kind != graph::ElementType::kBool)
    held += " from " + Text(range.low, digits) + " to " + Text(range.high, digits);
  if (type != 0 && kind != graph::ElementType::kBool) held += " (" + TypeName(type) + ")";
  return held + ", not " + Text(value, digits);
}

}  // namespace lockstep::importer
