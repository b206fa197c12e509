// lockstep memory: what a run takes of a board's memory, planned and measured.
#include <algorithm>
#include <chrono>
#include <memory>

#include "boards/board.h"
#include "cli/command.h"
#include "cli/isa_environment.h"
#include "graph/error.h"
#include "memory/report.h"
#include "report/json_text.h"

namespace lockstep::cli {
namespace {

struct Flags {
  std::string model;
  std::vector<std::string> targets;
  std::vector<std::string> boards;
  boards::BoardOptions board;
  int threads = 1;
  int repeat = 3;
  int timeout = 3600;
  std::string json;
  bool quiet = false;
};

int Memory(const CLI::App& command, Flags& flags) {
  if (flags.boards.empty() && AnyGiven(command, {"--repeat", "--boards"})) {
    throw UsageError("--repeat and --boards have no effect without --board; leave them out");
  }
  const std::vector<const boards::Target*> targets = memory::NamedTargets(flags.targets);
  const bool started = std::any_of(targets.begin(), targets.end(), [](const auto* one) { return one->emulator; });
  if (flags.boards.empty() && !started && AnyGiven(command, {"--timeout"})) {
    throw UsageError("--timeout has no effect without --board or a --target but host; leave it out");
  }
  flags.board.time_limit = std::chrono::seconds(flags.timeout);
  const std::vector<std::unique_ptr<boards::Board>> boards = boards::MakeBoards(flags.boards, flags.board);
  CheckOutputs({flags.json}, {flags.model, flags.board.list});
  memory::MemoryReport report;
  report.plan = memory::MakePlan(flags.model, flags.threads);
  report.savings = memory::FindSavings(report.plan);
  report::Progress progress(stderr, static_cast<int>(targets.size() + boards.size()), flags.quiet);
  for (const boards::Target* target : targets) {
    progress.Step(std::string("plan for ") + target->name);
    report.targets.push_back(memory::PlanTarget(*target, flags.model, report.plan, flags.board));
  }
  for (const std::unique_ptr<boards::Board>& board : boards) {
    progress.Step("run on " + board->name());
    report.measured.push_back(memory::Measure(flags.model, report.plan, flags.repeat, *board));
  }
  progress.Finish();
  Print(memory::ToText(report), report::JsonText(memory::ToJson(report), 1), flags.json);
  return kGood;
}

}  // namespace

void AddMemory(CLI::App& app, int& status) {
  CLI::App* command =
      app.add_subcommand("memory", "what a joint model takes of a board's memory, planned and measured");
  auto flags = std::make_shared<Flags>();
  command->add_option("model", flags->model, "the joint model")->required();
  command->add_option(
      "--target", flags->targets,
      "host, mipsel, mipsel-msa, armv7, aarch64: whose program is counted, and asked what it plans, emulated "
      "(default: all, and this PC's plan above them)");
  command->add_option("--board", flags->boards,
                      "runs run_joint_nmem there and shows what it measured; several may be named");
  command->add_option("--threads", flags->threads, "of run_joint, 1 to 64 (default 1)")->check(CLI::Range(1, 64));
  command->add_option("-r,--repeat", flags->repeat, "runs on a board, 1 to 1000000 (default 3)")
      ->check(CLI::Range(1, 1000000));
  command->add_option("--boards", flags->board.list,
                      "the list of boards (default: LOCKSTEP_BOARDS, boards.json, or ~/.config/lockstep/boards.json)");
  command->add_option("--board-dir", flags->board.folder,
                      "holds TARGET/bin/run_joint_* (default: LOCKSTEP_BOARD_DIR, or this build's folder)");
  command
      ->add_option("--timeout", flags->timeout,
                   "seconds that a board or a target's program may take, 1 to 1000000 (default 3600)")
      ->check(CLI::Range(1, 1000000));
  command->add_option("--json", flags->json, "the same as JSON, with every tensor's place in the arena (- for stdout)");
  command->add_flag("-q,--quiet", flags->quiet, "no progress");
  command->footer(
      "examples:\n  lockstep memory out/yolov8n.joint --target mipsel\n"
      "  lockstep memory out/yolov8n.joint --board door --json memory.json");
  command->callback([flags, command, &status] {
    RequireIsaOfThisPc();
    status = Memory(*command, *flags);
  });
}

}  // namespace lockstep::cli
