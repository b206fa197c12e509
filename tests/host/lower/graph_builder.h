// Small float graphs made by code, and a plain min/max quantisation of them.
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/float/float_engine.h"
#include "graph/graph.h"
#include "quantize/quantized_graph.h"

namespace lockstep::test {

class GraphBuilder {
 public:
  explicit GraphBuilder(uint32_t seed = 1) : random_(seed) { graph_.name = "small"; }

  graph::TensorId Input(const std::string& name, const graph::Shape& shape);
  graph::TensorId Constant(const graph::Shape& shape, std::vector<float> values);
  graph::TensorId Ints(std::vector<int64_t> values);
  std::vector<float> Random(size_t count, float low = -1.0F, float high = 1.0F);

  // The node is named after its operator and place; returns its first output, whose shape is inferred.
  graph::TensorId Node(const std::string& op, const std::vector<graph::TensorId>& inputs,
                       std::map<std::string, graph::Attribute> attributes = {}, graph::Activation activation = {});
  // A convolution with random weights and bias, pads of half a kernel.
  graph::TensorId Conv(graph::TensorId x, int64_t channels, int64_t kernel, int64_t stride = 1, int64_t groups = 1,
                       graph::ActivationKind activation = graph::ActivationKind::kNone);
  // A node with several outputs, named likewise.
  std::vector<graph::TensorId> Outputs(const std::string& op, const std::vector<graph::TensorId>& inputs,
                                       std::map<std::string, graph::Attribute> attributes, size_t count);
  std::vector<graph::TensorId> TopK(graph::TensorId x, int64_t axis, int64_t k, bool largest);  // values, indices
  std::vector<graph::TensorId> Split(graph::TensorId x, int64_t axis, const std::vector<int64_t>& sizes);
  void Output(graph::TensorId id) { graph_.outputs.push_back(id); }

  graph::Graph& graph() { return graph_; }
  const graph::Shape& shape(graph::TensorId id) const { return graph_.tensor(id).shape; }

 private:
  graph::Graph graph_;
  std::mt19937 random_;
};

struct PlainQuantization {
  std::set<graph::TensorId> sixteen_bits;      // the others have 8
  std::map<graph::TensorId, int> bits;         // of outputs and of what stands in front of a table, where neither
  std::map<graph::TensorId, int> weight_bits;  // of the nodes that give these; the others have 8
  std::set<graph::TensorId> floats;            // graph outputs that a Concat makes as float
  std::set<graph::TensorId> islands;           // outputs of nodes that compute in floats
  std::set<graph::TensorId> channels;          // have a scale for each channel, their ranges in front of a table too
  std::set<graph::TensorId> shared;            // outputs that take their first input's parameters
  bool share_moves = true;                     // as `shared`, for all operators that only move elements
};

// A graph, its quantisation by the ranges that one random input gives, and that input and what the float engine makes
// of it.
struct QuantizedSample {
  quantize::QuantizedGraph quantized;
  std::map<std::string, engine::FloatTensor> float_values;  // every tensor
  std::vector<std::vector<uint8_t>> input_bytes;            // as the joint model takes them
};

// To which output channel an element of the weights of a Conv or ConvTranspose belongs.
size_t OutputChannelOf(const graph::Node& node, const graph::Shape& weights, size_t element);

// Inputs are random pixels: real = q / 255.
QuantizedSample QuantizePlainly(const graph::Graph& graph, const PlainQuantization& options, uint32_t seed = 1);

}  // namespace lockstep::test
