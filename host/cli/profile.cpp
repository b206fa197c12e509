// lockstep profile: what every layer costs on a board, or two profiles side by side.
#include "profile/profile.h"

#include <chrono>
#include <memory>

#include "boards/board.h"
#include "cli/command.h"
#include "files/output_file.h"
#include "graph/error.h"
#include "page/page.h"
#include "profile/compare_profiles.h"
#include "profile/run_profile.h"
#include "report/json_text.h"

namespace lockstep::cli {
namespace {

struct Flags {
  profile::ProfileOptions options;
  boards::BoardOptions board;
  std::vector<std::string> files;
  std::string board_name;
  std::string trace;
  int timeout = 3600;
  std::string json;
  std::string csv;
  std::string html;
  bool quiet = false;
};

constexpr std::initializer_list<const char*> kOfRuns = {"--board",        "--data",    "--repeat", "--warmup",
                                                        "--threads",      "--trace",   "--boards", "--board-dir",
                                                        "--board-binary", "--timeout", "--report"};

int Compare(const Flags& flags) {
  CheckOutputs({flags.json, flags.csv}, {flags.files[0], flags.files[1]});
  const profile::Profile a = profile::ReadProfileFile(flags.files[0]);
  const profile::Profile b = profile::ReadProfileFile(flags.files[1]);
  const profile::ProfileComparison comparison = profile::CompareProfiles(a, flags.files[0], b, flags.files[1]);
  Print(profile::ToText(comparison, ColourWanted()), report::JsonText(profile::ToJson(comparison), 1), flags.json);
  if (!flags.csv.empty()) files::WriteFile(flags.csv, profile::ToCsv(comparison));
  return kGood;
}

int Run(Flags& flags) {
  if (flags.board_name.empty()) {
    throw UsageError("profile needs --board NAME, or two profiles to compare; `lockstep board list` has the names");
  }
  profile::ProfileOptions& options = flags.options;
  options.model = flags.files.front();
  options.trace = flags.trace;
  flags.board.time_limit = std::chrono::seconds(flags.timeout);
  const std::vector<std::unique_ptr<boards::Board>> boards = boards::MakeBoards({flags.board_name}, flags.board);
  input::DataSources data;
  for (const std::string& text : options.data) data.push_back({"", text});
  CheckOutputs({flags.json, flags.csv, flags.trace, flags.html}, {options.model, flags.board.binary, flags.board.list},
               data);
  report::Progress progress(stderr, profile::kProfileSteps, flags.quiet);
  const profile::Profile result =
      profile::RunProfile(options, *boards.front(), [&](const std::string& what) { progress.Step(what); });
  progress.Finish();
  const std::string json = report::JsonText(profile::ToJson(result), 1);
  Print(profile::ToText(result), json, flags.json);
  if (!flags.html.empty()) page::WriteReport(flags.html, options.model, page::ResultKind::kProfile, json);
  if (!flags.csv.empty()) files::WriteFile(flags.csv, profile::ToCsv(result));
  return kGood;
}

int Profile(const CLI::App& command, Flags& flags) {
  RefuseStdout("--csv", flags.csv);
  RefuseStdout("--trace", flags.trace);
  RefuseStdout("--report", flags.html);
  if (flags.files.size() == 1) return Run(flags);
  if (AnyGiven(command, kOfRuns) || flags.quiet) {
    throw UsageError("two profiles are compared without a run; of the flags --json and --csv alone have an effect");
  }
  return Compare(flags);
}

}  // namespace

void AddProfile(CLI::App& app, int& status) {
  CLI::App* command = app.add_subcommand("profile", "what every layer costs on a board, or two profiles side by side");
  auto flags = std::make_shared<Flags>();
  profile::ProfileOptions& options = flags->options;
  command->add_option("files", flags->files, "a joint model; or two profiles that --json wrote, to compare them")
      ->required()
      ->expected(1, 2);
  command->add_option("--board", flags->board_name,
                      "where run_joint_profile runs; under qemu:... instructions are counted too");
  command->add_option("--data", options.data,
                      "the input of the runs: a picture, a .bin or .npy file; of several inputs NAME=PATH for each "
                      "(default: random input)");
  command->add_option("-r,--repeat", options.repeat, "runs, 1 to 1000000 (default 10)")->check(CLI::Range(1, 1000000));
  command->add_option("-w,--warmup", options.warmup, "runs before them that do not count (default 1)")
      ->check(CLI::Range(0, 1000000));
  command->add_option("--threads", options.threads, "of run_joint, 1 to 64 (default 1)")->check(CLI::Range(1, 64));
  command->add_option("--trace", flags->trace, "gets a Chrome trace of all runs, for ui.perfetto.dev");
  command->add_option("--boards", flags->board.list,
                      "the list of boards (default: LOCKSTEP_BOARDS, boards.json, or ~/.config/lockstep/boards.json)");
  command->add_option("--board-dir", flags->board.folder,
                      "holds TARGET/bin/run_joint_profile (default: LOCKSTEP_BOARD_DIR, or this build's folder)");
  command->add_option("--board-binary", flags->board.binary, "the run_joint_debug of the board, beside its _profile");
  command->add_option("--timeout", flags->timeout, "seconds that a run there may take, 1 to 1000000 (default 3600)")
      ->check(CLI::Range(1, 1000000));
  command->add_option("--json", flags->json, "the profile, or the comparison, as JSON (- for stdout)");
  command->add_option("--csv", flags->csv, "the layers as CSV");
  command->add_option("--report", flags->html, "the result as a page in one HTML file");
  command->add_flag("-q,--quiet", flags->quiet, "no progress");
  command->footer(
      "examples:\n  lockstep profile out/yolov8n.joint --board door --repeat 20 --json after.json --trace trace.json\n"
      "  lockstep profile before.json after.json");
  command->callback([flags, command, &status] { status = Profile(*command, *flags); });
}

}  // namespace lockstep::cli
