#include "conformance/compare.h"

#include <cmath>

#include "conformance/test_case.h"
#include "report/table.h"

namespace lockstep::conformance {
namespace {

bool Agree(double computed, double recorded) {
  if (std::isnan(recorded)) return std::isnan(computed);
  if (!std::isfinite(recorded) || !std::isfinite(computed)) return computed == recorded;
  return std::abs(computed - recorded) <= kAbsolute + kRelative * std::abs(recorded);
}

std::string InWords(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number > 0.0 ? "infinity" : "-infinity";
  return report::ShortNumber(number, 8);
}

// "element 5" and, where there are several axes, its coordinates: " (1, 2)".
std::string Place(int64_t element, const graph::Shape& shape) {
  const std::string text = "element " + std::to_string(element);
  if (shape.size() < 2) return text;
  std::string coordinates;
  int64_t rest = element;
  for (size_t axis = shape.size(); axis-- > 0; rest /= shape[axis]) {
    coordinates.insert(0, (axis == 0 ? "" : ", ") + std::to_string(rest % shape[axis]));
  }
  return text + " (" + coordinates + ")";
}

}  // namespace

std::string Difference(const ops::Value& computed, const ops::Value& recorded) {
  if (computed.type != recorded.type) {
    return std::string(graph::KindName(computed.type)) + " instead of " + graph::KindName(recorded.type);
  }
  if (computed.shape != recorded.shape) {
    return "shape " + graph::ToString(computed.shape) + " instead of " + graph::ToString(recorded.shape);
  }
  for (int64_t i = 0; i < recorded.count(); ++i) {
    const bool same =
        recorded.is_float() ? Agree(computed.Number(i), recorded.Number(i)) : computed.Number(i) == recorded.Number(i);
    if (same) continue;
    return Place(i, recorded.shape) + " is " + InWords(computed.Number(i)) + " instead of " +
           InWords(recorded.Number(i));
  }
  return "";
}

}  // namespace lockstep::conformance
