// Builds small graphs for tests, node by node.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "support/plain_evaluator.h"

namespace lockstep::testing {

class SmallGraph {
 public:
  graph::Graph graph;

  SmallGraph() { graph.opset = 17; }

  graph::TensorId Input(const std::string& name, const graph::Shape& shape);
  graph::TensorId Floats(const graph::Shape& shape, const std::vector<float>& values);
  graph::TensorId Random(const graph::Shape& shape, float low = -1.0F, float high = 1.0F);
  graph::TensorId Scalar(float value) { return Floats({}, {value}); }
  graph::TensorId Ints(const std::vector<int64_t>& values);

  // Adds a node named "<op>_<n>" and returns its first output, named like the node.
  graph::TensorId Add(const std::string& op, const std::vector<graph::TensorId>& inputs,
                      const std::map<std::string, graph::Attribute>& attributes = {});
  std::vector<graph::TensorId> AddMany(const std::string& op, const std::vector<graph::TensorId>& inputs,
                                       size_t outputs, const std::map<std::string, graph::Attribute>& attributes = {});
  graph::TensorId Conv(graph::TensorId x, int64_t in, int64_t out, int64_t kernel,
                       std::map<std::string, graph::Attribute> attributes = {});

  // Marks the outputs and infers shapes.
  graph::Graph Finish(const std::vector<graph::TensorId>& outputs);

 private:
  std::mt19937 random_{7};
  int count_ = 0;
};

// Numbers as trained weights are spread: normal, with a deviation of 0.4.
std::vector<float> NormalWeights(size_t count, uint32_t seed);

// The operators of the nodes, in order, fused activations behind a plus: "Conv+SiLU Concat".
std::string Operators(const graph::Graph& graph);

// The largest difference between the outputs of two graphs with equal input and output names, over several random
// inputs.
double LargestOutputDifference(const graph::Graph& a, const graph::Graph& b);

}  // namespace lockstep::testing
