#include "random_model.h"

#include <random>
#include <stdexcept>

#include "files/temporary_folder.h"
#include "import/onnx_export.h"
#include "import/onnx_import.h"
#include "lower/lower.h"
#include "optimize/optimize.h"
#include "quantize/quantize.h"
#include "random_graph.h"

namespace lockstep::test {
namespace {

std::map<std::string, engine::FloatTensor> RandomInputs(const graph::Graph& graph, std::mt19937& random) {
  std::map<std::string, engine::FloatTensor> inputs;
  for (const graph::TensorId id : graph.inputs) {
    const graph::Tensor& tensor = graph.tensor(id);
    engine::FloatTensor values{tensor.shape, {}};
    values.data.resize(static_cast<size_t>(graph::ElementCount(tensor.shape)));
    for (float& value : values.data) value = static_cast<float>(random() & 255U) / 255.0F;
    inputs[tensor.name] = std::move(values);
  }
  return inputs;
}

class RandomSource final : public quantize::CalibrationSource {
 public:
  RandomSource(const graph::Graph& graph, uint32_t seed) : graph_(graph), random_(seed) {}

  int size() const override { return left_; }
  std::optional<quantize::CalibrationInput> Next() override {
    if (left_ == 0) return std::nullopt;
    --left_;
    return quantize::CalibrationInput{"random", RandomInputs(graph_, random_)};
  }
  std::string Digest() const override { return ""; }

 private:
  const graph::Graph& graph_;
  std::mt19937 random_;
  int left_ = 2;
};

}  // namespace

RandomFormats FormatsOf(uint32_t seed) {
  if (seed % 4 < 2) return RandomFormats::kQuantized;
  return seed % 4 == 2 ? RandomFormats::kIslands : RandomFormats::kFloat;
}

RandomModel MakeRandomModel(uint32_t seed) {
  RandomModel model;
  const graph::Graph graph = RandomGraph(seed);
  model.onnx = importer::SerializeOnnx(graph);
  const files::TemporaryFolder folder;
  const std::string path = folder.path() / "network.onnx";
  importer::ExportOnnx(graph, path);
  model.optimised = importer::ImportOnnx(path, {});
  optimize::Optimize(model.optimised);
  std::string blockers;
  for (const optimize::Blocker& blocker : optimize::FindBlockers(model.optimised)) {
    blockers += blocker.node + " (" + blocker.op + "): " + blocker.reason + "\n";
  }
  if (!blockers.empty()) throw std::runtime_error("seed " + std::to_string(seed) + " cannot be compiled:\n" + blockers);
  std::mt19937 random(seed);
  model.inputs = RandomInputs(model.optimised, random);
  return model;
}

std::vector<uint8_t> LowerRandomModel(const RandomModel& model, uint32_t seed, bool test_vector) {
  std::mt19937 random(seed);
  quantize::QuantizeOptions options;
  options.threads = 1;
  options.tail_bits = random() % 2 == 0 ? 8 : 16;
  options.floats.all = FormatsOf(seed) == RandomFormats::kFloat;
  for (const graph::Node& node : model.optimised.nodes) {
    if (FormatsOf(seed) == RandomFormats::kIslands && random() % 3 == 0) options.floats.nodes.push_back(node.name);
  }
  for (const graph::TensorId id : model.optimised.inputs) {
    quantize::InputPreprocess& pixels = options.preprocess[model.optimised.tensor(id).name];
    pixels.resize = quantize::InputPreprocess::Resize::kNone;
  }
  RandomSource source(model.optimised, seed);
  lower::LowerOptions lowering;
  lowering.name = "random" + std::to_string(seed);
  lowering.seeded_test_vector = test_vector;
  lowering.seed = seed;
  return lower::Lower(quantize::Quantize(model.optimised, options, source), lowering);
}

}  // namespace lockstep::test
