#include "graph/short_number.h"

#include <array>
#include <cstdio>

namespace lockstep::graph {

std::string ShortNumber(double value, int digits) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*g", digits, value);
  return text.data();
}

}  // namespace lockstep::graph
