// Boards: where run_joint runs. `local` is this PC; `qemu:TARGET` emulates a board's CPU with qemu-user.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace lockstep::boards {

struct BoardOptions {
  // The folder that holds TARGET/bin/run_joint_*. Empty: LOCKSTEP_BOARD_DIR, or the build folder this program lies in.
  std::filesystem::path folder;
  // One run_joint_debug for the board, instead of searching.
  std::filesystem::path binary;
  std::chrono::seconds time_limit{3600};
  bool check_digest = true;
};

// What to run there.
struct BoardJob {
  std::filesystem::path model;
  std::vector<std::filesystem::path> inputs;  // raw bytes, one file per model input
  std::string build = "debug";                // which of the four builds
  std::filesystem::path output_folder;        // the model's outputs; empty: not wanted
  std::filesystem::path dump_folder;          // a dump with its manifest; empty: not wanted
  bool digests_only = false;
  std::string layers;  // regular expression on layer names; empty: all
};

class Board {
 public:
  virtual ~Board() = default;
  virtual std::string name() const = 0;
  // Throws BoardError that says what is missing or what the board answered, BadInput or UnsupportedModel if the board
  // refused the model.
  virtual void Run(const BoardJob& job) = 0;
};

// "local", "qemu:mipsel", ...
std::vector<std::string> BoardNames();

// Throws UsageError with the nearest name for an unknown board. What the board needs is looked for by Run.
std::unique_ptr<Board> MakeBoard(const std::string& name, const BoardOptions& options);

// The boards of one crosscheck. Throws UsageError too if a board is named twice or the options suit no number of boards
// like this.
std::vector<std::unique_ptr<Board>> MakeBoards(const std::vector<std::string>& names, const BoardOptions& options);

}  // namespace lockstep::boards
