#include "crosscheck/accuracy.h"

#include <algorithm>
#include <map>
#include <string>

#include "analyze/metrics.h"
#include "analyze/saturation.h"
#include "dump/values.h"
#include "judge/cut_values.h"
#include "judge/written_tensors.h"
#include "run/source_network.h"

namespace lockstep::crosscheck {
namespace {

// `expected` in ONNX order.
analyze::Metrics MeasureAccuracy(const dump::DumpLayer& layer, const std::vector<float>& expected,
                                 const std::vector<uint8_t>& bytes) {
  return analyze::Compare(expected, dump::RealValues(layer, bytes), layer.Steps());
}

}  // namespace

FloatSide::FloatSide(const std::filesystem::path& onnx, const joint::Model& model,
                     const std::map<std::string, double>& input_values, int threads)
    : graph_(run::LoadNetworkBeside(onnx, model, input_values)) {
  engine::FloatEngineOptions options;
  options.threads = threads;
  const graph::Uses uses(graph_);
  for (uint32_t i = 0; i < model.layers()->size(); ++i) {
    const joint::Layer& layer = *model.layers()->Get(i);
    for (uint32_t j = 0; j < layer.outputs()->size(); ++j) {
      const joint::Tensor& tensor = *model.tensors()->Get(static_cast<uint32_t>(layer.outputs()->Get(j)));
      const graph::TensorId id = graph_.Find(tensor.name()->str());
      if (id == graph::kNoTensor) continue;
      options.observed.insert(tensor.name()->str());
      auto levels = judge::LevelsOf(tensor);
      if (!levels || !analyze::OnlySaturates(graph_, uses, id)) continue;
      cut_.emplace(dump::DescribeLayer(static_cast<int>(i), static_cast<int>(j), layer, tensor).Place(),
                   *std::move(levels));
    }
  }
  engine_ = std::make_unique<engine::FloatEngine>(graph_, options);
}

void FloatSide::Visit(const joint::Model& model, const Round& round, const Visitor& visit) {
  std::multimap<std::string, const dump::DumpLayer*> by_tensor;
  for (const dump::DumpLayer& layer : round.manifest.layers) by_tensor.emplace(layer.tensor, &layer);
  engine_->Run(input::FloatInputsOf(model, round.inputs, graph_),
               [&](const std::string& name, const graph::Shape& shape, const float* data) {
                 const auto [begin, end] = by_tensor.equal_range(name);
                 for (auto layer = begin; layer != end; ++layer) {
                   const bool same_size = layer->second->Elements() == graph::ElementCount(shape);
                   if (same_size && !layer->second->HoldsIntegers()) visit(*layer->second, shape, data);
                 }
               });
}

std::vector<float> FloatSide::Truth(const dump::DumpLayer& layer, const graph::Shape& shape, const float* data) const {
  std::vector<float> truth(data, data + graph::ElementCount(shape));
  const auto levels = cut_.find(layer.Place());
  return levels == cut_.end() ? truth : judge::CutToLevels(levels->second, shape, std::move(truth));
}

bool FloatSide::Computes(const joint::Tensor& tensor) const {
  const graph::TensorId id = judge::NetworkTensor(graph_, tensor);
  return id != graph::kNoTensor && std::count(graph_.inputs.begin(), graph_.inputs.end(), id) == 0;
}

std::vector<std::optional<analyze::Metrics>> FloatSide::Measure(const joint::Model& model, const Round& round,
                                                                std::vector<BoardRound>& boards) {
  std::vector<std::optional<analyze::Metrics>> simulator(round.manifest.layers.size());
  Visit(model, round, [&](const dump::DumpLayer& layer, const graph::Shape& shape, const float* data) {
    const std::vector<float> truth = Truth(layer, shape, data);
    const auto position = static_cast<size_t>(&layer - round.manifest.layers.data());
    simulator[position] = MeasureAccuracy(layer, truth, dump::ReadDumpLayer(round.reference, layer));
    for (BoardRound& board : boards) {
      const auto own = board.fetched.find(layer.Place());
      const bool own_bytes = own != board.fetched.end() && !own->second.file.empty();
      board.layers[position].accuracy =
          own_bytes ? MeasureAccuracy(layer, truth, dump::ReadDumpLayer(board.folder, own->second))
                    : *simulator[position];
    }
  });
  return simulator;
}

std::vector<std::optional<analyze::Metrics>> FloatSide::MeasureSingle(const joint::Model& model, const Round& round,
                                                                      std::vector<BoardRound>& boards) {
  std::vector<std::optional<analyze::Metrics>> simulator(round.manifest.layers.size());
  const SingleRound& single = *round.single;
  Visit(model, round, [&](const dump::DumpLayer& layer, const graph::Shape& shape, const float* data) {
    const std::vector<float> truth = Truth(layer, shape, data);
    const auto position = static_cast<size_t>(&layer - round.manifest.layers.data());
    const dump::DumpLayer& expected = single.expected.layers[position];
    simulator[position] = MeasureAccuracy(layer, truth, dump::ReadDumpLayer(single.folder, expected));
    for (BoardRound& board : boards) {
      const auto own = board.single_fetched.find(layer.Place());
      board.layers[position].single_accuracy =
          own != board.single_fetched.end()
              ? MeasureAccuracy(layer, truth, dump::ReadDumpLayer(board.folder, own->second))
              : *simulator[position];
    }
  });
  return simulator;
}

}  // namespace lockstep::crosscheck
