#include "boards/board_pool.h"

#include <sstream>

#include "graph/error.h"
#include "graph/quoted.h"

namespace lockstep::boards {

std::vector<BoardPool> MakePools(const std::vector<std::string>& names, const BoardOptions& options) {
  std::vector<BoardPool> pools;
  std::vector<std::string> all;
  std::vector<size_t> pool_of;
  for (const std::string& name : names) {
    std::istringstream parts(name + ",");
    for (std::string part; std::getline(parts, part, ',');) {
      if (part.empty()) throw UsageError("--board " + graph::Quoted(name) + " has an empty name between its commas");
      all.push_back(part);
      pool_of.push_back(pools.size());
    }
    pools.push_back({name, {}});
  }
  std::vector<std::unique_ptr<Board>> boards = MakeBoards(all, options);
  for (size_t i = 0; i < boards.size(); ++i) pools[pool_of[i]].boards.push_back(std::move(boards[i]));
  return pools;
}

}  // namespace lockstep::boards
