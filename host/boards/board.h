// Boards: where run_joint runs. `local` is this PC; `qemu:TARGET` emulates a board's CPU with qemu-user; others are
// devices that are reached over ssh or adb.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace lockstep::boards {

struct BoardOptions {
  // boards.json. Empty: see FindBoardFile.
  std::filesystem::path list;
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
  bool dump_inputs = false;  // the digests of what each layer reads too
  std::string layers;        // regular expression on layer names; empty: all
  // A folder with manifest.json and tensors.bin (docs/architecture.md, packed dumps): what it has is given to the
  // layers in place of what others made. Empty: nothing.
  std::filesystem::path inject_folder;
  bool dry_run = false;  // load and plan, but do not run
  int repeat = 1;
  int warmup = 0;
  int threads = 1;
  // What the build writes of its own: profile.csv and profile.json, and trace.json if `trace`; nmem_memory.txt and
  // nmem_memory.txt.json. Empty: not wanted.
  std::filesystem::path report_folder;
  bool trace = false;
  // Of an emulated CPU: gets the instructions of every layer, see FindCounter. Empty: not wanted.
  std::filesystem::path instruction_file;
};

// What a board says of itself, in the order in which it is shown.
struct BoardFact {
  std::string name;
  std::string value;
};

class Board {
 public:
  virtual ~Board() = default;
  virtual std::string name() const = 0;
  // What run_joint printed. Throws BoardError that says what is missing or what the board answered, BadInput or
  // UnsupportedModel if the board refused the model.
  virtual std::string Run(const BoardJob& job) = 0;
  // Reaches the board, asks what it is, and starts the run_joint that fits it. Throws as Run.
  virtual std::vector<BoardFact> Check() = 0;
  // Puts a file where models are put; where it then lies. Throws BoardError; UsageError for this PC and emulated
  // boards.
  virtual std::string Push(const std::filesystem::path& file) = 0;
  // What a shell on the board is started with. Throws UsageError as Push.
  virtual std::vector<std::string> Shell() = 0;
  // Whether its work is this PC's: several at once slow each other down.
  virtual bool OnThisPc() const { return true; }
  // Bytes of a dump that the board has room for at a time. Throws BoardError.
  virtual uint64_t DumpRoom() { return UINT64_MAX; }
};

// The boards that need no description: "local", "qemu:mipsel", ...
std::vector<std::string> BoardNames();

// Throws UsageError with the nearest name for an unknown board. What the board needs is looked for by Run.
std::unique_ptr<Board> MakeBoard(const std::string& name, const BoardOptions& options);

// The boards of one crosscheck. Throws UsageError too if a board is named twice or the options suit no number of boards
// like this.
std::vector<std::unique_ptr<Board>> MakeBoards(const std::vector<std::string>& names, const BoardOptions& options);

}  // namespace lockstep::boards
