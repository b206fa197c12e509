// lockstep info: what is in a model file.
#include <map>
#include <memory>

#include "cli/command.h"
#include "compiler/build_config.h"
#include "compiler/model_info.h"
#include "report/json_text.h"

namespace lockstep::cli {
namespace {

struct Flags {
  std::string model;
  std::vector<std::string> input_shape;
  std::string json;
};

int Info(const Flags& flags) {
  std::map<std::string, graph::Shape> shapes;
  for (const std::string& text : flags.input_shape) shapes.insert(compiler::ParseInputShape(text));
  CheckOutputs({flags.json}, {flags.model});
  const nlohmann::ordered_json info = compiler::DescribeModelFile(flags.model, shapes);
  Print(compiler::InfoText(info), report::JsonText(info, 1), flags.json);
  return info.contains("blockers") && !info.at("blockers").empty() ? kUnsupportedModel : kGood;
}

}  // namespace

void AddInfo(CLI::App& app, int& status) {
  CLI::App* command = app.add_subcommand("info", "what is in a joint model or an ONNX network (status 3 if it cannot be built)");
  auto flags = std::make_shared<Flags>();
  command->add_option("model", flags->model, "the file")->required();
  command->add_option("--input-shape", flags->input_shape, "NAME:1x3xHxW, for an ONNX input whose shape is open");
  command->add_option("--json", flags->json, "the same as JSON (- for stdout)");
  command->footer("example:\n  lockstep info out/yolov8n.joint");
  command->callback([flags, &status] { status = Info(*flags); });
}

}  // namespace lockstep::cli
