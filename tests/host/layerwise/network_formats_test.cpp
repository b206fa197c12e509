// What is read back from a joint model is what the quantisation decided.
#include "layerwise/network_formats.h"

#include <gtest/gtest.h>

#include "lower/lower.h"
#include "optimize/optimize.h"
#include "quantize/quantize.h"
#include "support/small_detector.h"
#include "support/small_graph.h"

namespace lockstep::layerwise {
namespace {

using quantize::QuantizedGraph;
using quantize::TensorFormat;

class Noise final : public quantize::CalibrationSource {
 public:
  explicit Noise(const graph::Graph& graph) : graph_(graph) {}
  int size() const override { return left_; }
  std::optional<quantize::CalibrationInput> Next() override {
    if (left_-- == 0) return std::nullopt;
    quantize::CalibrationInput next;
    next.label = "noise";
    for (const graph::TensorId id : graph_.inputs) {
      const graph::Tensor& tensor = graph_.tensor(id);
      engine::FloatTensor& values = next.tensors[tensor.name];
      values.shape = tensor.shape;
      for (int64_t i = 0; i < graph::ElementCount(tensor.shape); ++i) {
        values.data.push_back(std::uniform_real_distribution<float>(0.0F, 1.0F)(random_));
      }
    }
    return next;
  }
  std::string Digest() const override { return ""; }

 private:
  const graph::Graph& graph_;
  int left_ = 3;
  std::mt19937 random_{5};
};

void ExpectSame(const TensorFormat& decided, const TensorFormat& read, const std::string& what) {
  EXPECT_EQ(decided.type, read.type) << what;
  EXPECT_EQ(decided.bits, read.bits) << what;
  EXPECT_EQ(decided.axis, read.axis) << what;
  EXPECT_EQ(decided.zero_points, read.zero_points) << what;
  ASSERT_EQ(decided.scales.size(), read.scales.size()) << what;
  for (size_t i = 0; i < decided.scales.size(); ++i) {
    EXPECT_NEAR(decided.scales[i], read.scales[i], 1e-6 * decided.scales[i]) << what << " " << i;
  }
}

void ExpectReadBack(graph::Graph graph, size_t least_weights, const quantize::PolicySettings& policy = {}) {
  optimize::Optimize(graph);
  quantize::QuantizeOptions options;
  options.threads = 1;
  options.policy = policy;
  Noise noise(graph);
  const QuantizedGraph decided = quantize::Quantize(graph, options, noise);
  lower::LowerOptions lowering;
  lowering.seeded_test_vector = false;
  const std::vector<uint8_t> file = lower::Lower(decided, lowering);
  const QuantizedGraph read = FormatsOf(graph, *joint::GetModel(file.data()));
  for (const graph::Node& node : graph.nodes) {
    for (const graph::TensorId id : {node.outputs[0], node.pre_activation}) {
      const auto format = decided.formats.find(id);
      if (id == graph::kNoTensor || format == decided.formats.end()) continue;
      ASSERT_EQ(read.formats.count(id), 1u) << graph.tensor(id).name;
      ExpectSame(format->second, read.formats.at(id), graph.tensor(id).name);
    }
  }
  for (const auto& [id, format] : decided.reads) {
    ASSERT_EQ(read.reads.count(id), 1u) << graph.tensor(id).name;
    ExpectSame(format, read.reads.at(id), graph.tensor(id).name + " as read");
  }
  EXPECT_GE(decided.weights.size(), least_weights);
  for (const auto& [key, weights] : decided.weights) {
    ASSERT_EQ(read.weights.count(key), 1u) << key.first;
    const quantize::QuantizedWeights& back = read.weights.at(key);
    ExpectSame(weights.format, back.format, key.first);
    EXPECT_EQ(weights.values, back.values) << key.first;
    EXPECT_EQ(weights.bias, back.bias) << key.first;
  }
}

TEST(NetworkFormats, OfADetector) { ExpectReadBack(testing::SmallDetector(), 10); }

// Groups, depthwise, a kernel that is not square, transposed ones with strides and groups; channels and batch of one.
graph::Graph Convolutions() {
  testing::SmallGraph net;
  using Ints = std::vector<int64_t>;
  const graph::TensorId x = net.Input("x", {1, 4, 9, 7});
  const auto conv = [&](const char* op, graph::TensorId from, const graph::Shape& w, int64_t out,
                        const std::map<std::string, graph::Attribute>& attributes) {
    const graph::TensorId y = net.Add(op, {from, net.Random(w), net.Random({out})}, attributes);
    return net.Add("Mul", {y, net.Add("Sigmoid", {y})});
  };
  const graph::TensorId grouped = conv("Conv", x, {6, 2, 3, 2}, 6, {{"group", int64_t{2}}});
  const graph::TensorId depthwise =
      conv("Conv", grouped, {6, 1, 3, 1}, 6, {{"group", int64_t{6}}, {"pads", Ints{1, 0, 1, 0}}});
  const graph::TensorId up = conv("ConvTranspose", depthwise, {6, 5, 3, 2}, 5, {{"strides", Ints{2, 1}}});
  const graph::TensorId up_grouped =
      conv("ConvTranspose", net.Conv(up, 5, 4, 1), {4, 3, 2, 3}, 6, {{"group", int64_t{2}}, {"strides", Ints{2, 2}}});
  return net.Finish({up_grouped});
}

TEST(NetworkFormats, OfEveryConvolution) { ExpectReadBack(Convolutions(), 5); }

TEST(NetworkFormats, OfWideWeightsAndValues) {
  quantize::Rule rule{"test", {{}}, {}};
  rule.choices.activation_bits = 12;
  rule.choices.weight_bits = 11;
  ExpectReadBack(Convolutions(), 5, {rule});
}

TEST(NetworkFormats, OfANodeInFloats) {
  quantize::Rule rule{"test", {quantize::Scope::Parse("op:Concat")}, {}};
  rule.choices.floats = true;
  ExpectReadBack(testing::SmallDetector(), 10, {rule});
}

}  // namespace
}  // namespace lockstep::layerwise
