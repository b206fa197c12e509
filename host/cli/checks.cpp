// lockstep check-input, check-pre, check-post: one stage each of the way from a picture to a result.
#include <filesystem>
#include <memory>
#include <optional>

#include "checklist/check_input.h"
#include "checklist/check_post.h"
#include "checklist/check_pre.h"
#include "cli/command.h"
#include "cli/openmp.h"
#include "compiler/build_config.h"
#include "graph/error.h"
#include "input/pictures/decode.h"
#include "settings/command_line.h"

namespace lockstep::cli {
namespace {

// What check-input and check-pre share.
struct PictureFlags {
  checklist::ModelAndData given;
  settings::Json settings = settings::Json::object();
  std::string json;
};

void AddPictureFlags(CLI::App& command, PictureFlags& flags) {
  command.add_option("model", flags.given.model, "a joint model, or an ONNX network with its settings below")
      ->required();
  settings::DeclareOptions(command, settings::kRun, flags.settings);
  command.add_option("--json", flags.json, "the stage as JSON (- for stdout)");
}

void Resolve(PictureFlags& flags, const std::string& command) {
  PrepareOpenMp();
  const settings::Json resolved = settings::Resolve(settings::kRun, flags.settings, command);
  flags.given.data = compiler::SourcesOf(resolved.at("data"));
  flags.given.runner.inputs = compiler::InputSettingsOf(resolved, command);
  flags.given.runner.import = compiler::ImportOptionsOf(resolved);
  flags.given.runner.threads = resolved.at("threads").get<int>();
}

int Show(const checklist::Stage& stage, const std::string& json) {
  Print(checklist::ToText({stage}, ColourWanted()), checklist::ToJson({stage}), json);
  return checklist::AnyBad({stage}) ? kCheckFailed : kGood;
}

void RequireOnePicture(const checklist::PictureInput& input, const std::string& what, const std::string& origin) {
  if (input.count == 1) return;
  throw UsageError(what + " of one picture, --data names " + std::to_string(input.count) + "; name the one that it " +
                   origin);
}

struct InputFlags : PictureFlags {
  std::filesystem::path expected;
};

int CheckInput(InputFlags& flags) {
  Resolve(flags, "check-input");
  CheckOutputs({flags.json}, {flags.given.model, flags.given.onnx, flags.expected}, flags.given.data);
  const checklist::PictureInput input = checklist::FindPictureInput(flags.given);
  if (!flags.expected.empty()) RequireOnePicture(input, "--expected is", "was computed of");
  checklist::Stage stage = checklist::CheckInput(flags.given, input, flags.expected);
  if (input.count > 1) {
    stage.findings.push_back("of the " + std::to_string(input.count) +
                             " pictures of --data the first is judged: " + input.path());
  }
  return Show(stage, flags.json);
}

struct PreFlags : PictureFlags {
  std::filesystem::path array;
};

int CheckPre(PreFlags& flags) {
  Resolve(flags, "check-pre");
  CheckOutputs({flags.json}, {flags.given.model, flags.array}, flags.given.data);
  const checklist::PictureInput input = checklist::FindPictureInput(flags.given);
  RequireOnePicture(input, "--array is", "was made of");
  return Show(checklist::CheckPre(input.info(), input.path(), flags.array), flags.json);
}

struct PostFlags {
  checklist::PostOptions options;
  std::filesystem::path model;
  std::string data;
  std::string json;
};

int CheckPost(PostFlags& flags) {
  if (flags.model.empty() != flags.data.empty()) {
    throw UsageError("--model and --data say together where the picture lies in the input; name both or none");
  }
  CheckOutputs({flags.json}, {flags.options.result, flags.options.expected, flags.model, flags.data});
  if (!flags.model.empty()) {
    checklist::ModelAndData given;
    given.model = flags.model;
    given.data = {{"", flags.data}};
    const checklist::PictureInput input = checklist::FindPictureInput(given);
    RequireOnePicture(input, "the result is", "was computed of");
    flags.options.geometry = checklist::GeometryOf(input);
  }
  return Show(checklist::CheckPost(flags.options), flags.json);
}

}  // namespace

void AddCheckInput(CLI::App& app, int& status) {
  CLI::App* command = app.add_subcommand(
      "check-input",
      "a picture file and what the model makes of it: colour order, mean and std, resize (status 1: bad)");
  auto flags = std::make_shared<InputFlags>();
  AddPictureFlags(*command, *flags);
  command->add_option("--onnx", flags->given.onnx,
                      "the network of a joint model, best as it was exported (default: frontend/optimized.onnx beside "
                      "the model, if it is there)");
  command->add_option("--expected", flags->expected,
                      "an output of the network for this picture that is known to be right: .npy, or .bin of float32");
  command->footer("example:\n  lockstep check-input out/yolov8n.joint --data street.jpg --expected output0.npy");
  command->callback([flags, &status] { status = CheckInput(*flags); });
}

void AddCheckPre(CLI::App& app, int& status) {
  CLI::App* command = app.add_subcommand(
      "check-pre", "a model's pre-processing of a picture against a stored array (status 1: they differ)");
  auto flags = std::make_shared<PreFlags>();
  AddPictureFlags(*command, *flags);
  command
      ->add_option("--array", flags->array,
                   "what another program feeds the network with for this picture: .npy, or .bin of float32 or bytes")
      ->required();
  command->footer("example:\n  lockstep check-pre out/yolov8n.joint --data street.jpg --array fed.npy");
  command->callback([flags, &status] { status = CheckPre(*flags); });
}

void AddCheckPost(CLI::App& app, int& status) {
  CLI::App* command = app.add_subcommand(
      "check-post", "a post-processing's result against a stored array: boxes or any numbers (status 1: they differ)");
  auto flags = std::make_shared<PostFlags>();
  command->add_option("result", flags->options.result, "the array that is judged: .npy, or .bin of float32")
      ->required();
  command->add_option("expected", flags->options.expected, "the array that is taken for true")->required();
  command->add_option("--model", flags->model, "the joint model: with --data, to tell in what coordinates count");
  command->add_option("--data", flags->data, "the picture");
  command->add_option("--columns", flags->options.columns, "of the rows of a .bin file, 1 to 1000000")
      ->check(CLI::Range(1, 1000000));
  command->add_option("--tolerance", flags->options.tolerance, "of every number (default 0.001)")
      ->check(CLI::NonNegativeNumber);
  command->add_option("--json", flags->json, "the stage as JSON (- for stdout)");
  command->footer("example:\n  lockstep check-post boxes.npy expected.npy --model out/yolov8n.joint --data street.jpg");
  command->callback([flags, &status] { status = CheckPost(*flags); });
}

}  // namespace lockstep::cli
