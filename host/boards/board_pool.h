// Boards of one kind that share the work: each input is run by one of them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "boards/board.h"

namespace lockstep::boards {

struct BoardPool {
  std::string name;  // as it was given: "door,gate"
  std::vector<std::shared_ptr<Board>> boards;
};

// One pool for each name; names of boards with commas between them are one pool. Throws as MakeBoards.
std::vector<BoardPool> MakePools(const std::vector<std::string>& names, const BoardOptions& options);

}  // namespace lockstep::boards
