// Runs a graph with the operators' own plain loops (host/ops), which ONNX's data and ONNX Runtime hold to what is
// right: what the passes and oneDNN are compared with.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "graph/graph.h"

namespace lockstep::testing {

struct PlainTensor {
  graph::Shape shape;
  std::vector<double> values;
};
using PlainTensors = std::map<std::string, PlainTensor>;

// The values of all tensors by name: inputs, constants, what nodes make, and pre-activations. Shapes must be inferred.
// A node that its operator does not evaluate throws UnsupportedModel with its name.
PlainTensors EvaluatePlain(const graph::Graph& graph, const PlainTensors& inputs);

// Reproducible values in [-2, 2] for every graph input.
PlainTensors RandomInputs(const graph::Graph& graph, uint32_t seed);

// The largest |a - b| / (1 + |b|); infinite if sizes differ. NaN equals NaN.
double LargestDifference(const PlainTensor& a, const PlainTensor& b);

}  // namespace lockstep::testing
