#include "graph_maker.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "optimize/optimize.h"

namespace lockstep::testing {
namespace {

using engine::FloatTensor;

PlainTensor ToPlain(const Shape& shape, const float* data) {
  return {shape, {data, data + graph::ElementCount(shape)}};
}

void ExpectClose(const PlainTensor& ours, const PlainTensor& expected, const std::string& name, double tolerance) {
  ASSERT_EQ(ours.shape, expected.shape) << name;
  for (size_t i = 0; i < ours.values.size(); ++i) {
    const double allowed = tolerance * (1.0 + std::abs(expected.values[i]));
    ASSERT_NEAR(ours.values[i], expected.values[i], allowed)
        << "'" << name << "' (" << graph::ToString(ours.shape) << ") element " << i;
  }
}

}  // namespace

TensorId GraphMaker::Input(const Shape& shape) {
  graph::Tensor tensor;
  tensor.name = graph_.UniqueName("input");
  tensor.shape = shape;
  graph_.inputs.push_back(graph_.AddTensor(tensor));
  return graph_.inputs.back();
}

TensorId GraphMaker::Constant(const Shape& shape, const std::vector<float>& values) {
  graph::Tensor tensor;
  tensor.name = graph_.UniqueName("constant");
  tensor.shape = shape;
  tensor.constant = graph::ConstantData{values, {}};
  return graph_.AddTensor(tensor);
}

TensorId GraphMaker::RandomConstant(const Shape& shape, float low, float high) {
  std::uniform_real_distribution<float> uniform(low, high);
  std::vector<float> values(static_cast<size_t>(graph::ElementCount(shape)));
  for (float& value : values) value = uniform(random_);
  return Constant(shape, values);
}

TensorId GraphMaker::Ints(const std::vector<int64_t>& values) {
  graph::Tensor tensor;
  tensor.name = graph_.UniqueName("ints");
  tensor.type = graph::ElementType::kInt64;
  tensor.shape = {static_cast<int64_t>(values.size())};
  tensor.constant = graph::ConstantData{{}, values};
  return graph_.AddTensor(tensor);
}

std::vector<TensorId> GraphMaker::AddMany(const std::string& op, const std::vector<TensorId>& inputs, size_t outputs,
                                          const Attributes& attributes) {
  graph::Node node;
  node.op = op;
  node.name = op + "_" + std::to_string(graph_.nodes.size());
  node.inputs = inputs;
  node.attributes = attributes;
  for (size_t i = 0; i < outputs; ++i) {
    graph::Tensor tensor;
    tensor.name = graph_.UniqueName(node.name);
    node.outputs.push_back(graph_.AddTensor(tensor));
  }
  graph_.nodes.push_back(node);
  optimize::InferShapes(graph_);
  return node.outputs;
}

TensorId GraphMaker::Add(const std::string& op, const std::vector<TensorId>& inputs, const Attributes& attributes) {
  return AddMany(op, inputs, 1, attributes)[0];
}

TensorId GraphMaker::Conv(TensorId input, int64_t channels, int64_t kernel, int64_t stride, int64_t group) {
  const Shape shape = ShapeOf(input);
  Shape weights{channels, shape[1] / group};
  weights.insert(weights.end(), shape.size() - 2, kernel);
  const size_t axes = shape.size() - 2;
  return Add("Conv", {input, RandomConstant(weights, -0.3F, 0.3F), RandomConstant({channels})},
             {{"group", group},
              {"strides", std::vector<int64_t>(axes, stride)},
              {"pads", std::vector<int64_t>(2 * axes, kernel / 2)}});
}

void GraphMaker::Activate(graph::Activation activation) {
  graph::Node& node = graph_.nodes.back();
  node.activation = activation;
  graph::Tensor before = graph_.tensor(node.outputs[0]);
  before.name += "_pre";
  node.pre_activation = graph_.AddTensor(before);
}

graph::Graph GraphMaker::Finish(const std::vector<TensorId>& outputs) {
  graph_.name = "made by code";
  graph_.opset = 17;
  graph_.outputs = outputs;
  return graph_;
}

namespace {

// From N, C/block, spatial.., block.
PlainTensor InOnnxOrder(const PlainTensor& shown, size_t block) {
  if (block == 1) return shown;
  const auto channels = static_cast<size_t>(shown.shape.at(1));
  const size_t plane = shown.values.size() / (static_cast<size_t>(shown.shape[0]) * channels);
  PlainTensor ordered = shown;
  for (size_t i = 0; i < shown.values.size(); ++i) {
    const size_t channel = i / (plane * block) * block + i % block;  // counted on over the batch
    ordered.values[channel * plane + i / block % plane] = shown.values[i];
  }
  return ordered;
}

}  // namespace

void ExpectMatchesPlain(const graph::Graph& graph, const engine::FloatEngineOptions& options, double tolerance) {
  PlainTensors inputs = RandomInputs(graph, 7);
  std::map<std::string, FloatTensor> given;
  for (auto& [name, tensor] : inputs) {
    for (double& value : tensor.values) value = static_cast<float>(value);
    given[name] = {tensor.shape, {tensor.values.begin(), tensor.values.end()}};
  }
  const PlainTensors expected = EvaluatePlain(graph, inputs);
  engine::FloatEngineOptions with_threads = options;
  if (options.threads == 0) with_threads.threads = 1;  // small graphs: a second thread would only wait
  engine::FloatEngine engine(graph, with_threads);
  for (int run = 0; run < 2; ++run) {  // the second finds the memory as the first left it
    std::map<std::string, int> shown;
    const auto outputs = engine.Run(given, [&](const std::string& name, const Shape& shape, const float* data) {
      ++shown[name];
      PlainTensor ours = ToPlain(shape, data);
      const int block = engine.ChannelBlock(name);
      EXPECT_TRUE(block == 1 || options.any_order) << name;
      ExpectClose(InOnnxOrder(ours, static_cast<size_t>(block)), expected.at(name), name, tolerance);
    });
    for (const auto& [name, tensor] : outputs) {
      ExpectClose(ToPlain(tensor.shape, tensor.data.data()), expected.at(name), name, tolerance);
    }
    EXPECT_EQ(outputs.size(), graph.outputs.size());
    for (const std::string& name : options.observed) EXPECT_EQ(shown[name], 1) << name;
    if (!options.observe_all) continue;
    for (graph::TensorId id = 0; id < graph.tensor_count(); ++id) {
      const graph::Tensor& tensor = graph.tensor(id);
      EXPECT_EQ(shown[tensor.name], tensor.constant ? 0 : 1) << tensor.name;
    }
  }
}

}  // namespace lockstep::testing
