// lockstep bundle, lockstep replay: everything that somebody else needs to see the same, and running it.
#include <chrono>
#include <memory>
#include <optional>

#include "boards/board_pool.h"
#include "bundle/make_bundle.h"
#include "bundle/replay.h"
#include "cli/command.h"
#include "cli/openmp.h"
#include "compiler/build_config.h"
#include "files/output_file.h"
#include "graph/error.h"
#include "settings/command_line.h"

namespace lockstep::cli {
namespace {

struct BoardFlags {
  std::vector<std::string> names;
  boards::BoardOptions options;
  int timeout = 3600;

  std::vector<boards::BoardPool> Make(const std::vector<std::string>& named) {
    if (named.empty()) return {};
    options.time_limit = std::chrono::seconds(timeout);
    return boards::MakePools(named, options);
  }
};

void AddBoardFlags(CLI::App& command, BoardFlags& flags, const std::string& what) {
  command.add_option("--board", flags.names, what);
  command.add_option("--boards", flags.options.list,
                     "the list of boards (default: LOCKSTEP_BOARDS, boards.json, or ~/.config/lockstep/boards.json)");
  command.add_option("--board-dir", flags.options.folder,
                     "holds TARGET/bin/run_joint_debug (default: LOCKSTEP_BOARD_DIR, or this build's folder)");
  command.add_option("--timeout", flags.timeout, "seconds that a board may take, 1 to 1000000 (default 3600)")
      ->check(CLI::Range(1, 1000000));
}

struct BundleFlags {
  bundle::BundleOptions options;
  BoardFlags board;
  settings::Json given = settings::Json::object();
  std::string json;
  bool quiet = false;
};

int Bundle(BundleFlags& flags) {
  PrepareOpenMp();
  const settings::Json resolved = settings::Resolve(settings::kCrosscheck, flags.given, "bundle");
  flags.options.data = compiler::SourcesOf(resolved.at("data"));
  flags.options.version = LOCKSTEP_VERSION;
  RefuseStdout("--output", flags.options.output);
  std::vector<std::filesystem::path> inputs = flags.options.logs;
  inputs.push_back(flags.options.model);
  CheckOutputs({flags.json, flags.options.output.string()}, std::move(inputs), flags.options.data);
  const std::vector<boards::BoardPool> boards = flags.board.Make(flags.board.names);
  report::Progress progress(stderr, bundle::CountSteps(flags.options), flags.quiet);
  const bundle::BundleManifest manifest =
      bundle::MakeBundle(flags.options, boards, [&](const std::string& what) { progress.Step(what); });
  progress.Finish();
  Print(bundle::ToText(manifest, flags.options.output), bundle::ToJson(manifest), flags.json);
  return kGood;
}

struct ReplayFlags {
  bundle::ReplayOptions options;
  BoardFlags board;
  std::string json;
  bool quiet = false;
};

int Replay(ReplayFlags& flags) {
  PrepareOpenMp();
  CheckOutputs({flags.json}, {flags.options.bundle});
  if (!flags.options.keep.empty()) files::RequireWritableFolder(flags.options.keep);
  report::Progress progress(stderr, bundle::kReplaySteps, flags.quiet);
  // Those that need no description are here, too; others may not be.
  const auto make_boards = [&](const std::vector<std::string>& recorded) {
    if (!flags.board.names.empty()) return flags.board.Make(flags.board.names);
    return flags.board.Make(bundle::BoardsHere(recorded, boards::BoardNames()));
  };
  const bundle::ReplayResult result =
      bundle::Replay(flags.options, make_boards, [&](const std::string& what) { progress.Step(what); });
  progress.Finish();
  Print(bundle::ToText(result, ColourWanted()), bundle::ToJson(result), flags.json);
  return result.same ? kGood : kCheckFailed;
}

}  // namespace

void AddBundle(CLI::App& app, int& status) {
  CLI::App* command = app.add_subcommand("bundle", "pack what somebody else needs to see the same into one archive");
  auto flags = std::make_shared<BundleFlags>();
  bundle::BundleOptions& options = flags->options;
  command->add_option("model", options.model, "the joint model")->required();
  settings::DeclareOptions(*command, settings::kCrosscheck, flags->given);
  command->add_option("--output", options.output, "the archive, NAME.tar.gz")->required();
  command->add_flag("--strip-weights", options.strip_weights,
                    "random weights in place of the model's own: the same structure, shapes, names and scales");
  command->add_option("--seed", options.seed, "of the random weights (default 1)");
  command->add_option("--count", options.count, "sets of inputs, the first ones of --data, 1 to 1000 (default 4)")
      ->check(CLI::Range(1, 1000));
  command->add_option("--layers", options.layers,
                      "regular expression: layers whose expected bytes are packed too (default: the md5 of all)");
  command->add_option("--log", options.logs, "any file that helps; several may be named");
  AddBoardFlags(*command, flags->board, "what these boards give is recorded; several may be named");
  command->add_option("--json", flags->json, "what is in it as JSON (- for stdout)");
  command->add_flag("-q,--quiet", flags->quiet, "no progress");
  command->footer(
      "example:\n  lockstep bundle out/net.joint --data street.jpg --board camera --strip-weights --layers Conv_45 "
      "--output for_you.tar.gz");
  command->callback([flags, &status] { status = Bundle(*flags); });
}

void AddReplay(CLI::App& app, int& status) {
  CLI::App* command = app.add_subcommand(
      "replay", "verify and run what `bundle` packed (status 1: another result than where it was made)");
  auto flags = std::make_shared<ReplayFlags>();
  command->add_option("bundle", flags->options.bundle, "the archive")->required();
  AddBoardFlags(
      *command, flags->board,
      "instead of the recorded boards, of which those run here that need no description; several may be named");
  command->add_option("--keep", flags->options.keep, "gets the files of the bundle");
  command->add_option("--json", flags->json, "the result as JSON (- for stdout)");
  command->add_flag("-q,--quiet", flags->quiet, "no progress");
  command->footer("example:\n  lockstep replay for_me.tar.gz --board qemu:mipsel");
  command->callback([flags, &status] { status = Replay(*flags); });
}

}  // namespace lockstep::cli
