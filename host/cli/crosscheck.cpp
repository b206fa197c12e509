// lockstep crosscheck: the reference engine and boards on one input, layer by layer.
#include "crosscheck/crosscheck.h"

#include <chrono>
#include <memory>

#include "boards/board_pool.h"
#include "cli/checklist_flags.h"
#include "cli/command.h"
#include "cli/openmp.h"
#include "compiler/build_config.h"
#include "crosscheck/render.h"
#include "files/output_file.h"
#include "page/page.h"
#include "run/source_network.h"
#include "settings/command_line.h"

namespace lockstep::cli {
namespace {

struct Flags {
  crosscheck::CrosscheckOptions options;
  boards::BoardOptions board;
  std::vector<std::string> boards;
  settings::Json given = settings::Json::object();
  int timeout = 3600;
  std::string json;
  std::string html;
  bool quiet = false;
  checklist::ChecklistOptions checklist;
};

int Crosscheck(Flags& flags) {
  PrepareOpenMp();
  const settings::Json resolved = settings::Resolve(settings::kCrosscheck, flags.given, "crosscheck");
  flags.options.threads = resolved.at("threads").get<int>();
  flags.options.input_values = compiler::ImportOptionsOf(resolved).input_values;
  flags.options.data = compiler::SourcesOf(resolved.at("data"));
  flags.board.time_limit = std::chrono::seconds(flags.timeout);
  const std::vector<boards::BoardPool> pools = boards::MakePools(flags.boards, flags.board);
  RefuseStdout("--report", flags.html);
  const crosscheck::CrosscheckOptions& options = flags.options;
  CheckOutputs({flags.json, flags.html},
               {options.model, options.onnx, run::OptimizedOnnxBeside(options.model), flags.board.binary},
               options.data);
  if (!options.output_folder.empty()) files::RequireWritableFolder(options.output_folder);
  const int steps = crosscheck::CountSteps(flags.options);
  report::Progress progress(stderr, steps, flags.quiet);
  files::OutputFiles outputs;
  const crosscheck::CrosscheckResult result =
      crosscheck::Crosscheck(flags.options, pools, outputs, [&](const std::string& what) { progress.Step(what); });
  progress.Finish();
  const std::string json = crosscheck::ToJson(result);
  if (!flags.html.empty()) {
    outputs.Add(flags.html, page::ReportOf(options.model, page::ResultKind::kCrosscheck, json));
  }
  const checklist::BoardFacts facts{options.model,
                                    options.onnx,
                                    options.data,
                                    options.threads,
                                    result.verdict,
                                    crosscheck::VerdictText(result),
                                    result.boards.empty() ? std::vector<dump::LayerResult>() : result.boards[0].layers};
  return PrintWithChecklist(crosscheck::ToText(result, ColourWanted()), json, flags.json, outputs, flags.checklist,
                            facts);
}

}  // namespace

void AddCrosscheck(CLI::App& app, int& status) {
  CLI::App* command =
      app.add_subcommand("crosscheck", "run PC and boards on one input and compare every layer (status 1: differs)");
  auto flags = std::make_shared<Flags>();
  command->add_option("model", flags->options.model, "the joint model")->required();
  std::string names;
  for (const std::string& name : boards::BoardNames()) names += (names.empty() ? "" : ", ") + name;
  command
      ->add_option("--board", flags->boards,
                   names + "; several may be named, and NAME,NAME are boards of one kind that share the inputs")
      ->required();
  command->add_option("--onnx", flags->options.onnx,
                      "the ONNX network, for the accuracy of every layer (default: frontend/optimized.onnx beside the "
                      "model, if it is there)");
  command->add_flag("--single", flags->options.single,
                    "every layer by itself too, fed with the float network's values: what it alone loses");
  command->add_flag("--all-builds", flags->options.all_builds,
                    "also compare the outputs of release, debug, profile and nmem");
  command->add_option("--output-folder", flags->options.output_folder,
                      "gets the boards' outputs, in a folder for each board");
  command->add_option("--boards", flags->board.list,
                      "the list of boards (default: LOCKSTEP_BOARDS, boards.json, or ~/.config/lockstep/boards.json)");
  command->add_option("--board-dir", flags->board.folder,
                      "holds TARGET/bin/run_joint_debug (default: LOCKSTEP_BOARD_DIR, or this build's folder)");
  command->add_option("--board-binary", flags->board.binary, "the run_joint_debug of the one board");
  command->add_option("--timeout", flags->timeout, "seconds that a board may take, 1 to 1000000 (default 3600)")
      ->check(CLI::Range(1, 1000000));
  settings::DeclareOptions(*command, settings::kCrosscheck, flags->given);
  AddChecklistFlags(*command, flags->checklist);
  command->add_option("--json", flags->json, "the result as JSON (- for stdout)");
  command->add_option("--report", flags->html, "the result as a page in one HTML file");
  command->add_flag("-q,--quiet", flags->quiet, "no progress");
  command->footer(
      "example:\n  lockstep crosscheck out/yolov8n.joint --data street.jpg --board local qemu:mipsel --json "
      "result.json");
  command->callback([flags, &status] { status = Crosscheck(*flags); });
}

}  // namespace lockstep::cli
