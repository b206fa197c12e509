// What a network that arrives quantised says of its tensors.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace lockstep::graph {

// Of 8 bits: real = scale * (level - zero_point), levels from 0 to 255.
struct GivenLevels {
  float scale = 1.0F;
  int32_t zero_point = 0;
};

// By the names of tensors.
struct GivenQuantization {
  std::map<std::string, GivenLevels> tensors;         // computed ones
  std::map<std::string, std::vector<float>> weights;  // constants: a scale for each output channel, or one for all

  bool empty() const { return tensors.empty() && weights.empty(); }
};

}  // namespace lockstep::graph
