// lockstep info: what is in a model file.
#include <memory>

#include "cli/command.h"
#include "compiler/build_config.h"
#include "info/model_info.h"
#include "report/json_text.h"
#include "settings/command_line.h"

namespace lockstep::cli {
namespace {

struct Flags {
  std::string model;
  settings::Json given = settings::Json::object();
  std::string json;
};

int Info(const Flags& flags) {
  const auto options = compiler::ImportOptionsOf(settings::Resolve(settings::kInfo, flags.given, "info"));
  CheckOutputs({flags.json}, {flags.model});
  const nlohmann::ordered_json info = info::DescribeModelFile(flags.model, options);
  Print(info::InfoText(info), report::JsonText(info, 1), flags.json);
  return info.contains("blockers") && !info.at("blockers").empty() ? kUnsupportedModel : kGood;
}

}  // namespace

void AddInfo(CLI::App& app, int& status) {
  CLI::App* command =
      app.add_subcommand("info", "what is in a joint model or an ONNX network (status 3 if it cannot be built)");
  auto flags = std::make_shared<Flags>();
  command->add_option("model", flags->model, "the file")->required();
  settings::DeclareOptions(*command, settings::kInfo, flags->given);
  command->add_option("--json", flags->json, "the same as JSON (- for stdout)");
  command->footer("example:\n  lockstep info out/yolov8n.joint");
  command->callback([flags, &status] { status = Info(*flags); });
}

}  // namespace lockstep::cli
