// An SQNR in the words of findings.
#pragma once

#include <cmath>
#include <string>

#include "report/table.h"

namespace lockstep::layerwise {

inline std::string Db(double value) {
  if (std::isnan(value)) return "not a number";
  return std::isinf(value) ? (value > 0 ? "no error" : "all error") : report::FixedNumber(value, 1) + " dB";
}

}  // namespace lockstep::layerwise
