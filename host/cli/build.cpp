// lockstep build: an ONNX network and pictures in, a joint model out.
#include <cstdio>
#include <memory>

#include "cli/command.h"
#include "cli/isa_environment.h"
#include "cli/openmp.h"
#include "compiler/build_config.h"
#include "compiler/compiler.h"
#include "info/model_info.h"
#include "page/page.h"
#include "report/json_text.h"
#include "settings/command_line.h"

namespace lockstep::cli {
namespace {

struct Flags {
  std::string config;
  settings::Json given = settings::Json::object();
  std::string json;
  std::string html;
  bool quiet = false;
};

std::string ResultText(const compiler::BuildResult& result) {
  std::string text = info::InfoText(result.summary.at("model")) + "\n";
  for (const auto& note : result.summary.at("notes")) text += "note: " + note.get<std::string>() + "\n";
  return text + "wrote " + result.joint_model.string() + "\n";
}

int Build(const Flags& flags) {
  PrepareOpenMp();
  settings::Json file = settings::Json::object();
  if (!flags.config.empty()) file = compiler::ReadConfigFile(flags.config);
  const compiler::BuildConfig config = compiler::ParseConfig(compiler::MergeConfig(std::move(file), flags.given),
                                                             flags.config.empty() ? "build" : flags.config);

  RefuseStdout("--report", flags.html);
  CheckOutputs({flags.json, flags.html}, {config.input, flags.config}, config.calibration);

  report::Progress progress(stderr, compiler::kStages, flags.quiet);
  const compiler::BuildListener listener{[&](const std::string& stage) { progress.Step(stage); },
                                         [&](int done, int total) { progress.Advance(done, total); }};
  const compiler::BuildResult result = compiler::Build(config, listener);
  progress.Finish();
  const std::string json = report::JsonText(result.summary, 2);
  Print(ResultText(result), json, flags.json);
  if (!flags.html.empty()) page::WriteReport(flags.html, result.joint_model, page::ResultKind::kBuild, json);
  std::fputs(result.warnings.c_str(), stderr);
  for (const std::string& miss : result.misses) std::fprintf(stderr, "lockstep: %s\n", miss.c_str());
  return result.misses.empty() ? kGood : kCheckFailed;
}

}  // namespace

void AddBuild(CLI::App& app, int& status) {
  CLI::App* command = app.add_subcommand("build", "quantise an ONNX network and compile it into a joint model");
  auto flags = std::make_shared<Flags>();
  settings::DeclareOptions(*command, settings::kBuild, flags->given);
  command->add_option("--config", flags->config,
                      "a JSON file whose keys are these flags with '_' for '-'; flags override it");
  command->add_option("--json", flags->json, "the build's report as JSON (- for stdout)");
  command->add_option("--report", flags->html, "the model as a page in one HTML file");
  command->add_flag("-q,--quiet", flags->quiet, "no progress");
  command->footer("example:\n  lockstep build --input yolov8n.onnx --output-dir out --calibration pictures --count 32");
  command->callback([flags, &status] {
    RequireIsaOfThisPc();
    status = Build(*flags);
  });
}

}  // namespace lockstep::cli
