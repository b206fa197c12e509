// Runs a graph in double precision with plain loops: the oracle of the tests of graph passes. It shares no arithmetic
// with the float engine, the folder of constants or the passes.
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
// An operator that the evaluator does not have throws std::runtime_error with its name.
PlainTensors EvaluatePlain(const graph::Graph& graph, const PlainTensors& inputs);

// True for the operators that EvaluatePlain has.
bool PlainEvaluatorHas(const graph::Graph& graph, const graph::Node& node);

// Reproducible values in [-2, 2] for every graph input.
PlainTensors RandomInputs(const graph::Graph& graph, uint32_t seed);

// The largest |a - b| / (1 + |b|); infinite if sizes differ. NaN equals NaN.
double LargestDifference(const PlainTensor& a, const PlainTensor& b);

}  // namespace lockstep::testing
