#include "compiler/compiler.h"

#include <future>
#include <optional>
#include <utility>

#include "compiler/adaptive_rounding.h"
#include "compiler/auto_observer.h"
#include "compiler/bias_correction.h"
#include "compiler/build_report.h"
#include "compiler/calibration_watch.h"
#include "compiler/from_calibration.h"
#include "compiler/front.h"
#include "compiler/judging_runs.h"
#include "compiler/network_corrections.h"
#include "compiler/network_watch.h"
#include "compiler/picture_observation.h"
#include "compiler/precision.h"
#include "files/output_file.h"
#include "graph/error.h"
#include "import/class_names.h"
#include "import/onnx_export.h"
#include "import/source_digest.h"
#include "info/blockers.h"
#include "judge/render.h"
#include "lower/lower.h"
#include "optimize/optimize.h"
#include "qdq/qdq_export.h"
#include "report/json_text.h"

namespace lockstep::compiler {
namespace {

namespace fs = std::filesystem;

// What is missing is found before the first stage, not after minutes of work.
void CheckPaths(const BuildConfig& config, const BuildResult& result) {
  files::RequireFile(config.input);
  if (!config.from_calibration.empty()) files::RequireFile(config.from_calibration);
  for (const input::DataSource& source : config.calibration) {
    if (!fs::exists(source.path)) throw BadInput(source.path + ": no such picture or folder; check the path");
  }
  files::RefuseToReplace({config.input}, {result.joint_model, result.optimized_onnx});
  files::RequireWritableFolder(config.output_dir);
  if (config.export_qdq.empty()) return;
  files::RefuseToReplace({config.input, config.from_calibration}, {config.export_qdq});
  files::RequireWritable(config.export_qdq);
}

constexpr int kJudgedPictures = 4;

void Append(const std::vector<std::string>& more, std::vector<std::string>& all) {
  all.insert(all.end(), more.begin(), more.end());
}

std::vector<uint8_t> Lower(const quantize::QuantizedGraph& quantized, const BuildConfig& config) {
  lower::LowerOptions options;
  options.name = config.name;
  return lower::Lower(quantized, options);
}

}  // namespace

BuildResult Build(const BuildConfig& config, const BuildListener& listener) {
  BuildReport report(config, listener);
  files::OutputFiles files;
  BuildResult result;
  const fs::path folder = config.output_dir;
  result.joint_model = folder / (config.name + ".joint");
  result.config = folder / (config.name + ".config.json");
  result.report = folder / (config.name + ".report.json");
  result.optimized_onnx = folder / "frontend" / "optimized.onnx";
  if (config.only == quantize::QuantizeOnly::kAll) result.calibration = folder / "quant" / "calibration.json";
  CheckPaths(config, result);

  report.Stage("import " + config.input);
  std::future<std::string> digest =
      std::async(std::launch::async | std::launch::deferred, importer::SourceDigest, config.input);
  ImportedNetwork network = ImportNetwork(config);
  graph::Graph& graph = network.graph;

  report.Stage("optimise");
  report.Passes(optimize::Optimize(graph));
  info::RequireSupported(graph, config.input);
  RequireOutputs(config, graph);
  const Calibration calibration = ChooseCalibration(config, graph);
  const bool calibrates = config.from_calibration.empty();
  const calibration::Json file =
      calibrates ? calibration::Json() : calibration::ReadCalibrationFile(config.from_calibration);
  calibration::HeldCorrections held = calibration::HeldIn(file, config.from_calibration);
  const NetworkCorrections corrections = CorrectNetwork(graph, config, calibration, calibrates ? nullptr : &held);
  report.Corrections(corrections);

  report.Stage("export frontend/optimized.onnx");
  const std::string source_digest = digest.get();
  const std::string class_names = importer::MetadataOf(config.input, importer::kClassNamesKey);
  files.Add(result.optimized_onnx, importer::SerializeOnnx(graph, source_digest, {}, class_names));

  quantize::QuantizeOptions options = QuantizeOptionsOf(config, calibration);
  HoldGiven(config, network.given, options);
  corrections.Apply(options);
  std::optional<PictureObservation> observation;
  if (calibrates) observation.emplace(config, graph, options, calibration);
  report.Stage(calibrates && observation->from_cache() ? "quantise, calibration from cache" : "calibrate and quantise");
  const calibration::CacheEntry seen = calibrates ? observation->Run(listener.advance) : calibration::CacheEntry();
  const quantize::Calibration& observed = seen.calibration;
  const auto lower = [&](const quantize::QuantizedGraph& changed) { return Lower(changed, config); };
  report.Stage("choose observers");
  if (calibrates) {
    const AutoObserverResult observers =
        ChooseObservers(graph, options, observed, calibration, lower, listener.advance);
    options.found_observers = Found(observers);
    report.Observers(observers);
  }
  quantize::QuantizedGraph quantized = calibrates ? quantize::Decide(graph, options, observed)
                                                  : QuantizeFromFile(config, graph, options, source_digest, file);
  if (calibrates) {
    report.Pictures(calibration.chosen.size(), seen.skipped.size(), observation->from_cache());
    report.Notes(observation->notes());
  }
  report.Notes(CalibrationNotes(config, calibration, seen.skipped));
  report.Notes(quantized.notes);

  report.Stage("lower");
  quantized.source_digest = source_digest;
  std::vector<uint8_t> model = Lower(quantized, config);

  report.Stage("give more bits where 8 cost most");
  if (LeavesPrecisionOpen(config) && network.given.tensors.empty()) {
    report.Raises(RaisePrecision(graph, options, observed, calibration, lower, quantized, model));
  }

  report.Stage("correct weights and biases");
  if (config.adaptive_rounding) {
    report.Rounding(RoundWeights(graph, observed, calibration, config, lower, quantized, model));
  }
  if (calibrates && quantize::CorrectsFeatures(config.bias_correction)) {
    const BiasCorrectionResult correction = CorrectBiases(graph, calibration, config, lower, quantized, model);
    for (const quantize::BiasShift& shift : correction.shifts) held.bias_shifts[shift.node] = shift.by_channel;
    report.BiasCorrection(correction);
  }
  report.ActivationScales(quantized);
  report.Model(model);

  report.Stage("judge");
  if (!config.calibration.empty()) {
    const JudgingRuns runs = ChooseJudgingRuns(calibration, kJudgedPictures);
    const judge::Judgement judgement = judge::Judge(graph, model, runs.items, runs.held_back, config.threads);
    report.Judgement(judgement);
    result.warnings = judge::WarningText(judgement);
    result.misses = judge::Misses(judgement, config.required);
  }
  std::vector<std::string> doubts = calibration.doubts;
  Append(seen.doubts, doubts);
  const std::vector<std::string> network_doubts = NetworkDoubts(graph, observed);
  report.Warnings(doubts, network_doubts);
  result.warnings = CalibrationWarning(doubts) + result.warnings;

  report.Stage("write " + result.joint_model.string());
  files.Add(result.joint_model, model.data(), model.size());
  if (!result.calibration.empty()) {
    const calibration::Origin origin{config.input, source_digest, config.merged};
    calibration::Json written =
        calibrates ? calibration::Describe(origin, quantized, observed, quantize::ThreadsOf(config.threads))
                   : calibration::Updated(file, origin, quantized);
    if (corrections.smoothing) held.smooth_factors = corrections.smoothing->factors;
    if (corrections.equalization) held.equalization_factors = corrections.equalization->factors;
    if (calibrates && (HoldsCorrections(config) || !held.equalization_factors.empty())) {
      calibration::Hold(held, written);
    }
    files.Add(result.calibration, calibration::TextOf(written));
  }
  if (!config.export_qdq.empty()) files.Add(config.export_qdq, qdq::SerializeQdq(quantized));
  files.Add(result.config, report::JsonText(config.merged, 2));
  result.summary = report.Finish();
  files.Add(result.report, report::JsonText(result.summary, 2));
  files.Commit();
  return result;
}

}  // namespace lockstep::compiler
