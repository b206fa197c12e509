// lockstep board: what boards there are, and what they are.
#include "boards/board.h"

#include <chrono>
#include <memory>
#include <vector>

#include "boards/board_actions.h"
#include "cli/command.h"
#include "graph/error.h"

namespace lockstep::cli {
namespace {

struct Flags {
  boards::ActionOptions options;
  int timeout = 3600;
  std::string json;
};

int RunAction(Flags& flags) {
  flags.options.board.time_limit = std::chrono::seconds(flags.timeout);
  CheckOutputs({flags.json}, {flags.options.file, flags.options.board.binary, flags.options.board.list});
  const boards::ActionResult result = boards::RunBoardAction(flags.options);
  if (!flags.json.empty() && result.json.empty()) {
    throw UsageError("--json has no effect on board " + flags.options.action + "; list and check have one");
  }
  Print(result.text, result.json, flags.json);
  return result.status;
}

}  // namespace

void AddBoard(CLI::App& app, int& status) {
  CLI::App* command = app.add_subcommand("board", "the boards there are: list, check, push, run, shell");
  auto flags = std::make_shared<Flags>();
  boards::ActionOptions& options = flags->options;
  command
      ->add_option("action", options.action,
                   "list: all boards; check NAME: reach it, say what it is, start its run_joint; push NAME FILE: put a "
                   "file into its work folder; run NAME MODEL: run a joint model there; shell NAME: a shell on it")
      ->required();
  command->add_option("name", options.name, "a name of `board list`, or ssh:USER@HOST:PORT, adb:SERIAL");
  command->add_option("file", options.file, "what is pushed or run");
  command->add_option("--data", options.data, "run: raw input files, one for each input; without them random input");
  command->add_option("--build", options.build, "run: release, debug, profile or nmem (default release)");
  command->add_option("--output-folder", options.output_folder, "run: gets the outputs");
  command->add_option("--boards", options.board.list,
                      "the list of boards (default: LOCKSTEP_BOARDS, boards.json, or ~/.config/lockstep/boards.json)");
  command->add_option("--board-dir", options.board.folder,
                      "holds TARGET/bin/run_joint_* (default: LOCKSTEP_BOARD_DIR, or this build's folder)");
  command->add_option("--board-binary", options.board.binary, "the run_joint_debug of the board");
  command->add_option("--timeout", flags->timeout, "seconds that the board may take, 1 to 1000000 (default 3600)")
      ->check(CLI::Range(1, 1000000));
  command->add_option("--json", flags->json, "list and check as JSON (- for stdout)");
  command->footer(
      "examples:\n  lockstep board check ssh:root@192.0.2.7\n"
      "  lockstep board run door out/yolov8n.joint --build profile");
  command->callback([flags, &status] { status = RunAction(*flags); });
}

}  // namespace lockstep::cli
