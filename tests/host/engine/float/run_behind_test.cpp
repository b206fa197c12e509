// A run from the middle must give what a network gives that has the changed tensor as an input, and leave no trace.
#include <gtest/gtest.h>

#include "graph_maker.h"

namespace lockstep::testing {
namespace {

using engine::FloatEngine;
using engine::FloatTensor;
using Tensors = std::map<std::string, FloatTensor>;

const graph::Activation kSilu{graph::ActivationKind::kSilu, 0.0, 0.0};

FloatTensor Random(const Shape& shape, uint32_t seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> uniform(-2.0F, 2.0F);
  FloatTensor tensor{shape, {}};
  for (int64_t i = 0; i < graph::ElementCount(shape); ++i) tensor.data.push_back(uniform(random));
  return tensor;
}

// The network that takes the tensor as one more input.
graph::Graph WithInput(const graph::Graph& graph, TensorId id) {
  graph::Graph changed = graph;
  for (graph::Node& node : changed.nodes) {
    for (TensorId& output : node.outputs) {
      if (output != id) continue;
      graph::Tensor unused = graph.tensor(id);
      unused.name = changed.UniqueName("unused");
      output = changed.AddTensor(unused);
    }
  }
  changed.inputs.push_back(id);
  return changed;
}

void ExpectNear(const Tensors& expected, const Tensors& got) {
  ASSERT_EQ(expected.size(), got.size());
  for (const auto& [name, tensor] : expected) {
    const std::vector<float>& values = got.at(name).data;
    ASSERT_EQ(tensor.data.size(), values.size()) << name;
    for (size_t i = 0; i < values.size(); ++i) {
      ASSERT_NEAR(tensor.data[i], values[i], 1e-5F * (1.0F + std::abs(tensor.data[i]))) << name << "[" << i << "]";
    }
  }
}

void ExpectRunsBehind(const graph::Graph& graph) {
  engine::FloatEngineOptions options;
  options.keep_values = true;
  for (const graph::Node& node : graph.nodes) {
    for (const TensorId id : node.outputs) options.observed.insert(graph.tensor(id).name);
  }
  FloatEngine kept(graph, options);
  Tensors inputs;
  for (const TensorId id : graph.inputs) inputs[graph.tensor(id).name] = Random(graph.tensor(id).shape, 7);
  const Tensors whole = kept.Run(inputs);
  ExpectNear(FloatEngine(graph, {}).Run(inputs), whole);
  std::map<std::string, std::vector<float>> before;
  for (const std::string& name : options.observed) before[name] = kept.Value(name).data;
  for (const std::string& name : options.observed) {
    SCOPED_TRACE("changed: " + name);
    const TensorId id = graph.Find(name);
    Tensors more = inputs;
    more[name] = Random(graph.tensor(id).shape, 8);
    ExpectNear(FloatEngine(WithInput(graph, id), {}).Run(more), kept.RunBehind({{name, more.at(name)}}));
    ExpectNear(whole, kept.RunBehind({{name, {graph.tensor(id).shape, before.at(name)}}}));
  }
  for (const std::string& name : options.observed) EXPECT_EQ(before.at(name), kept.Value(name).data) << name;
}

// Two tensors of a network with one input are replaced at once.
void ExpectRunsBehindBoth(const graph::Graph& graph, TensorId a, TensorId b) {
  engine::FloatEngineOptions options;
  options.keep_values = true;
  options.observed = {graph.tensor(a).name, graph.tensor(b).name};
  FloatEngine kept(graph, options);
  const auto random = [&](TensorId id, uint32_t seed) {
    return std::make_pair(graph.tensor(id).name, Random(graph.tensor(id).shape, seed));
  };
  const Tensors inputs{random(graph.inputs[0], 1)};
  kept.Run(inputs);
  const Tensors changed{random(a, 2), random(b, 3)};
  Tensors all = inputs;
  all.insert(changed.begin(), changed.end());
  ExpectNear(FloatEngine(WithInput(WithInput(graph, a), b), {}).Run(all), kept.RunBehind(changed));
}

TEST(RunBehind, SplitBottleneckConcat) {
  for (const int64_t half : {8, 16, 20}) {
    GraphMaker maker;
    const TensorId wide = maker.Conv(maker.Input({1, 3, 12, 10}), 2 * half, 3, 2);
    maker.Activate(kSilu);
    const auto parts = maker.AddMany("Split", {wide}, 2, {{"axis", int64_t{1}}});
    const TensorId inner = maker.Conv(parts[1], half, 3);
    maker.Activate(kSilu);
    const TensorId sum = maker.Add("Add", {parts[1], maker.Conv(inner, half, 3)});
    const TensorId joined = maker.Add("Concat", {parts[0], parts[1], inner, sum}, {{"axis", int64_t{1}}});
    ExpectRunsBehind(maker.Finish({maker.Conv(joined, 16), sum}));
  }
}

TEST(RunBehind, ViewsAndTransposes) {
  GraphMaker maker;
  const TensorId image = maker.Conv(maker.Input({1, 16, 4, 4}), 16, 3);
  const TensorId rows = maker.Add("Reshape", {image, maker.Ints({1, 16, 16})});
  const TensorId turned = maker.Add("Transpose", {rows}, {{"perm", std::vector<int64_t>{0, 2, 1}}});
  const TensorId back = maker.Add("Transpose", {turned}, {{"perm", std::vector<int64_t>{0, 2, 1}}});
  const TensorId product = maker.Add("Mul", {back, rows});
  const TensorId again = maker.Add("Reshape", {product, maker.Ints({1, 16, 4, 4})});
  const TensorId softmax = maker.Add("Softmax", {turned}, {{"axis", int64_t{2}}});
  ExpectRunsBehind(maker.Finish({maker.Conv(again, 8, 3), softmax, turned}));
}

TEST(RunBehind, AReplacedTensorBehindAnotherStays) {
  GraphMaker maker;
  const TensorId input = maker.Input({1, 4, 6, 6});
  const TensorId a = maker.Conv(input, 8, 3);
  const TensorId b = maker.Conv(a, 8, 3);
  const graph::Graph graph = maker.Finish({maker.Add("Add", {a, maker.Conv(b, 8)})});
  ExpectRunsBehindBoth(graph, a, b);
}

TEST(RunBehind, SeveralTensorsAtOnce) {
  GraphMaker maker;
  const TensorId input = maker.Input({1, 4, 6, 6});
  const TensorId a = maker.Conv(input, 8, 3);
  const TensorId b = maker.Conv(input, 8, 3);
  const graph::Graph graph = maker.Finish({maker.Add("Add", {a, maker.Conv(b, 8)})});
  ExpectRunsBehindBoth(graph, a, b);
}

}  // namespace
}  // namespace lockstep::testing
