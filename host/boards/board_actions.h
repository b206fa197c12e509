// What `lockstep board` does: list, check, push, run, shell.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "boards/board.h"

namespace lockstep::boards {

struct ActionOptions {
  std::string action;
  std::string name;  // of the board
  std::filesystem::path file;
  std::vector<std::filesystem::path> data;
  std::string build;  // empty: release
  std::filesystem::path output_folder;
  BoardOptions board;
};

struct ActionResult {
  std::string text;
  std::string json;  // empty: the action has none
  int status = 0;
};

// Throws UsageError for an unknown action, and for options that it lacks or that have no effect on it; else as the
// board does.
ActionResult RunBoardAction(const ActionOptions& options);

}  // namespace lockstep::boards
