#include "compiler/output_error.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "analyze/output_parts.h"
#include "engine/float/float_engine.h"
#include "input/model_input.h"
#include "joint_generated.h"
#include "run/runners.h"

namespace lockstep::compiler {

OutputError::OutputError(const graph::Graph& graph, std::vector<input::DataItem> items, int threads)
    : graph_(graph), items_(std::move(items)), threads_(threads) {}

OutputMetrics OutputError::Of(const std::vector<uint8_t>& model) {
  const joint::Model& joint = *joint::GetModel(model.data());
  if (truth_.empty()) {
    engine::FloatEngineOptions options;
    options.threads = threads_;
    engine::FloatEngine engine(graph_, options);
    for (const input::DataItem& item : items_) {
      auto& outputs = truth_.emplace_back();
      for (auto& [name, tensor] : engine.Run(input::FloatInputsOf(joint, input::JointInputs(joint, item), graph_))) {
        outputs[name] = std::move(tensor.data);
      }
    }
  }
  run::RunnerOptions options;
  options.threads = threads_;
  const std::unique_ptr<run::ModelRunner> runner = run::MakeNativeRunner(graph_.name, model, options);
  std::map<std::string, analyze::MetricsSum> sums;
  for (size_t i = 0; i < items_.size(); ++i) {
    for (const run::OutputTensor& output : runner->Run(items_[i], nullptr)) {
      const std::vector<float>& truth = truth_[i].at(output.name);
      for (const analyze::OutputPart& part : analyze::PartsOf(graph_, graph_.Find(output.name))) {
        analyze::ForEachRun(output.shape, part, [&](size_t first, size_t count) {
          sums[part.name].Add(truth.data() + first, output.values.data() + first, count);
        });
      }
    }
  }
  OutputMetrics metrics;
  for (const auto& [name, sum] : sums) metrics[name] = sum.Finish();
  return metrics;
}

double RelativeError(const OutputMetrics& metrics) {
  double error = 0.0;
  for (const auto& [name, of_output] : metrics) {
    const double share = std::pow(10.0, -of_output.sqnr_db / 10.0);
    error += std::isnan(share) ? 1.0 : std::min(share, 1.0);
  }
  return error;
}

}  // namespace lockstep::compiler
