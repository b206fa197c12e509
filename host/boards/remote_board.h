// A board behind a link: run_joint, model and inputs go there, dumps and outputs come back.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "boards/board.h"
#include "boards/link.h"

namespace lockstep::boards {

struct RemoteSettings {
  std::string name;
  std::string work_folder = "/tmp/lockstep";
  std::string target;  // whose run_joint is taken; empty: by what the board says of itself
  std::map<std::string, std::string> environment;
  int64_t memory_limit_kib = 0;  // ulimit -v; 0: none
};

std::unique_ptr<Board> MakeRemoteBoard(RemoteSettings settings, std::unique_ptr<Link> link, BoardOptions options);

}  // namespace lockstep::boards
