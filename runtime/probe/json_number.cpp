#include "probe/json_number.h"

#include <cstdio>
#include <cstdlib>

namespace lockstep {

String JsonNumber(float value) {
  char text[32];
  for (int digits = 6; digits <= 9; ++digits) {
    std::snprintf(text, sizeof(text), "%.*g", digits, static_cast<double>(value));
    if (std::strtof(text, nullptr) == value) break;
  }
  return text;
}

}  // namespace lockstep
