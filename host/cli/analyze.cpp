// lockstep analyze: every layer of a joint model beside its float network.
#include <memory>
#include <set>
#include <utility>

#include "cli/command.h"
#include "cli/isa_environment.h"
#include "cli/openmp.h"
#include "compiler/build_config.h"
#include "files/output_file.h"
#include "graph/counted.h"
#include "graph/error.h"
#include "layerwise/analysis.h"
#include "layerwise/model_and_network.h"
#include "layerwise/render.h"
#include "layerwise/render_outliers.h"
#include "page/page.h"
#include "settings/command_line.h"

namespace lockstep::cli {
namespace {

struct Flags {
  CLI::App* command = nullptr;
  std::string model;
  std::string onnx;
  std::vector<std::string> images;
  int count = 8;
  std::vector<std::string> metrics{"cosine", "sqnr"};
  std::string sort;
  bool per_layer = false;
  std::string mode = "integer";
  bool spread = false;
  bool outliers = false;
  int top = 0;
  settings::Json given = settings::Json::object();
  std::string json;
  std::string csv;
  std::string html;
  bool quiet = false;
};

// Throws UsageError for flags that have no effect beside the others.
void RefuseUselessFlags(const Flags& flags) {
  if (flags.outliers && AnyGiven(*flags.command, {"--metric", "--sort", "--per-layer", "--mode", "--spread"})) {
    throw UsageError(
        "--outliers shows no metrics: --metric, --sort, --per-layer, --mode and --spread have no effect "
        "beside it; leave them out");
  }
  if (flags.per_layer && flags.sort.empty()) {
    throw UsageError("--per-layer says what --sort sorts by; add --sort METRIC, or leave it out");
  }
  RefuseStdout("--csv", flags.csv);
  RefuseStdout("--report", flags.html);
}

layerwise::View ViewOf(const Flags& flags) {
  layerwise::View view;
  for (const std::string& metric : flags.metrics) view.metrics.push_back(analyze::MetricNamed(metric));
  if (!flags.sort.empty()) view.sort = &analyze::MetricNamed(flags.sort);
  view.sort_per_layer = flags.per_layer;
  view.reference = flags.mode == "reference";
  view.spread = flags.spread;
  view.outliers = flags.outliers;
  view.rows = flags.top;
  return view;
}

int Analyze(const Flags& flags) {
  PrepareOpenMp();
  RefuseUselessFlags(flags);
  const layerwise::View view = ViewOf(flags);
  const settings::Json resolved = settings::Resolve(settings::kAnalyze, flags.given, "analyze");
  const layerwise::ModelAndNetwork both =
      layerwise::OpenModelAndNetwork(flags.model, flags.onnx, compiler::ImportOptionsOf(resolved).input_values);
  input::DataSources sources;
  for (const std::string& image : flags.images) {
    const auto [name, path] = settings::ParseNamedPath(image);
    sources.push_back({name, path});
  }
  CheckOutputs({flags.json, flags.csv, flags.html}, {both.model_path, both.network_path}, sources);

  layerwise::AnalyzeOptions options;
  options.threads = resolved.at("threads").get<int>();
  options.items = layerwise::ChooseItems(both, sources, flags.count);
  std::set<std::string> given;
  for (const auto& [key, value] : flags.given.items()) {
    if (key != "threads" && key != "input_value") given.insert(key);
  }
  if (!given.empty())
    options.truth = layerwise::TruthInputs(both, compiler::InputSettingsOf(resolved, "analyze"), given);
  report::Progress progress(stderr, 1, flags.quiet);
  progress.Step("analyze " + graph::Counted(options.items.size(), "picture"));
  const layerwise::Analysis analysis =
      layerwise::Analyze(both.graph, both.file, options, [&](int done, int total) { progress.Advance(done, total); });
  progress.Finish();
  if (!flags.csv.empty())
    files::WriteFile(flags.csv,
                     flags.outliers ? layerwise::OutliersCsv(analysis.outliers) : layerwise::ToCsv(analysis));
  const std::string json = layerwise::ToJson(analysis);
  Print(layerwise::ToText(analysis, view, ColourWanted()), json, flags.json);
  if (!flags.html.empty()) page::WriteReport(flags.html, both.model_path, page::ResultKind::kAnalysis, json);
  return kGood;
}

}  // namespace

void AddAnalyze(CLI::App& app, int& status) {
  CLI::App* command = app.add_subcommand(
      "analyze", "how far every layer of a joint model is from the float network, end to end and by itself");
  auto flags = std::make_shared<Flags>();
  flags->command = command;
  command->add_option("model", flags->model, "a joint model, or the folder that it was built into")->required();
  command
      ->add_option("--images", flags->images, "pictures, or other inputs: a file or folder, or NAME=PATH for an input")
      ->required();
  command->add_option("--count", flags->count, "of them, evenly spread (default 8; 0: all)")
      ->check(CLI::Range(0, 100000));
  command->add_option("--onnx", flags->onnx, "the float network (default: frontend/optimized.onnx beside the model)");
  command->add_option("--metric", flags->metrics,
                      "columns: cosine, relative_error, mse, sqnr, chebyshev, l1, l2, mean_abs (default cosine sqnr)");
  command->add_option("--sort", flags->sort, "worst first by this metric (default: in the order of execution)");
  command->add_flag("--per-layer", flags->per_layer, "--sort by each layer fed with float inputs, not end to end");
  command->add_option("--mode", flags->mode, "integer or reference: whose metrics the columns show (default integer)")
      ->check(CLI::IsMember({"integer", "reference"}));
  command->add_flag("--spread", flags->spread, "min and max beside the mean");
  command->add_flag(
      "--outliers", flags->outliers,
      "instead: channels that are far smaller than their tensor, and dead ones, of activations and weights");
  command->add_option("--top", flags->top, "rows of the table; 0: all (default 0)")->check(CLI::Range(0, 1000000));
  settings::DeclareOptions(*command, settings::kAnalyze, flags->given);
  command->add_option("--json", flags->json, "all layers, metrics and findings as JSON (- for stdout)");
  command->add_option("--csv", flags->csv,
                      "all layers and metrics as CSV; with --outliers all tensors' shares of channels");
  command->add_option("--report", flags->html, "the result as a page in one HTML file");
  command->add_flag("-q,--quiet", flags->quiet, "no progress");
  command->footer(
      "examples:\n  lockstep analyze out --images pictures --count 8 --sort sqnr --top 20\n"
      "  lockstep analyze out/yolov8n.joint --images pictures --color RGB   the network takes RGB: does the model?");
  command->callback([flags, &status] {
    RequireIsaOfThisPc();
    status = Analyze(*flags);
  });
}

}  // namespace lockstep::cli
