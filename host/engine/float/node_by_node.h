// Runs a network whose shapes follow from its values (NonZero, a Reshape to a computed shape), or that computes with
// integers: node by node, each as soon as its inputs are there.
#pragma once

#include <map>
#include <string>

#include "engine/float/float_engine.h"
#include "graph/graph.h"
#include "ops/value.h"

namespace lockstep::engine {

// Values by tensor name, in ONNX order. Float nodes that FloatEngine runs go through it, one at a time; all others are
// evaluated by the operator's own loops. Slower than a plan, which is made once and not for every run. Throws
// UnsupportedModel naming the first node that nothing computes, BadInput where a node contradicts the values that it
// gets, UsageError for an input that is missing.
std::map<std::string, ops::Value> RunNodeByNode(const graph::Graph& graph,
                                                const std::map<std::string, ops::Value>& inputs);

// The same on what FloatEngine takes and gives. `observer` may be null; it sees the inputs and what every node makes.
std::map<std::string, FloatTensor> RunNodeByNode(const graph::Graph& graph,
                                                 const std::map<std::string, FloatTensor>& inputs,
                                                 const FloatObserver& observer);

}  // namespace lockstep::engine
