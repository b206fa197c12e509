// Makes small graphs by code, and runs them in the float engine and in the plain evaluator.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "engine/float/float_engine.h"
#include "graph/graph.h"
#include "support/plain_evaluator.h"

namespace lockstep::testing {

using graph::Shape;
using graph::TensorId;
using Attributes = std::map<std::string, graph::Attribute>;

class GraphMaker {
 public:
  explicit GraphMaker(uint32_t seed = 1) : random_(seed) {}

  TensorId Input(const Shape& shape);
  TensorId Constant(const Shape& shape, const std::vector<float>& values);
  TensorId RandomConstant(const Shape& shape, float low = -1.0F, float high = 1.0F);
  TensorId Ints(const std::vector<int64_t>& values);
  // Outputs are called after the node: "Conv_3", "Split_4", "Split_4_1"..
  TensorId Add(const std::string& op, const std::vector<TensorId>& inputs, const Attributes& attributes = {});
  std::vector<TensorId> AddMany(const std::string& op, const std::vector<TensorId>& inputs, size_t outputs,
                                const Attributes& attributes = {});
  // A convolution with random weights and bias, that keeps the extent if `stride` is 1.
  TensorId Conv(TensorId input, int64_t channels, int64_t kernel = 1, int64_t stride = 1, int64_t group = 1);
  // Fuses an activation behind the last node; its pre-activation is called "<output>_pre".
  void Activate(graph::Activation activation);

  const Shape& ShapeOf(TensorId id) const { return graph_.tensor(id).shape; }
  graph::Graph Finish(const std::vector<TensorId>& outputs);
  std::mt19937& random() { return random_; }

 private:
  graph::Graph graph_;
  std::mt19937 random_;
};

// Engine and evaluator on the same random inputs. Every output, and every tensor that the options make the engine show,
// must agree within `tolerance` * (1 + |value|); every wanted tensor must be shown exactly once.
void ExpectMatchesPlain(const graph::Graph& graph, const engine::FloatEngineOptions& options = {},
                        double tolerance = 1e-5);

}  // namespace lockstep::testing
