#include "crosscheck/accuracy.h"

#include <map>
#include <string>

#include "analyze/metrics.h"
#include "dump/values.h"
#include "run/source_network.h"

namespace lockstep::crosscheck {
namespace {

// `expected` in ONNX order.
analyze::Metrics MeasureAccuracy(const dump::DumpLayer& layer, const float* expected,
                                 const std::vector<uint8_t>& bytes) {
  const std::vector<float> values = dump::RealValues(layer, bytes);
  return analyze::Compare(expected, values.data(), values.size(), layer.Steps());
}

// Returns that of the reference engine.
std::optional<analyze::Metrics> MeasureLayer(const Round& round, size_t position, int64_t elements, const float* data,
                                             std::vector<BoardRound>& boards) {
  const dump::DumpLayer& reference = round.manifest.layers[position];
  if (reference.Elements() != elements || reference.HoldsIntegers()) return std::nullopt;
  const analyze::Metrics exact = MeasureAccuracy(reference, data, dump::ReadDumpLayer(round.reference, reference));
  for (BoardRound& board : boards) {
    const auto fetched = board.fetched.find(reference.Place());
    const bool own_bytes = fetched != board.fetched.end() && !fetched->second.file.empty();
    board.layers[position].accuracy =
        own_bytes ? MeasureAccuracy(reference, data, dump::ReadDumpLayer(board.folder, fetched->second)) : exact;
  }
  return exact;
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

std::vector<std::optional<analyze::Metrics>> FloatSide::Measure(const joint::Model& model, const Round& round,
                                                                std::vector<BoardRound>& boards) {
  std::vector<std::optional<analyze::Metrics>> simulator(round.manifest.layers.size());
  std::multimap<std::string, size_t> by_tensor;
  for (size_t i = 0; i < round.manifest.layers.size(); ++i) by_tensor.emplace(round.manifest.layers[i].tensor, i);
  engine_->Run(input::FloatInputsOf(model, round.inputs, graph_),
               [&](const std::string& name, const graph::Shape& shape, const float* data) {
                 const auto [begin, end] = by_tensor.equal_range(name);
                 for (auto layer = begin; layer != end; ++layer) {
                   const auto exact = MeasureLayer(round, layer->second, graph::ElementCount(shape), data, boards);
                   if (exact) simulator[layer->second] = exact;
                 }
               });
  return simulator;
}

}  // namespace lockstep::crosscheck
