#include "judge/channel_errors.h"

#include <algorithm>
#include <utility>

#include "dump/values.h"
#include "engine/float/float_engine.h"
#include "input/model_input.h"
#include "judge/joint_run.h"
#include "judge/written_tensors.h"

namespace lockstep::judge {
namespace {

void AddChannelMeans(const graph::Shape& shape, const float* data, std::vector<double>& sums) {
  const auto batch = static_cast<size_t>(shape[0]);
  const auto channels = static_cast<size_t>(shape[1]);
  const size_t plane = static_cast<size_t>(graph::ElementCount(shape)) / (batch * channels);
  sums.resize(channels, 0.0);
  for (size_t n = 0; n < batch; ++n) {
    for (size_t channel = 0; channel < channels; ++channel) {
      const float* values = data + (n * channels + channel) * plane;
      double sum = 0.0;
      for (size_t i = 0; i < plane; ++i) sum += values[i];
      sums[channel] += sum / static_cast<double>(batch * plane);
    }
  }
}

ByChannel FloatSums(const graph::Graph& graph, const joint::Model& model, const std::vector<input::DataItem>& items,
                    const std::set<graph::TensorId>& tensors) {
  engine::FloatEngineOptions options;
  options.threads = 1;
  for (const graph::TensorId id : tensors) options.observed.insert(graph.tensor(id).name);
  engine::FloatEngine engine(graph, options);
  ByChannel sums;
  const auto observe = [&](const std::string& name, const graph::Shape& shape, const float* data) {
    const graph::TensorId id = graph.Find(name);
    if (tensors.count(id) != 0) AddChannelMeans(shape, data, sums[id]);
  };
  for (const input::DataItem& item : items) {
    engine.Run(input::FloatInputsOf(model, input::NearestJointInputs(model, item), graph), observe);
  }
  return sums;
}

}  // namespace

ChannelErrors::ChannelErrors(const graph::Graph& graph, std::vector<input::DataItem> items,
                             std::set<graph::TensorId> tensors, int threads)
    : graph_(graph), items_(std::move(items)), tensors_(std::move(tensors)), threads_(threads) {
  for (const graph::TensorId input : graph.inputs) tensors_.erase(input);
}

ByChannel ChannelErrors::Of(const std::vector<uint8_t>& file) {
  JointRun joint(file, threads_);
  const joint::Model& model = joint.model();
  if (truth_.empty()) truth_ = FloatSums(graph_, model, items_, tensors_);
  const std::map<std::string, int32_t> written = WrittenTensors(model, graph_);
  std::map<int32_t, graph::TensorId> places;
  std::set<int32_t> wanted;
  for (const graph::TensorId id : tensors_) {
    const auto found = written.find(graph_.tensor(id).name);
    if (found == written.end() || truth_.count(id) == 0) continue;
    places[found->second] = id;
    wanted.insert(found->second);
  }
  ByChannel errors;
  for (const input::DataItem& item : items_) {
    for (const auto& [index, bytes] : joint.Run(input::NearestJointInputs(model, item), wanted)) {
      const dump::DumpLayer layer = dump::DescribeTensor(*model.tensors()->Get(static_cast<uint32_t>(index)));
      const graph::TensorId id = places.at(index);
      AddChannelMeans(graph_.tensor(id).shape, dump::RealValues(layer, bytes).data(), errors[id]);
    }
  }
  for (auto& [id, sums] : errors) {
    const std::vector<double>& truth = truth_.at(id);
    for (size_t i = 0; i < sums.size(); ++i) sums[i] = (sums[i] - truth[i]) / static_cast<double>(items_.size());
  }
  return errors;
}

}  // namespace lockstep::judge
