// lockstep tune: the cheapest mix of precision that meets a target.
#include "tune/tune.h"

#include <memory>
#include <optional>

#include "cli/built_model.h"
#include "cli/command.h"
#include "cli/isa_environment.h"
#include "cli/openmp.h"
#include "compiler/build_config.h"
#include "files/output_file.h"
#include "graph/error.h"
#include "page/page.h"
#include "report/json_text.h"
#include "settings/command_line.h"
#include "tune/render.h"

namespace lockstep::cli {
namespace {

struct Flags {
  std::string model;
  std::string config;
  settings::Json given = settings::Json::object();
  std::optional<double> cosine;
  std::optional<double> sqnr;
  std::string metric;
  std::vector<std::string> variants{"plain"};
  tune::TuneOptions options;
  std::string output;
  std::string json;
  std::string html;
  bool quiet = false;
};

// "kept=99.5" as a name and a number.
void TakeMetric(const std::string& text, tune::Target& target) {
  const size_t sign = text.find('=');
  char* end = nullptr;
  if (sign != std::string::npos) target.value = std::strtod(text.c_str() + sign + 1, &end);
  if (end == nullptr || end == text.c_str() + sign + 1 || *end != '\0') {
    throw UsageError("--target-metric: '" + text + "' is no NAME=VALUE, such as kept=99.5");
  }
  target.metric = text.substr(0, sign);
}

tune::Target TargetOf(const Flags& flags) {
  tune::Target target = flags.options.target;
  const int targets = (flags.cosine ? 1 : 0) + (flags.sqnr ? 1 : 0) + (flags.metric.empty() ? 0 : 1);
  if (targets != 1) throw UsageError("give one of --target-cosine, --target-sqnr and --target-metric");
  const bool judged = !target.judge.task.empty() || !target.judge.images.empty() || !target.judge.labels.empty();
  if (flags.metric.empty() && judged) {
    throw UsageError("--task, --images and --labels are for --target-metric; leave them out");
  }
  if (flags.cosine) {
    target.kind = tune::Target::Kind::kCosine;
    target.value = *flags.cosine;
  } else if (flags.sqnr) {
    target.kind = tune::Target::Kind::kSqnr;
    target.value = *flags.sqnr;
  } else {
    target.kind = tune::Target::Kind::kMetric;
    if (target.judge.task.empty() || target.judge.images.empty()) {
      throw UsageError("--target-metric needs --task and --images, and what the task has for --labels");
    }
    TakeMetric(flags.metric, target);
    target.judge.variants.clear();
    for (const std::string& variant : flags.variants)
      target.judge.variants.push_back(evaluate::VariantFromName(variant));
  }
  return target;
}

int Tune(const Flags& flags) {
  PrepareOpenMp();
  tune::TuneOptions options = flags.options;
  options.target = TargetOf(flags);
  settings::Json file = settings::Json::object();
  if (!flags.config.empty()) file = compiler::ReadConfigFile(flags.config);
  settings::Json said = flags.given;
  if (!flags.model.empty()) said["input"] = flags.model;
  const settings::Json given = compiler::MergeConfig(std::move(file), said);
  const compiler::BuildConfig config = compiler::ParseConfig(given, flags.config.empty() ? "tune" : flags.config);
  RefuseStdout("--report", flags.html);
  CheckOutputs({flags.json, flags.output, flags.html}, {config.input, flags.config, options.target.judge.labels},
               config.calibration);
  const std::filesystem::path built = BuiltModel(config, flags.html);

  report::Progress progress(stderr, tune::kTuneStages, flags.quiet);
  const tune::TuneResult result = tune::Tune(config, given, options,
                                             {[&](const std::string& stage) { progress.Step(stage); },
                                              [&](int done, int total) { progress.Advance(done, total); }});
  progress.Finish();
  if (!flags.output.empty()) files::WriteFile(flags.output, report::JsonText(result.config, 2));
  const std::string json = tune::ToJson(result, options);
  Print(tune::ToText(result, options, ColourWanted()), json, flags.json);
  if (!flags.html.empty()) page::WriteReport(flags.html, built, page::ResultKind::kTune, json);
  return result.search.reached ? kGood : kCheckFailed;
}

}  // namespace

void AddTune(CLI::App& app, int& status) {
  CLI::App* command =
      app.add_subcommand("tune", "the cheapest mix of precision that meets a target, as a configuration for build");
  auto flags = std::make_shared<Flags>();
  tune::TuneOptions& options = flags->options;
  command->add_option("model", flags->model, "the ONNX network (default: the configuration's input)");
  settings::DeclareOptions(*command, settings::kBuild, flags->given);
  command->add_option("--config", flags->config,
                      "a build's NAME.config.json: the same network, calibration and settings; flags override it");
  command->add_option("--target-cosine", flags->cosine, "that the worst part of the outputs must have")
      ->check(CLI::Range(-1.0, 1.0));
  command->add_option("--target-sqnr", flags->sqnr, "the same in dB")->check(CLI::Range(-200.0, 200.0));
  command->add_option("--target-metric", flags->metric,
                      "kept=PERCENT, or a metric of the task, such as map50_95=0.44: as evaluate measures it");
  command->add_option("--task", options.target.judge.task, "of the metric: detect, classify or segment");
  command->add_option("--images", options.target.judge.images, "of the metric: a folder of pictures");
  command->add_option("--labels", options.target.judge.labels, "of the metric: as evaluate takes them");
  command->add_option("--augment", flags->variants, "of the metric: plain,mirror,half (default plain)")->delimiter(',');
  command->add_option("--ranking", options.ranking_runs, "pictures that rank the nodes (default 2)")
      ->check(CLI::Range(1, 100000));
  command->add_option("--pictures", options.deciding_runs, "other pictures, that decide (default 8)")
      ->check(CLI::Range(1, 100000));
  command->add_option("--checks", options.most_checks, "models that are built and judged at most (default 60)")
      ->check(CLI::Range(1, 100000));
  command->add_option("-o,--output", flags->output, "gets the configuration, for build --config");
  command->add_option("--json", flags->json, "steps, raised nodes and the configuration as JSON (- for stdout)");
  command->add_option("--report", flags->html, "the result as a page in one HTML file, on the model that was built");
  command->add_flag("-q,--quiet", flags->quiet, "no progress");
  command->footer(
      "example:\n  lockstep tune yolov8n.onnx --output-dir out --calibration pictures --count 32 --target-cosine 0.999 "
      "-o tuned.json\n  lockstep build --config tuned.json");
  command->callback([flags, &status] {
    RequireIsaOfThisPc();
    status = Tune(*flags);
  });
}

}  // namespace lockstep::cli
