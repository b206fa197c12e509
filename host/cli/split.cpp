// lockstep split: a joint model layer by layer, for runners without dumps.
#include <chrono>
#include <memory>

#include "boards/board.h"
#include "cli/command.h"
#include "extract/compare_layers.h"
#include "extract/extract.h"
#include "files/output_file.h"
#include "graph/counted.h"
#include "graph/error.h"
#include "settings/command_line.h"

namespace lockstep::cli {
namespace {

struct Flags {
  extract::ExtractOptions options;
  std::vector<std::string> data;
  std::string compare;
  std::string outputs;
  std::string board;
  std::string build = "release";
  boards::BoardOptions board_options;
  int timeout = 3600;
  std::string json;
  bool quiet = false;
};

void CheckUse(const CLI::App& command, const Flags& flags) {
  const bool splits = !flags.options.model.empty();
  if (splits == !flags.compare.empty()) {
    throw UsageError("split takes a model and --output-dir to split it, or --compare DIR to compare what was run");
  }
  if (splits && flags.options.output_folder.empty()) throw UsageError("--output-dir says where the layers go; add it");
  if (splits && AnyGiven(command, {"--board", "--outputs", "--json"})) {
    throw UsageError("--board, --outputs and --json belong to --compare; split the model first");
  }
  if (!splits && AnyGiven(command, {"--data", "--output-dir"})) {
    throw UsageError("--data and --output-dir have no effect with --compare; leave them out");
  }
  if (flags.board.empty() && AnyGiven(command, {"--build", "--boards", "--board-dir", "--timeout"})) {
    throw UsageError("--build, --boards, --board-dir and --timeout are of --board; add that or leave them out");
  }
}

int Split(Flags& flags) {
  for (const std::string& source : flags.data) {
    const auto [name, path] = settings::ParseNamedPath(source);
    flags.options.data.push_back({name, path});
  }
  report::Progress progress(stderr, 1, flags.quiet);
  progress.Step("split");
  const extract::ExtractResult result =
      extract::Extract(flags.options, [&](int done, int total) { progress.Advance(done, total); });
  progress.Finish();
  const std::string folder = flags.options.output_folder.string();
  for (const extract::SkippedLayer& layer : result.skipped) std::printf("not extracted: %s\n", layer.why.c_str());
  std::printf(
      "wrote %s of one layer to %s, fed with what they read for %s\nrun each as layers.json says, for example\n  cd %s "
      "&& %s\n",
      graph::Counted(result.layers.size(), "model").c_str(), folder.c_str(), result.data.c_str(), folder.c_str(),
      result.layers.empty() ? "" : extract::RunJointLine(result.layers.front()).c_str());
  std::printf("then\n  lockstep split --compare %s\n", folder.c_str());
  return kGood;
}

int Compare(Flags& flags) {
  CheckOutputs({flags.json}, {});
  const std::filesystem::path outputs =
      flags.outputs.empty() ? std::filesystem::path(flags.compare) / "outputs" : std::filesystem::path(flags.outputs);
  if (!flags.board.empty()) {
    flags.board_options.time_limit = std::chrono::seconds(flags.timeout);
    const std::unique_ptr<boards::Board> board = boards::MakeBoard(flags.board, flags.board_options);
    report::Progress progress(stderr, 1, flags.quiet);
    progress.Step(board->name());
    extract::RunLayers(*board, flags.compare, outputs, flags.build,
                       [&](int done, int total) { progress.Advance(done, total); });
    progress.Finish();
  }
  extract::LayersComparison comparison = extract::CompareLayers(flags.compare, outputs);
  comparison.runner = flags.board;
  Print(extract::ToText(comparison, ColourWanted()), extract::ToJson(comparison), flags.json);
  return comparison.verdict == dump::Verdict::kExact ? kGood : kCheckFailed;
}

}  // namespace

void AddSplit(CLI::App& app, int& status) {
  CLI::App* command = app.add_subcommand(
      "split", "a joint model layer by layer, to be run where a board's runner has no dumps, and compared");
  auto flags = std::make_shared<Flags>();
  command->add_option("model", flags->options.model, "the joint model");
  command->add_option("--data", flags->data,
                      "what the network is fed with: a picture, .bin or .npy file, or NAME=FILE for each input "
                      "(default: random bytes)");
  command->add_option("--output-dir", flags->options.output_folder,
                      "gets a model for each layer, inputs, expected outputs and a list");
  command->add_option("--compare", flags->compare, "such a folder: compare what was run (status 1: it differs)");
  command->add_option("--outputs", flags->outputs, "the folder of what was run (default: outputs in that folder)");
  command->add_option("--board", flags->board, "run every layer there first");
  command->add_option("--build", flags->build, "with this run_joint (default release)")
      ->check(CLI::IsMember({"release", "debug", "profile", "nmem"}));
  command->add_option("--boards", flags->board_options.list, "the list of boards");
  command->add_option("--board-dir", flags->board_options.folder, "holds TARGET/bin/run_joint_*");
  command->add_option("--timeout", flags->timeout, "seconds that a layer may take, 1 to 1000000 (default 3600)")
      ->check(CLI::Range(1, 1000000));
  command->add_option("--json", flags->json, "the comparison as JSON (- for stdout)");
  command->add_flag("-q,--quiet", flags->quiet, "no progress");
  command->footer(
      "examples:\n  lockstep split out/yolov8n.joint --data street.jpg --output-dir layers\n"
      "  lockstep split --compare layers --board door");
  command->callback([command, flags, &status] {
    CheckUse(*command, *flags);
    status = flags->compare.empty() ? Split(*flags) : Compare(*flags);
  });
}

}  // namespace lockstep::cli
