#include "conformance/compare.h"

#include <cmath>

#include "conformance/test_case.h"
#include "report/table.h"

namespace lockstep::conformance {
namespace {

bool Agree(double computed, double recorded) {
  if (std::isnan(recorded)) return std::isnan(computed);
  return computed == recorded || std::abs(computed - recorded) <= kAbsolute + kRelative * std::abs(recorded);
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
    return "element " + std::to_string(i) + " is " + report::ShortNumber(computed.Number(i), 8) + " instead of " +
           report::ShortNumber(recorded.Number(i), 8);
  }
  return "";
}

}  // namespace lockstep::conformance
