#include "judge/output_error.h"

#include <set>
#include <utility>

#include "dump/values.h"
#include "input/model_input.h"
#include "judge/joint_run.h"

namespace lockstep::judge {

OutputError::OutputError(const graph::Graph& graph, std::vector<input::DataItem> items, int threads)
    : graph_(graph), items_(std::move(items)), threads_(threads), parts_(analyze::OutputParts(graph)) {}

void OutputError::RunFloats(const joint::Model& model) {
  engine::FloatEngineOptions options;
  options.threads = threads_;
  engine::FloatEngine engine(graph_, options);
  for (const input::DataItem& item : items_) {
    truth_.push_back(engine.Run(input::FloatInputsOf(model, input::NearestJointInputs(model, item), graph_)));
  }
}

OutputMetrics OutputError::Of(const std::vector<uint8_t>& file) {
  JointRun joint(file, threads_);
  const joint::Model& model = joint.model();
  if (truth_.empty()) RunFloats(model);
  std::set<int32_t> wanted;
  for (const joint::OutputSpec* output : *model.outputs()) wanted.insert(output->tensor());
  std::map<std::string, analyze::MetricsSum> sums;
  for (size_t i = 0; i < items_.size(); ++i) {
    for (const auto& [index, bytes] : joint.Run(input::NearestJointInputs(model, items_[i]), wanted)) {
      const dump::DumpLayer layer = dump::DescribeTensor(*model.tensors()->Get(static_cast<uint32_t>(index)));
      const std::vector<float> measured = dump::RealValues(layer, bytes);
      const engine::FloatTensor& truth = truth_[i].at(layer.tensor);
      for (const analyze::OutputPart& part : parts_.at(layer.tensor)) {
        analyze::MetricsSum& sum = sums[part.name];
        analyze::ForEachRun(truth.shape, part, [&](size_t first, size_t count) {
          sum.Add(truth.data.data() + first, measured.data() + first, count);
        });
      }
    }
  }
  OutputMetrics metrics;
  for (const auto& [name, sum] : sums) metrics[name] = sum.Finish();
  return metrics;
}

}  // namespace lockstep::judge
