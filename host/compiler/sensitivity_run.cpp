#include "compiler/sensitivity_run.h"

#include "compiler/auto_observer.h"
#include "compiler/front.h"
#include "compiler/judging_runs.h"
#include "compiler/network_corrections.h"
#include "compiler/picture_observation.h"
#include "graph/error.h"
#include "import/onnx_export.h"
#include "info/blockers.h"
#include "input/input_source.h"
#include "lockstep/md5.h"
#include "lower/lower.h"
#include "optimize/optimize.h"
#include "sensitivity/trial_store.h"

namespace lockstep::compiler {
namespace {

[[noreturn]] void ThrowNoEffect(const std::string& setting, const std::string& why_and_way_out) {
  throw UsageError("sensitivity: " + setting + " has no effect, " + why_and_way_out);
}

void RequireEffect(const BuildConfig& config) {
  if (!config.from_calibration.empty()) {
    ThrowNoEffect("from_calibration", "pictures are calibrated with; give calibration alone");
  }
  if (config.adaptive_rounding) {
    ThrowNoEffect("adaptive_rounding", "nodes are measured with the nearest integers of their weights; remove it");
  }
  if (quantize::CorrectsFeatures(config.bias_correction)) {
    const bool both = quantize::CorrectsWeights(config.bias_correction);
    ThrowNoEffect(both ? "bias_correction both" : "bias_correction features",
                  std::string("no integer model is made whose features could be corrected; give bias_correction ") +
                      (both ? "weights" : "none"));
  }
  if (config.only == quantize::QuantizeOnly::kWeights) {
    ThrowNoEffect("quantize_only weights", "nodes are measured one at a time; give --part weights instead");
  }
  if (!config.export_qdq.empty()) ThrowNoEffect("export_qdq", "no model is made; remove it");
}

// Of all that the network computes.
std::string DigestOf(const graph::Graph& graph) {
  const std::string network = importer::SerializeOnnx(graph, "");
  return ToText(Md5Of(network.data(), network.size())).data();
}

}  // namespace

SensitivityRun MeasureSensitivity(const BuildConfig& config, const SensitivityOptions& wanted,
                                  const std::function<void(const std::string&)>& stage,
                                  const sensitivity::Progress& progress) {
  const auto begin = [&](const std::string& what) {
    if (stage) stage(what);
  };
  RequireEffect(config);
  begin("import " + config.input);
  ImportedNetwork network = ImportNetwork(config);
  graph::Graph& graph = network.graph;
  optimize::Optimize(graph);
  info::RequireSupported(graph, config.input);
  RequireOutputs(config, graph);
  const Calibration calibration = ChooseCalibration(config, graph);
  quantize::QuantizeOptions options = QuantizeOptionsOf(config, calibration);
  HoldGiven(config, network.given, options);
  CorrectNetwork(graph, config, calibration).Apply(options);

  PictureObservation observation(config, graph, options, calibration);
  begin(observation.from_cache() ? "quantise, calibration from cache" : "calibrate and quantise");
  const quantize::Calibration& observed = observation.Run(progress).calibration;
  const auto lower = [&](const quantize::QuantizedGraph& changed) {
    lower::LowerOptions lowered;
    lowered.name = config.name;
    lowered.seeded_test_vector = false;
    return lower::Lower(changed, lowered);
  };
  options.found_observers = Found(ChooseObservers(graph, options, observed, calibration, lower, progress));
  const quantize::QuantizedGraph quantized = quantize::Decide(graph, options, observed);

  begin("quantise one node at a time");
  SensitivityRun run;
  const JudgingRuns runs = ChooseJudgingRuns(calibration, wanted.pictures);
  for (const input::DataItem& item : runs.items) run.pictures.push_back(item.label);
  run.held_back = runs.held_back;
  input::InputSource measuring(calibration.infos, runs.items, config.skip_bad_images);
  sensitivity::Options measured;
  measured.parts = {wanted.part};
  measured.threads = config.threads;
  sensitivity::TrialStore store(wanted.state, DigestOf(graph), quantized);
  if (!wanted.state.empty()) measured.store = &store;
  run.trials = sensitivity::Measure(quantized, measuring, measured, progress);
  run.known = store.found();
  if (run.trials.empty()) {
    throw UsageError(
        "sensitivity: there is nothing to measure, for no node has such a part that computes in integers; leave out "
        "what puts nodes in floats (float_all, precision float, float_nodes ..), or choose another --part");
  }
  return run;
}

}  // namespace lockstep::compiler
