// Boards of a test as pools.
#pragma once

#include <memory>
#include <vector>

#include "boards/board_pool.h"

namespace lockstep::test {

// The boards stay the test's own.
inline std::shared_ptr<boards::Board> Borrowed(boards::Board& board) {
  return {&board, [](boards::Board*) {}};
}

inline std::vector<boards::BoardPool> OnePoolEach(const std::vector<std::unique_ptr<boards::Board>>& boards) {
  std::vector<boards::BoardPool> pools;
  for (const auto& board : boards) pools.push_back({board->name(), {Borrowed(*board)}});
  return pools;
}

}  // namespace lockstep::test
