// Numbers of things inside messages.
#pragma once

#include <cstddef>
#include <string>

namespace lockstep::graph {

// "1 picture", "3 pictures".
inline std::string Counted(size_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

}  // namespace lockstep::graph
