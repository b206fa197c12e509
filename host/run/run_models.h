// `run`: one model over pictures or files, or two of them side by side.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "analyze/metrics.h"
#include "run/model_runner.h"

namespace lockstep::run {

struct RunOptions {
  std::vector<std::string> models;      // one or two
  std::optional<EngineKind> engine;     // absent: float for ONNX, native for a joint model
  input::DataSources data;              // see ListData
  bool input_settings = false;          // runner.inputs were given
  std::filesystem::path output_folder;  // outputs, see SaveOutputs; empty: not wanted
  bool npy = false;                     // outputs as .npy, too
  std::filesystem::path dump_folder;    // empty: not wanted
  std::filesystem::path input_folder;   // gets the inputs, see SaveInputs
  std::optional<double> min_cosine;     // two models: below it, they differ
  RunnerOptions runner;                 // a joint model's own preprocessing holds for the ONNX network beside it too
};

struct OutputSummary {
  std::string name;
  graph::Shape shape;
  std::string dtype;  // as the model gives it
  double min = 0.0;
  double max = 0.0;
  double mean = 0.0;
};

struct ModelRun {
  std::string model;
  EngineKind engine = EngineKind::kFloat;
  double seconds = 0.0;
  std::vector<OutputSummary> outputs;
};

struct OutputAgreement {
  std::string first;  // names of the outputs
  std::string second;
  analyze::Metrics metrics;  // the first model's output is the reference
};

struct ItemRun {
  std::string input;
  std::vector<ModelRun> models;
  std::vector<OutputAgreement> agreement;  // of two models
};

struct RunResult {
  std::vector<ItemRun> items;
  std::optional<double> min_cosine;
  std::vector<std::string> notes;  // what the user should know, one line each
};

// Of an output over all inputs. A NaN is worse than any number; the mean of one is NaN.
struct OutputSpread {
  std::string output;
  double min_cosine = 1.0;
  double mean_cosine = 0.0;
  double min_sqnr_db = 0.0;
  std::string worst;  // the input with the lowest cosine
};

// In the order of the outputs; empty unless two models ran on several inputs.
std::vector<OutputSpread> Spread(const std::vector<ItemRun>& items);

// `advance` hears how many inputs are done.
RunResult RunModels(const RunOptions& options, const std::function<void(int done, int total)>& advance);

// False if an output's cosine is below the one that was asked for.
bool Passed(const RunResult& result);

std::string ToText(const RunResult& result, bool colour);
std::string ToJson(const RunResult& result);

}  // namespace lockstep::run
