#include "compiler/sensitivity_run.h"

#include "compiler/front.h"
#include "graph/error.h"
#include "info/blockers.h"
#include "input/input_source.h"
#include "optimize/optimize.h"

namespace lockstep::compiler {

SensitivityRun MeasureSensitivity(const BuildConfig& config, sensitivity::Part part, int pictures,
                                  const std::function<void(const std::string&)>& stage,
                                  const sensitivity::Progress& progress) {
  const auto begin = [&](const std::string& what) {
    if (stage) stage(what);
  };
  if (!config.from_calibration.empty()) {
    throw UsageError(
        "sensitivity: from_calibration has no effect, pictures are calibrated with; give calibration alone");
  }
  begin("import " + config.input);
  graph::Graph graph = ImportNetwork(config);
  optimize::Optimize(graph);
  info::RequireSupported(graph, config.input);
  RequireOutputs(config, graph);
  const Calibration calibration = ChooseCalibration(config, graph);

  begin("calibrate and quantise");
  input::InputSource calibrating(calibration.infos, calibration.chosen, config.skip_bad_images);
  const quantize::QuantizedGraph quantized =
      quantize::Quantize(graph, QuantizeOptionsOf(config, calibration), calibrating, progress);

  begin("quantise one node at a time");
  SensitivityRun run;
  const std::vector<input::DataItem> items = JudgeItems(calibration, pictures);
  for (const input::DataItem& item : items) run.pictures.push_back(item.label);
  run.held_back = !calibration.others.empty();
  input::InputSource measuring(calibration.infos, items, config.skip_bad_images);
  sensitivity::Options options;
  options.parts = {part};
  options.threads = config.threads;
  run.trials = sensitivity::Measure(quantized, measuring, options, progress);
  return run;
}

}  // namespace lockstep::compiler
