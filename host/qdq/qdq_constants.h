// The building blocks: pairs, and constants that are stored as integers.
#pragma once

#include <string>
#include <vector>

#include "graph/graph.h"
#include "import/onnx_export.h"
#include "quantize/quantized_graph.h"

namespace lockstep::qdq {

// Adds tensors to a graph and nodes to a list.
class QdqBuilder {
 public:
  QdqBuilder(graph::Graph& graph, std::vector<graph::Node>& nodes) : graph_(graph), nodes_(nodes) {}

  // x -> QuantizeLinear -> DequantizeLinear -> y; where each channel has a scale, x is divided by it in front of a pair
  // of scale 1, and multiplied with it behind: ONNX Runtime takes a pair with an axis for one with a single scale.
  void Pair(graph::TensorId x, const quantize::TensorFormat& levels, graph::TensorId y);
  // A float tensor like `like` under a name that begins with `stem`.
  graph::TensorId Like(graph::TensorId like, const std::string& stem);
  // A float constant as levels and a DequantizeLinear.
  graph::TensorId Constant(graph::TensorId constant, const quantize::AffineParams& params);
  // Weights of a node, and its bias.
  graph::TensorId Weights(const graph::Node& node, graph::TensorId original, const quantize::QuantizedWeights& weights);
  graph::TensorId Bias(const graph::Node& node, const quantize::QuantizedWeights& weights,
                       const quantize::TensorFormat& input);

  const importer::NarrowTypes& narrow() const { return narrow_; }

 private:
  void Pair(graph::TensorId x, const quantize::AffineParams& params, graph::TensorId y);
  graph::TensorId Floats(const std::string& stem, const graph::Shape& shape, std::vector<float> values);
  graph::TensorId Integers(const std::string& stem, const graph::Shape& shape, std::vector<int64_t> values,
                           int64_t onnx_type);
  graph::TensorId Dequantized(graph::TensorId integers, const std::string& stem, const std::vector<double>& scales,
                              const std::vector<int64_t>& zero_points, int axis, graph::TensorId y);
  int64_t TypeOf(graph::TensorId id) const { return narrow_.at(id); }

  graph::Graph& graph_;
  std::vector<graph::Node>& nodes_;
  importer::NarrowTypes narrow_;
};

}  // namespace lockstep::qdq
