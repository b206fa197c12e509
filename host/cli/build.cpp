// lockstep build: an ONNX network and pictures in, a joint model out.
#include <memory>

#include "cli/command.h"
#include "compiler/build_config.h"
#include "compiler/compiler.h"
#include "compiler/model_info.h"
#include "report/json_text.h"

namespace lockstep::cli {
namespace {

struct Flags {
  std::string config;
  nlohmann::ordered_json keys = nlohmann::ordered_json::object();  // what was given, by configuration key
  std::vector<std::string> input_shape;
  PreprocessFlags preprocess;
  std::string json;
  bool quiet = false;
};

// An option that sets a configuration key.
template <typename Value>
void AddKey(CLI::App& command, Flags& flags, const std::string& flag, const std::string& key, const std::string& help) {
  command.add_option_function<Value>(
      flag, [&flags, key](const Value& value) { flags.keys[key] = value; }, help);
}

std::string ResultText(const compiler::BuildResult& result) {
  std::string text = compiler::InfoText(result.summary.at("model")) + "\n";
  for (const auto& note : result.summary.at("notes")) text += "note: " + note.get<std::string>() + "\n";
  return text + "wrote " + result.joint_model.string() + "\n";
}

int Build(const Flags& flags) {
  nlohmann::ordered_json keys = flags.keys;
  keys.update(flags.preprocess.GivenKeys());
  for (const std::string& text : flags.input_shape) {
    const auto [name, shape] = compiler::ParseInputShape(text);
    keys["input_shape"][name] = shape;
  }
  nlohmann::ordered_json file = nlohmann::ordered_json::object();
  if (!flags.config.empty()) file = compiler::ReadConfigFile(flags.config);
  const compiler::BuildConfig config = compiler::ParseConfig(compiler::MergeConfig(std::move(file), keys),
                                                             flags.config.empty() ? "build" : flags.config);

  CheckOutputs({flags.json}, {config.input, flags.config}, config.calibration);

  report::Progress progress(stderr, compiler::kStages, flags.quiet);
  const compiler::BuildListener listener{[&](const std::string& stage) { progress.Step(stage); },
                                         [&](int done, int total) { progress.Advance(done, total); }};
  const compiler::BuildResult result = compiler::Build(config, listener);
  progress.Finish();
  Print(ResultText(result), report::JsonText(result.summary, 2), flags.json);
  return kGood;
}

}  // namespace

void AddBuild(CLI::App& app, int& status) {
  CLI::App* command = app.add_subcommand("build", "quantise an ONNX network and compile it into a joint model");
  auto flags = std::make_shared<Flags>();
  AddKey<std::string>(*command, *flags, "--input", "input", "the ONNX network");
  AddKey<std::string>(*command, *flags, "--output-dir", "output_dir", "gets NAME.joint and what belongs to it");
  AddKey<std::string>(*command, *flags, "--name", "name", "NAME of the joint model (default: that of the ONNX file)");
  command->add_option("--config", flags->config,
                      "a JSON file whose keys are these flags with '_' for '-'; flags override it");
  AddKey<std::string>(*command, *flags, "--calibration", "calibration", "a folder of pictures and videos");
  AddKey<int>(*command, *flags, "--count", "count", "pictures taken from it (default: all)");
  AddKey<uint64_t>(*command, *flags, "--seed", "seed", "which ones" + DefaultOf("seed"));
  command->add_flag_function(
      "--skip-bad-images", [f = flags.get()](int64_t) { f->keys["skip_bad_images"] = true; },
      "leave damaged pictures out and count them, instead of failing");
  flags->preprocess.Declare(*command);
  AddKey<int>(*command, *flags, "--pad-value", "pad_value", "grey of a letterbox's borders" + DefaultOf("pad_value"));
  command->add_option("--input-shape", flags->input_shape, "NAME:1x3xHxW, for an input whose shape is open");
  AddKey<std::vector<std::string>>(*command, *flags, "--input-nodes", "input_nodes", "where to cut the network's head");
  AddKey<std::vector<std::string>>(*command, *flags, "--output-nodes", "output_nodes", "where to cut its tail");
  AddKey<std::string>(*command, *flags, "--target-device", "target_device",
                      "recorded with the build; one model serves every target" + DefaultOf("target_device"));
  AddKey<std::string>(*command, *flags, "--observer", "observer",
                      "how ranges are chosen: minmax, moving_average, percentile, mse or kl" + DefaultOf("observer"));
  AddKey<double>(*command, *flags, "--percentile", "percentile",
                 "of the values stay in range, with --observer percentile" + DefaultOf("percentile"));
  AddKey<std::string>(*command, *flags, "--weight-range", "weight_range",
                      "scales of weights: max or mse" + DefaultOf("weight_range"));
  AddKey<bool>(*command, *flags, "--bias-correction", "bias_correction",
               "true or false" + DefaultOf("bias_correction"));
  AddKey<int>(*command, *flags, "--tail-bits", "tail_bits",
              "width of the box arithmetic at the end: 8 or 16" + DefaultOf("tail_bits"));
  AddKey<int>(*command, *flags, "--threads", "threads", "of the calibration (default: all cores)");
  command->add_option("--json", flags->json, "the build's report as JSON (- for stdout)");
  command->add_flag("-q,--quiet", flags->quiet, "no progress");
  command->footer("example:\n  lockstep build --input yolov8n.onnx --output-dir out --calibration pictures --count 32");
  command->callback([flags, &status] { status = Build(*flags); });
}

}  // namespace lockstep::cli
