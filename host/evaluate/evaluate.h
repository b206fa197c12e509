// `evaluate`: how well a network does its task on labelled pictures, beside the float network that it was made from.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "boards/board.h"
#include "evaluate/bootstrap.h"
#include "evaluate/detect/detect_task.h"
#include "evaluate/evaluation.h"
#include "run/model_runner.h"

namespace lockstep::evaluate {

struct EvaluateOptions {
  std::filesystem::path model;  // a joint model or an ONNX network
  std::filesystem::path onnx;   // empty: frontend/optimized.onnx beside the joint model, if it is there
  std::string task;             // detect, classify, segment
  std::string images;
  std::string labels;
  std::string engine;             // empty: float for ONNX, native for a joint model
  std::filesystem::path outputs;  // not empty: what another program computed, see MakeGivenOutputs
  std::vector<input::PictureVariant> variants{input::PictureVariant::kPlain};
  DetectSettings detect;
  std::optional<int> class_offset;  // see MakeClassifyTask
  BootstrapOptions bootstrap;
  std::optional<double> min_kept;
  std::filesystem::path state;  // see ResultStore; empty: none
  int threads = 0;              // pictures at once; 0: all cores
  bool input_settings = false;  // runner.inputs were given
  run::RunnerOptions runner;
  boards::BoardOptions board;
};

// "plain", "mirror", "half"; throws UsageError for other words.
input::PictureVariant VariantFromName(const std::string& name);

// Writes what the network is fed with in this evaluation, see SaveInputs of save_inputs.h; the number of files.
size_t SaveInputs(const EvaluateOptions& options, const std::filesystem::path& folder,
                  const std::function<void(int done, int total)>& advance);

// `advance` hears how many pictures are done, by one thread at a time.
Evaluation Evaluate(const EvaluateOptions& options, const std::function<void(int done, int total)>& advance);

}  // namespace lockstep::evaluate
