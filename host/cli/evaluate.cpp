// lockstep evaluate: how well a network does its task on labelled pictures.
#include "evaluate/evaluate.h"

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <utility>

#include "cli/command.h"
#include "cli/openmp.h"
#include "compiler/build_config.h"
#include "files/output_file.h"
#include "graph/error.h"
#include "run/source_network.h"
#include "settings/command_line.h"

namespace lockstep::cli {
namespace {

struct Flags {
  evaluate::EvaluateOptions options;
  std::vector<std::string> variants{"plain"};
  settings::Json given = settings::Json::object();
  CLI::App* command = nullptr;
  bool no_state = false;
  int timeout = 3600;
  std::string json;
  std::string save_inputs;  // a folder; empty: evaluate
  bool quiet = false;
};

// Throws UsageError for flags that have no effect beside the others.
void RefuseUselessFlags(const Flags& flags) {
  if (flags.options.task != "detect" &&
      AnyGiven(*flags.command, {"--head", "--classes", "--confidence", "--iou", "--max-boxes", "--one-label"})) {
    throw UsageError(
        "--head, --classes, --confidence, --iou, --max-boxes and --one-label are for --task detect; leave "
        "them out");
  }
  if (flags.no_state && !flags.options.state.empty()) {
    throw UsageError("--state names a file that --no-state does not write; leave one of them out");
  }
  if (!flags.save_inputs.empty() && AnyGiven(*flags.command, {"--outputs", "--min-kept", "--json", "--state"})) {
    throw UsageError("--save-inputs evaluates nothing; leave out --outputs, --min-kept, --json and --state");
  }
}

int SaveInputs(const Flags& flags) {
  report::Progress progress(stderr, 1, flags.quiet);
  progress.Step("save inputs");
  const size_t files = evaluate::SaveInputs(flags.options, flags.save_inputs,
                                            [&](int done, int total) { progress.Advance(done, total); });
  progress.Finish();
  std::printf("%zu inputs in %s\n", files, flags.save_inputs.c_str());
  return kGood;
}

int Evaluate(Flags& flags) {
  PrepareOpenMp();
  evaluate::EvaluateOptions& options = flags.options;
  RefuseUselessFlags(flags);
  const settings::Json resolved = settings::Resolve(settings::kEvaluate, flags.given, "evaluate");
  const auto given = [&](const char* key) { return flags.given.contains(key); };
  options.input_settings =
      given("color") || given("resize") || given("mean") || given("std") || given("pad_value") || given("input_type");
  options.runner.inputs = compiler::InputSettingsOf(resolved, "evaluate");
  options.runner.import = compiler::ImportOptionsOf(resolved);
  options.threads = resolved.at("threads").get<int>();
  options.board.time_limit = std::chrono::seconds(flags.timeout);
  options.variants.clear();
  for (const std::string& variant : flags.variants) options.variants.push_back(evaluate::VariantFromName(variant));
  files::RequireFile(options.model);
  if (!flags.save_inputs.empty()) return SaveInputs(flags);
  if (options.state.empty() && !flags.no_state) {
    options.state = options.model;
    options.state.replace_extension(".evaluation");
  }
  CheckOutputs({flags.json, options.state.string()},
               {options.model, options.onnx, run::OptimizedOnnxBeside(options.model), flags.options.labels});
  report::Progress progress(stderr, 1, flags.quiet);
  progress.Step("evaluate");
  const evaluate::Evaluation result =
      evaluate::Evaluate(options, [&](int done, int total) { progress.Advance(done, total); });
  progress.Finish();
  Print(evaluate::ToText(result, ColourWanted()), evaluate::ToJson(result), flags.json);
  return evaluate::Passed(result) ? kGood : kCheckFailed;
}

}  // namespace

void AddEvaluate(CLI::App& app, int& status) {
  CLI::App* command = app.add_subcommand(
      "evaluate", "how well a network does its task on labelled pictures, and how much of the float network's is kept");
  auto flags = std::make_shared<Flags>();
  flags->command = command;
  evaluate::EvaluateOptions& options = flags->options;
  command->add_option("model", options.model, "a joint model or an ONNX network")->required();
  command->add_option("--task", options.task, "detect, classify or segment")->required();
  command->add_option("--images", options.images, "a folder of pictures; classify: or of a folder for each class")
      ->required();
  command->add_option("--labels", options.labels,
                      "detect: a folder of YOLO's .txt files or a COCO .json file; segment: a folder of .png files; "
                      "classify: a list of lines NAME CLASS, or nothing where folders or names say the class");
  command->add_option("--engine", options.engine,
                      "float, reference, native or a board (default: float for ONNX, native for a joint model)");
  command->add_option("--save-inputs", flags->save_inputs,
                      "evaluates nothing: gets each picture as VARIANT/NAME.bin, the bytes that run_joint takes, or of "
                      "an ONNX network .npy, the floats that it takes");
  command->add_option("--outputs", options.outputs,
                      "evaluates outputs that another program computed: a folder with VARIANT/NAME_OUTPUT.npy, in ONNX "
                      "order, or .bin, as run_joint writes it");
  command->add_option("--onnx", options.onnx,
                      "the float network to compare with (default: frontend/optimized.onnx beside the joint model)");
  command
      ->add_option("--augment", flags->variants,
                   "plain,mirror,half: each picture as it is, mirrored, at half its size; metrics are the mean "
                   "(default plain)")
      ->delimiter(',');
  command
      ->add_option("--class-offset", options.class_offset,
                   "classify: outputs in front of class 0 (default: 1 of 1001 outputs, else 0)")
      ->check(CLI::Range(0, 1000000));
  command->add_option("--head", options.detect.head.name,
                      "detect: auto, yolov5, yolov8 or yolox (default auto: told from the outputs' shapes)");
  command
      ->add_option("--classes", options.detect.head.classes, "detect: how many the network has, if shapes fit several")
      ->check(CLI::Range(1, 60000));
  command
      ->add_option("--confidence", options.detect.candidates.confidence,
                   "detect: boxes must have a higher score (default 0.001)")
      ->check(CLI::Range(0.0, 1.0));
  command
      ->add_option("--iou", options.detect.suppress.iou,
                   "detect: of two boxes of a class that overlap more, one is dropped (default 0.7)")
      ->check(CLI::Range(0.0, 1.0));
  command->add_option("--max-boxes", options.detect.suppress.most_boxes, "detect: kept in a picture (default 300)")
      ->check(CLI::Range(1, 100000));
  command->add_flag("--one-label", options.detect.candidates.one_label,
                    "detect: a candidate's best class alone, not every class above the confidence");
  command->add_option("--bootstrap", options.bootstrap.rounds, "selections of the pictures for the error (default 300)")
      ->check(CLI::Range(2, 100000));
  command->add_option("--min-kept", options.min_kept, "status 1 if less, in percent, is kept of the float network's");
  command->add_option("--state", options.state,
                      "keeps every picture's result, so that what was interrupted goes on (default: MODEL.evaluation)");
  command->add_flag("--no-state", flags->no_state, "keep no results of pictures");
  command->add_option("--board-dir", options.board.folder,
                      "holds TARGET/bin/run_joint_debug (default: LOCKSTEP_BOARD_DIR, or this build's folder)");
  command->add_option("--board-binary", options.board.binary, "the run_joint_debug of the board");
  command->add_option("--timeout", flags->timeout, "seconds that a board may take for a picture (default 3600)")
      ->check(CLI::Range(1, 1000000));
  settings::DeclareOptions(*command, settings::kEvaluate, flags->given);
  command->add_option("--json", flags->json, "the metrics as JSON (- for stdout)");
  command->add_flag("-q,--quiet", flags->quiet, "no progress");
  command->footer(
      "examples:\n  lockstep evaluate out/yolov8n.joint --task detect --images val/images --labels val/labels\n"
      "  lockstep evaluate mobilenet.onnx --task classify --images val --resize stretch\n"
      "  lockstep evaluate out/yolov8n.joint --task detect --images val/images --labels val/labels --outputs board");
  command->callback([flags, &status] { status = Evaluate(*flags); });
}

}  // namespace lockstep::cli
