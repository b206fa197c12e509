// lockstep run: a model on this PC, or two models side by side.
#include <filesystem>
#include <memory>
#include <utility>

#include "cli/command.h"
#include "cli/openmp.h"
#include "compiler/build_config.h"
#include "graph/error.h"
#include "run/run_models.h"
#include "run/source_network.h"
#include "settings/command_line.h"

namespace lockstep::cli {
namespace {

struct Flags {
  run::RunOptions options;
  std::string engine;
  settings::Json given = settings::Json::object();
  bool no_digest = false;
  std::string json;
  bool quiet = false;
};

int Run(Flags& flags) {
  PrepareOpenMp();
  if (!flags.engine.empty()) flags.options.engine = run::EngineFromName(flags.engine);
  const settings::Json resolved = settings::Resolve(settings::kRun, flags.given, "run");
  const auto given = [&](const char* key) { return flags.given.contains(key); };
  flags.options.input_settings =
      given("color") || given("resize") || given("mean") || given("std") || given("pad_value") || given("input_type");
  flags.options.runner.inputs = compiler::InputSettingsOf(resolved, "run");
  flags.options.data = compiler::SourcesOf(resolved.at("data"));
  if (flags.options.npy && flags.options.output_folder.empty()) {
    throw UsageError("--npy is for the files of --output-folder; name one or leave it out");
  }
  flags.options.runner.check_digest = !flags.no_digest;
  flags.options.runner.import = compiler::ImportOptionsOf(resolved);
  flags.options.runner.threads = resolved.at("threads").get<int>();
  std::vector<std::filesystem::path> inputs(flags.options.models.begin(), flags.options.models.end());
  inputs.push_back(run::OptimizedOnnxBeside(flags.options.models.front()));
  CheckOutputs({flags.json}, std::move(inputs), flags.options.data);
  if (flags.options.min_cosine && flags.options.models.size() != 2) {
    throw UsageError("--min-cosine compares two models; name the second or leave it out");
  }
  report::Progress progress(stderr, 1, flags.quiet);
  progress.Step("run");
  const run::RunResult result =
      run::RunModels(flags.options, [&](int done, int total) { progress.Advance(done, total); });
  progress.Finish();
  Print(run::ToText(result, ColourWanted()), run::ToJson(result), flags.json);
  return run::Passed(result) ? kGood : kCheckFailed;
}

}  // namespace

void AddRun(CLI::App& app, int& status) {
  CLI::App* command = app.add_subcommand("run", "run a model on this PC; two models: the cosine of every output");
  auto flags = std::make_shared<Flags>();
  command->add_option("models", flags->options.models, "a joint model or an ONNX network, or two to compare")
      ->required()
      ->expected(1, 2);
  command->add_option("--engine", flags->engine,
                      "float, reference or native (default: float for ONNX, native for a joint model)");
  command->add_option(
      "--output-folder", flags->options.output_folder,
      "gets the outputs as .bin: float32 in ONNX order, or the raw type and order that the model was built with");
  command->add_flag("--npy", flags->options.npy, "the outputs as .npy too, in ONNX order");
  command->add_option("--dump", flags->options.dump_folder,
                      "gets every layer's output and a manifest (docs/architecture.md)");
  command->add_option("--save-inputs", flags->options.input_folder,
                      "gets the input bytes of the joint model, as run_joint takes them; of an ONNX network alone the "
                      "floats that it is fed with, as .npy");
  settings::DeclareOptions(*command, settings::kRun, flags->given);
  command->add_flag("--no-digest", flags->no_digest, "native engine: do not compare the file's digest");
  command->add_option("--min-cosine", flags->options.min_cosine, "two models: status 1 if an output is below; -1 to 1")
      ->check(CLI::Range(-1.0, 1.0));
  command->add_option("--json", flags->json, "the table as JSON (- for stdout)");
  command->add_flag("-q,--quiet", flags->quiet, "no progress");
  command->footer(
      "examples:\n  lockstep run out/yolov8n.joint --data street.jpg --output-folder outputs\n"
      "  lockstep run yolov8n.onnx out/yolov8n.joint --data street.jpg");
  command->callback([flags, &status] { status = Run(*flags); });
}

}  // namespace lockstep::cli
