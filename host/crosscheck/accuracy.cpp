#include "crosscheck/accuracy.h"

#include <algorithm>
#include <map>
#include <string>

#include "analyze/metrics.h"
#include "dump/values.h"
#include "judge/written_tensors.h"
#include "run/source_network.h"

namespace lockstep::crosscheck {
namespace {

// `expected` in ONNX order.
analyze::Metrics MeasureAccuracy(const dump::DumpLayer& layer, const float* expected,
                                 const std::vector<uint8_t>& bytes) {
  const std::vector<float> values = dump::RealValues(layer, bytes);
  return analyze::Compare(expected, values.data(), values.size(), layer.Steps());
}

}  // namespace

FloatSide::FloatSide(const std::filesystem::path& onnx, const joint::Model& model,
                     const std::map<std::string, double>& input_values, int threads)
    : graph_(run::LoadNetworkBeside(onnx, model, input_values)) {
  engine::FloatEngineOptions options;
  options.threads = threads;
  for (const joint::Layer* layer : *model.layers()) {
    for (const int32_t index : *layer->outputs()) {
      const std::string name = model.tensors()->Get(static_cast<flatbuffers::uoffset_t>(index))->name()->str();
      if (graph_.Find(name) != graph::kNoTensor) options.observed.insert(name);
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

bool FloatSide::Computes(const joint::Tensor& tensor) const {
  const graph::TensorId id = judge::NetworkTensor(graph_, tensor);
  return id != graph::kNoTensor && std::count(graph_.inputs.begin(), graph_.inputs.end(), id) == 0;
}

std::vector<std::optional<analyze::Metrics>> FloatSide::Measure(const joint::Model& model, const Round& round,
                                                                std::vector<BoardRound>& boards) {
  std::vector<std::optional<analyze::Metrics>> simulator(round.manifest.layers.size());
  Visit(model, round, [&](const dump::DumpLayer& layer, const graph::Shape& /*shape*/, const float* data) {
    const auto position = static_cast<size_t>(&layer - round.manifest.layers.data());
    simulator[position] = MeasureAccuracy(layer, data, dump::ReadDumpLayer(round.reference, layer));
    for (BoardRound& board : boards) {
      const auto own = board.fetched.find(layer.Place());
      const bool own_bytes = own != board.fetched.end() && !own->second.file.empty();
      board.layers[position].accuracy =
          own_bytes ? MeasureAccuracy(layer, data, dump::ReadDumpLayer(board.folder, own->second))
                    : *simulator[position];
    }
  });
  return simulator;
}

std::vector<std::optional<analyze::Metrics>> FloatSide::MeasureSingle(const joint::Model& model, const Round& round,
                                                                      std::vector<BoardRound>& boards) {
  std::vector<std::optional<analyze::Metrics>> simulator(round.manifest.layers.size());
  const SingleRound& single = *round.single;
  Visit(model, round, [&](const dump::DumpLayer& layer, const graph::Shape& /*shape*/, const float* data) {
    const auto position = static_cast<size_t>(&layer - round.manifest.layers.data());
    const dump::DumpLayer& expected = single.expected.layers[position];
    simulator[position] = MeasureAccuracy(layer, data, dump::ReadDumpLayer(single.folder, expected));
    for (BoardRound& board : boards) {
      const auto own = board.single_fetched.find(layer.Place());
      board.layers[position].single_accuracy =
          own != board.single_fetched.end()
              ? MeasureAccuracy(layer, data, dump::ReadDumpLayer(board.folder, own->second))
              : *simulator[position];
    }
  });
  return simulator;
}

}  // namespace lockstep::crosscheck
