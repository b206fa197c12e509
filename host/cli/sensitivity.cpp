// lockstep sensitivity: what each node of a network costs its outputs when it alone is quantised.
#include "sensitivity/sensitivity.h"

#include <memory>

#include "cli/built_model.h"
#include "cli/command.h"
#include "cli/openmp.h"
#include "compiler/build_config.h"
#include "compiler/sensitivity_run.h"
#include "files/output_file.h"
#include "graph/counted.h"
#include "page/page.h"
#include "sensitivity/render.h"
#include "settings/command_line.h"

namespace lockstep::cli {
namespace {

struct Flags {
  std::string config;
  settings::Json given = settings::Json::object();
  std::string part = "node";
  std::vector<std::string> metrics{"sqnr", "cosine"};
  std::vector<std::string> outputs;
  int pictures = 8;
  int rows = 30;
  std::string json;
  std::string csv;
  std::string state;
  std::string html;
  bool no_state = false;
  bool quiet = false;
};

std::string KnownText(const compiler::SensitivityRun& run, const std::string& state) {
  return "; " + std::to_string(run.known) + " of " + std::to_string(run.trials.size() * run.pictures.size()) +
         " results were in " + state;
}

int Sensitivity(const Flags& flags) {
  PrepareOpenMp();
  RefuseStdout("--csv", flags.csv);
  RefuseStdout("--report", flags.html);
  compiler::SensitivityOptions options;
  options.part = sensitivity::ParsePart(flags.part);
  options.pictures = flags.pictures;
  sensitivity::View view;
  view.metrics.clear();
  for (const std::string& metric : flags.metrics) view.metrics.push_back(analyze::MetricNamed(metric));
  view.outputs = flags.outputs;
  settings::Json file = settings::Json::object();
  if (!flags.config.empty()) file = compiler::ReadConfigFile(flags.config);
  const compiler::BuildConfig config = compiler::ParseConfig(compiler::MergeConfig(std::move(file), flags.given),
                                                             flags.config.empty() ? "sensitivity" : flags.config);
  options.state = flags.state;
  if (options.state.empty() && !flags.no_state) {
    options.state = std::filesystem::path(config.output_dir) / (config.name + ".sensitivity");
  }
  CheckOutputs({flags.json, flags.csv, flags.html, options.state.string()}, {config.input, flags.config},
               config.calibration);
  const std::filesystem::path built = BuiltModel(config, flags.html);

  constexpr int kStages = 3;
  report::Progress progress(stderr, kStages, flags.quiet);
  compiler::SensitivityRun run = compiler::MeasureSensitivity(
      config, options, [&](const std::string& stage) { progress.Step(stage); },
      [&](int done, int total) { progress.Advance(done, total); });
  progress.Finish();
  sensitivity::SortWorstFirst(run.trials, view);
  if (!flags.csv.empty()) {
    files::OutputFiles files;
    files.Add(flags.csv, sensitivity::ToCsv(run.trials, view));
    files.Commit();
  }
  const std::string head = std::string("one ") +
                           (options.part == sensitivity::Part::kNode ? "node" : "node's " + flags.part) +
                           " quantised, all else float; " + graph::Counted(run.pictures.size(), "picture") +
                           (run.held_back ? " that the calibration did not use" : " of the calibration") +
                           (run.known == 0 ? "" : KnownText(run, options.state.string())) + "\n";
  const std::string json = sensitivity::ToJson(run.trials);
  Print(head + sensitivity::ToText(run.trials, view, flags.rows, ColourWanted()), json, flags.json);
  if (!flags.html.empty()) page::WriteReport(flags.html, built, page::ResultKind::kSensitivity, json);
  return kGood;
}

}  // namespace

void AddSensitivity(CLI::App& app, int& status) {
  CLI::App* command =
      app.add_subcommand("sensitivity", "quantise one node at a time and show what that costs the network's outputs");
  auto flags = std::make_shared<Flags>();
  settings::DeclareOptions(*command, settings::kBuild, flags->given);
  command->add_option("--config", flags->config,
                      "a build's NAME.config.json: the same network, calibration and settings; flags override it");
  command->add_option(
      "--part", flags->part,
      "what is quantised: node, weights, activations, or of these table_input or output (default node)");
  command->add_option("--metric", flags->metrics,
                      "cosine, relative_error, mse, sqnr, chebyshev, l1, l2, mean_abs; the first one sorts (default "
                      "sqnr cosine)");
  command->add_option("-o,--outputs", flags->outputs, "outputs of the network that count (default: all, the worst)");
  command->add_option("--pictures", flags->pictures, "to measure with (default 8)")->check(CLI::Range(1, 100000));
  command->add_option("--rows", flags->rows, "of the table; 0: all (default 30)")->check(CLI::Range(0, 1000000));
  command->add_option("--json", flags->json, "all nodes and outputs as JSON (- for stdout)");
  command->add_option("--csv", flags->csv, "the same as CSV");
  command->add_option("--report", flags->html, "the result as a page in one HTML file, on the model that was built");
  command->add_option("--state", flags->state,
                      "keeps the result of each node on each picture, so that what was interrupted goes on (default: "
                      "NAME.sensitivity in the output folder)");
  command->add_flag("--no-state", flags->no_state, "keep no such results");
  command->add_flag("-q,--quiet", flags->quiet, "no progress");
  command->footer("example:\n  lockstep sensitivity --config out/yolov8n.config.json --pictures 8 --metric sqnr");
  command->callback([flags, &status] { status = Sensitivity(*flags); });
}

}  // namespace lockstep::cli
