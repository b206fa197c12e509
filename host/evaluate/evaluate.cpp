#include "evaluate/evaluate.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <thread>
#include <utility>

#include "engine/reference/joint_model.h"
#include "evaluate/classify/classify_task.h"
#include "evaluate/picture_files.h"
#include "evaluate/picture_runs.h"
#include "evaluate/save_inputs.h"
#include "evaluate/segment/segment_task.h"
#include "files/output_file.h"
#include "graph/error.h"
#include "graph/nearest_name.h"
#include "graph/quoted.h"
#include "run/source_network.h"

namespace lockstep::evaluate {
namespace {

namespace fs = std::filesystem;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// Throws UsageError for settings that have no effect.
void RefuseUselessSettings(const EvaluateOptions& options) {
  const bool onnx = run::IsOnnx(options.model);
  if (!onnx && options.input_settings) {
    throw UsageError("--input-type, --color, --mean, --std and --resize are for an ONNX network; " +
                     options.model.string() + " says itself what its inputs are, leave them out");
  }
  if (!onnx && importer::HasInputSettings(options.runner.import)) {
    throw UsageError("--input-shape and --input-value are for an ONNX network; " + options.model.string() +
                     " knows its inputs, leave them out");
  }
  if (onnx && !options.onnx.empty()) {
    throw UsageError("--onnx is the float network of a joint model; " + options.model.string() +
                     " is one itself, leave it out");
  }
  if (!options.outputs.empty() && !options.engine.empty()) {
    throw UsageError("--engine computes what --outputs gives; leave one of them out");
  }
}

SideOptions TestedSide(const EvaluateOptions& options) {
  SideOptions side;
  side.model = options.model;
  side.engine = options.engine;
  side.outputs = options.outputs;
  if (!side.outputs.empty()) side.engine = "outputs";
  if (side.engine.empty()) side.engine = run::IsOnnx(options.model) ? "float" : "native";
  side.runner = options.runner;
  side.runner.threads = 1;
  side.board = options.board;
  return side;
}

// Nothing if there is no network, or the tested side is the float network itself.
std::optional<SideOptions> FloatSide(const EvaluateOptions& options, const SideOptions& tested) {
  if (tested.engine == "float") return std::nullopt;
  SideOptions side = tested;
  side.engine = "float";
  side.outputs.clear();
  if (run::IsOnnx(options.model) && !tested.outputs.empty()) return side;
  const fs::path onnx = options.onnx.empty() ? run::OptimizedOnnxBeside(options.model) : options.onnx;
  if (options.onnx.empty() && !fs::exists(onnx)) return std::nullopt;
  files::RequireFile(onnx);
  run::RequireNetworkOf(onnx, options.model, engine::JointModel(options.model.string()).model());
  side.model = onnx;
  side.runner = run::OptionsBeside(options.model, tested.runner);
  return side;
}

std::unique_ptr<Task> MakeTask(const EvaluateOptions& options, const SideInfo& info) {
  const std::vector<int64_t>& shape = info.input.layout.shape;
  const NetworkInterface network{
      options.model.string(), {static_cast<int>(shape[1]), static_cast<int>(shape[2])}, info.output_shapes};
  if (options.task == "classify")
    return MakeClassifyTask(network, options.images, options.labels, options.class_offset);
  if (options.class_offset) throw UsageError("--class-offset is for --task classify; leave it out");
  if (options.labels.empty()) throw UsageError("--labels is missing: --task " + options.task + " needs labels");
  if (options.task == "detect") return MakeDetectTask(network, options.images, options.labels, options.detect);
  return MakeSegmentTask(network, options.images, options.labels);
}

void RequireKnownTask(const std::string& task) {
  const std::vector<std::string> tasks = {"detect", "classify", "segment"};
  if (std::find(tasks.begin(), tasks.end(), task) != tasks.end()) return;
  throw UsageError("the task " + graph::Quoted(task) + " is unknown" + graph::DidYouMean(task, tasks));
}

// Metrics of one side: a function for each variant.
using SideMeasures = std::vector<MeasureSelection>;

SideMeasures MeasuresOf(const Task& task, const SideResults& results) {
  SideMeasures measures;
  for (const std::vector<PictureResult>& variant : results.by_variant) measures.push_back(task.Measure(variant));
  return measures;
}

Metrics MeanOf(const std::vector<Metrics>& variants) {
  Metrics mean = variants.front();
  for (size_t i = 0; i < mean.size(); ++i) {
    double sum = 0.0;
    for (const Metrics& metrics : variants) sum += metrics[i].value;
    mean[i].value = sum / static_cast<double>(variants.size());
  }
  return mean;
}

Metrics MeanOver(const SideMeasures& measures, const std::vector<int>& times_taken) {
  std::vector<Metrics> variants;
  for (const MeasureSelection& measure : measures) variants.push_back(measure(times_taken));
  return MeanOf(variants);
}

double PercentOf(const Metrics& metrics, const Metrics& floats) {
  const double base = floats.front().value;
  return base > 0.0 ? 100.0 * metrics.front().value / base : kNone;
}

void Measure(const EvaluateOptions& options, const Task& task, const std::vector<SideResults>& results,
             Evaluation& evaluation) {
  const SideMeasures tested = MeasuresOf(task, results.front());
  const SideMeasures floats = results.size() > 1 ? MeasuresOf(task, results[1]) : SideMeasures();
  const std::vector<int> all(task.pictures().size(), 1);
  for (size_t i = 0; i < tested.size(); ++i) {
    evaluation.variants.push_back(
        {VariantName(options.variants[i]), tested[i](all), floats.empty() ? Metrics() : floats[i](all)});
  }
  evaluation.metrics = MeanOver(tested, all);
  evaluation.kept = kNone;
  evaluation.kept_error = kNone;
  if (floats.empty()) return;
  evaluation.float_metrics = MeanOver(floats, all);
  evaluation.kept = PercentOf(evaluation.metrics, evaluation.float_metrics);
  evaluation.bootstrap_rounds = options.bootstrap.rounds;
  evaluation.kept_error = BootstrapError(all.size(), options.bootstrap, [&](const std::vector<int>& times_taken) {
    return PercentOf(MeanOver(tested, times_taken), MeanOver(floats, times_taken));
  });
}

}  // namespace

input::PictureVariant VariantFromName(const std::string& name) {
  using input::PictureVariant;
  for (const PictureVariant variant : {PictureVariant::kPlain, PictureVariant::kMirrored, PictureVariant::kHalf}) {
    if (name == VariantName(variant)) return variant;
  }
  throw UsageError("--augment " + graph::Quoted(name) + " is none of plain, mirror and half");
}

size_t SaveInputs(const EvaluateOptions& options, const fs::path& folder,
                  const std::function<void(int done, int total)>& advance) {
  RequireKnownTask(options.task);
  RefuseUselessSettings(options);
  const std::unique_ptr<Side> side = MakeSide(TestedSide(options));
  const std::unique_ptr<Task> task = MakeTask(options, side->info());
  SaveInputs(side->info(), run::IsOnnx(options.model), task->pictures(), PictureNames(options.images, task->pictures()),
             options.variants, folder, advance);
  return task->pictures().size() * options.variants.size();
}

Evaluation Evaluate(const EvaluateOptions& options, const std::function<void(int done, int total)>& advance) {
  RequireKnownTask(options.task);
  RefuseUselessSettings(options);
  PictureRuns runs;
  runs.sides.push_back(TestedSide(options));
  runs.variants = options.variants;
  runs.threads =
      options.threads > 0 ? options.threads : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  const std::unique_ptr<Task> task = MakeTask(options, MakeSide(runs.sides[0])->info());
  if (const std::optional<SideOptions> side = FloatSide(options, runs.sides[0])) runs.sides.push_back(*side);
  if (!options.outputs.empty()) runs.names = PictureNames(options.images, task->pictures());
  ResultStore store(options.state);
  std::vector<SideResults> results = RunPictures(runs, *task, store, advance);

  Evaluation evaluation;
  evaluation.model = options.model.string();
  evaluation.task = options.task;
  evaluation.engine = runs.sides[0].engine;
  evaluation.pictures = task->pictures().size();
  evaluation.computed = options.outputs.empty() ? results[0].computed : 0;
  evaluation.seconds = evaluation.computed == 0 ? 0.0 : results[0].seconds / static_cast<double>(evaluation.computed);
  evaluation.min_kept = options.min_kept;
  evaluation.notes = task->Notes();
  if (evaluation.engine == "float") results.push_back(results[0]);
  if (results.size() == 1) {
    evaluation.notes.push_back(
        "the float network is not there to compare with: " + run::OptimizedOnnxBeside(options.model).string() +
        " does not exist; name it with --onnx");
  }
  Measure(options, *task, results, evaluation);
  return evaluation;
}

}  // namespace lockstep::evaluate
