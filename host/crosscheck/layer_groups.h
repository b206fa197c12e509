// Layers in groups whose bytes a board has room for, and what run_joint is asked for to get exactly them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lockstep::crosscheck {

// One layer, with the bytes that it takes on the board.
struct LayerPiece {
  int layer = 0;
  std::string name;
  uint64_t bytes = 0;
};

struct LayerGroup {
  std::vector<int> layers;
  std::string expression;  // an extended regular expression that matches exactly their names
};

// In the given order. A group takes at most `room` bytes, but for a single layer that takes more; its names fit one
// argument of a program. Pieces of one layer stand one behind the other.
std::vector<LayerGroup> GroupsOf(const std::vector<LayerPiece>& pieces, uint64_t room);

}  // namespace lockstep::crosscheck
