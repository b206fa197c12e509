// lockstep edit: read and change what a calibration decided, and build again without calibrating.
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>

#include "calibration/edits.h"
#include "cli/command.h"
#include "cli/openmp.h"
#include "compiler/build_config.h"
#include "compiler/compiler.h"
#include "files/output_file.h"
#include "graph/error.h"
#include "report/json_text.h"

namespace lockstep::cli {
namespace {

struct Flags {
  std::string file;
  std::vector<std::string> edits;
  std::string script;
  bool build = false;
  std::string output_dir;
  std::string json;
  bool quiet = false;
};

std::string CalibrationIn(const std::string& path) {
  return std::filesystem::is_directory(path) ? path + "/quant/calibration.json" : path;
}

compiler::BuildConfig ConfigOf(const std::string& path, const Flags& flags) {
  settings::Json given = {{"from_calibration", path}};
  if (!flags.output_dir.empty()) given["output_dir"] = flags.output_dir;
  return compiler::ParseConfig(compiler::MergeConfig(std::move(given), settings::Json::object()), path);
}

int Build(const compiler::BuildConfig& config, const Flags& flags) {
  report::Progress progress(stderr, compiler::kStages, flags.quiet);
  const compiler::BuildListener listener{[&](const std::string& stage) { progress.Step(stage); }, {}};
  const compiler::BuildResult result = compiler::Build(config, listener);
  progress.Finish();
  std::fprintf(stderr, "wrote %s\n", result.joint_model.c_str());
  return kGood;
}

int Edit(const Flags& flags) {
  PrepareOpenMp();
  if (!flags.build && !flags.output_dir.empty()) {
    throw UsageError("--output-dir is where --build writes; add that or leave it out");
  }
  if (!flags.build && flags.quiet) throw UsageError("-q is for --build; leave it out");
  const std::string path = CalibrationIn(flags.file);
  calibration::Json file = calibration::ReadCalibrationFile(path);
  CheckOutputs({flags.json}, {path, flags.script});
  // A file that cannot be built is not changed first.
  std::optional<compiler::BuildConfig> config;
  if (flags.build) config = ConfigOf(path, flags);
  std::vector<std::string> edits =
      flags.script.empty() ? std::vector<std::string>() : calibration::ReadScript(flags.script);
  edits.insert(edits.end(), flags.edits.begin(), flags.edits.end());
  std::string text;
  for (const std::string& change : calibration::Apply(edits, path, file)) text += change + "\n";
  if (!edits.empty()) {
    files::WriteFile(path, calibration::TextOf(file));
  } else if (!flags.build) {
    text = calibration::ListText(file, ColourWanted());
  }
  Print(text, report::JsonText(file, 2), flags.json);
  return config ? Build(*config, flags) : kGood;
}

}  // namespace

void AddEdit(CLI::App& app, int& status) {
  CLI::App* command = app.add_subcommand(
      "edit", "show or change the types, bits and ranges of a calibrated network, and build it again");
  auto flags = std::make_shared<Flags>();
  command->add_option("calibration", flags->file, "a build's output folder, or its quant/calibration.json")->required();
  command->add_option(
      "--set", flags->edits,
      "NAME.FIELD=VALUE: NAME is a tensor, a node or op:OP (with * and ?), FIELD of tensors bits, type, "
      "range, threshold, scale or zero_point, of nodes float, weight_bits, weight_range or weight_scales");
  command->add_option("--script", flags->script, "a file of such edits, one a line; # begins a comment");
  command->add_flag("--build", flags->build, "build the network from it, without pictures");
  command->add_option("--output-dir", flags->output_dir, "where to (default: where it was built before)");
  command->add_option("--json", flags->json, "the whole calibration as JSON (- for stdout)");
  command->add_flag("-q,--quiet", flags->quiet, "no progress");
  command->footer("example:\n  lockstep edit out --set '/model.22/*.bits=16' --set 'op:Conv.weight_bits=6' --build");
  command->callback([flags, &status] { status = Edit(*flags); });
}

}  // namespace lockstep::cli
