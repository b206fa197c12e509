// What a network that arrives quantised says of its tensors.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace lockstep::graph {

// real = scale * (level - zero_point), levels from 0 to 2^bits - 1.
struct GivenLevels {
  float scale = 1.0F;
  int32_t zero_point = 0;
  int bits = 8;  // or 16

  bool operator==(const GivenLevels& other) const {
    return scale == other.scale && zero_point == other.zero_point && bits == other.bits;
  }
};

// Of a constant of 8 bits with a sign: one for all its elements, or one for each place along the axis.
struct GivenScales {
  std::vector<float> values;
  int64_t axis = 0;
};

// Of computed tensors, by their names; those of constants stand with their tensors.
struct GivenQuantization {
  std::map<std::string, GivenLevels> tensors;
};

}  // namespace lockstep::graph
