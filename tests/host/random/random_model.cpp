#include "random_model.h"

#include <algorithm>
#include <random>
#include <set>
#include <stdexcept>

#include "files/temporary_folder.h"
#include "graph/constants.h"
#include "graph/error.h"
#include "import/onnx_export.h"
#include "import/onnx_import.h"
#include "lower/lower.h"
#include "optimize/optimize.h"
#include "quantize/operator_classes.h"
#include "quantize/quantize.h"
#include "random_graph.h"

namespace lockstep::test {
namespace {

using Type = quantize::InputPreprocess::Type;

// A plain tensor of any type, a picture as one or as bytes or floats.
quantize::InputPreprocess RandomPreprocess(const graph::Tensor& tensor, std::mt19937& random) {
  quantize::InputPreprocess chosen;
  chosen.resize = quantize::InputPreprocess::Resize::kNone;
  if (tensor.shape.size() == 4) {
    constexpr Type kTypes[] = {Type::kPicture, Type::kPicture, Type::kU8, Type::kF32};
    chosen.type = kTypes[random() % 4];
    return chosen;
  }
  constexpr Type kTypes[] = {Type::kF32, Type::kU8, Type::kS8, Type::kU16, Type::kS16};
  chosen.type = kTypes[random() % 5];
  chosen.std = {1.0F};
  return chosen;
}

float RandomValue(const graph::Tensor& tensor, Type type, std::mt19937& random) {
  const auto number = static_cast<int>(random() & 1023U);
  const int byte = number & 255;
  if (tensor.shape.size() == 4) return static_cast<float>(byte) / 255.0F;
  switch (type) {
    case Type::kPicture:
    case Type::kU8:
      return static_cast<float>(byte);
    case Type::kS8:
      return static_cast<float>(byte - 128);
    case Type::kU16:
      return static_cast<float>(number);
    case Type::kS16:
      return static_cast<float>(number - 512);
    case Type::kF32:
      break;
  }
  return static_cast<float>(number - 512) / 3.0F;
}

std::map<std::string, engine::FloatTensor> RandomInputs(
    const graph::Graph& graph, const std::map<std::string, quantize::InputPreprocess>& preprocess,
    std::mt19937& random) {
  std::map<std::string, engine::FloatTensor> inputs;
  for (const graph::TensorId id : graph.inputs) {
    const graph::Tensor& tensor = graph.tensor(id);
    engine::FloatTensor values{tensor.shape, {}};
    values.data.resize(static_cast<size_t>(graph::ElementCount(tensor.shape)));
    for (float& value : values.data) value = RandomValue(tensor, preprocess.at(tensor.name).type, random);
    inputs[tensor.name] = std::move(values);
  }
  return inputs;
}

class RandomSource final : public quantize::CalibrationSource {
 public:
  RandomSource(const RandomModel& model, uint32_t seed) : model_(model), random_(seed) {}

  int size() const override { return left_; }
  std::optional<quantize::CalibrationInput> Next() override {
    if (left_ == 0) return std::nullopt;
    --left_;
    return quantize::CalibrationInput{"random", RandomInputs(model_.optimised, model_.preprocess, random_)};
  }
  std::string Digest() const override { return ""; }

 private:
  const RandomModel& model_;
  std::mt19937 random_;
  int left_ = 2;
};

// Other bits than 8 for two thirds of the networks that compute in integers; more for some of the nodes that sum
// products.
std::vector<quantize::Rule> RandomBits(const graph::Graph& graph, uint32_t seed) {
  if (seed % 3 == 0 || FormatsOf(seed) == RandomFormats::kFloat) return {};
  std::mt19937 random(seed + 1);
  quantize::Rule all;
  all.source = "random";
  all.scopes.emplace_back();
  all.choices.activation_bits = 2 + static_cast<int>(random() % 11);
  quantize::Rule some;
  some.source = "random";
  some.choices.activation_bits = 13 + static_cast<int>(random() % 4);
  // The bits of what the network is given follow from its type.
  std::set<std::string> readers_of_inputs;
  for (const graph::Node& node : graph.nodes) {
    const bool reads = std::any_of(node.inputs.begin(), node.inputs.end(), [&](graph::TensorId id) {
      return std::count(graph.inputs.begin(), graph.inputs.end(), id) != 0;
    });
    if (!reads) continue;
    readers_of_inputs.insert(node.name);
    readers_of_inputs.insert(node.onnx_nodes.begin(), node.onnx_nodes.end());
  }
  for (const graph::Node& node : graph.nodes) {
    const bool sums = node.op == "Conv" || node.op == "ConvTranspose" || node.op == "MatMul";
    const bool first = readers_of_inputs.count(node.name) != 0;
    if (sums && random() % 3 == 0 && !first) some.scopes.push_back({quantize::Scope::Kind::kNode, node.name});
  }
  std::vector<quantize::Rule> rules = {all};
  if (!some.scopes.empty() && FormatsOf(seed) == RandomFormats::kQuantized) rules.push_back(some);
  return rules;
}

// A Slice of a Concat may take constants alone; what is made of them is refused as an output.
graph::Graph WithoutConstantOutputs(graph::Graph graph) {
  graph::Graph optimised = graph;
  optimize::Optimize(optimised);
  std::vector<graph::TensorId> computed;
  for (size_t i = 0; i < graph.outputs.size(); ++i) {
    if (!graph::IsConstant(optimised, optimised.outputs[i])) computed.push_back(graph.outputs[i]);
  }
  graph.outputs = computed;
  return graph;
}

// Of a seed whose network computes nothing another one's.
graph::Graph GraphWithOutputs(uint32_t seed) {
  constexpr uint32_t kFarAway = 1000000;
  graph::Graph graph = WithoutConstantOutputs(RandomGraph(seed));
  return graph.outputs.empty() ? GraphWithOutputs(seed + kFarAway) : graph;
}

}  // namespace

RandomFormats FormatsOf(uint32_t seed) {
  if (seed % 4 < 2) return RandomFormats::kQuantized;
  return seed % 4 == 2 ? RandomFormats::kIslands : RandomFormats::kFloat;
}

RandomModel MakeRandomModel(uint32_t seed) { return MakeRandomModel(GraphWithOutputs(seed), seed); }

RandomModel MakeRandomModel(const graph::Graph& graph, uint32_t seed) {
  RandomModel model;
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
  for (const graph::TensorId id : model.optimised.inputs) {
    const graph::Tensor& tensor = model.optimised.tensor(id);
    model.preprocess[tensor.name] = RandomPreprocess(tensor, random);
  }
  for (const graph::TensorId id : model.optimised.outputs) {
    model.outputs[model.optimised.tensor(id).name] = {random() % 3 == 0, random() % 3 == 0};
  }
  model.inputs = RandomInputs(model.optimised, model.preprocess, random);
  return model;
}

std::vector<uint8_t> LowerRandomModel(const RandomModel& model, uint32_t seed, bool test_vector) {
  std::mt19937 random(seed);
  quantize::QuantizeOptions options;
  options.threads = 1;
  options.tail_bits = random() % 2 == 0 ? 8 : 16;
  quantize::Rule floats;
  floats.source = "random";
  floats.choices.floats = true;
  if (FormatsOf(seed) == RandomFormats::kFloat) floats.scopes.emplace_back();
  for (const graph::Node& node : model.optimised.nodes) {
    if (FormatsOf(seed) != RandomFormats::kIslands || random() % 3 != 0) continue;
    if (quantize::TraitsOf(node).in_floats) continue;  // it would be said for nothing
    floats.scopes.push_back({quantize::Scope::Kind::kNode, node.name});
  }
  options.policy.push_back(floats);
  options.preprocess = model.preprocess;
  options.outputs = model.outputs;
  lower::LowerOptions lowering;
  lowering.name = "random" + std::to_string(seed);
  lowering.seeded_test_vector = test_vector;
  lowering.seed = seed;
  const auto lowered = [&](const std::vector<quantize::Rule>& bits) {
    quantize::QuantizeOptions chosen = options;
    chosen.policy.insert(chosen.policy.end(), bits.begin(), bits.end());
    RandomSource source(model, seed);
    return lower::Lower(quantize::Quantize(model.optimised, chosen, source), lowering);
  };
  const std::vector<quantize::Rule> bits = RandomBits(model.optimised, seed);
  try {
    return lowered(bits);
  } catch (const UsageError&) {
    if (bits.empty()) throw;
    return lowered({});  // rules without effect are refused
  }
}

}  // namespace lockstep::test
