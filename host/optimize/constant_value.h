// Constants as values, and operators evaluated on them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "graph/graph.h"

namespace lockstep::optimize {

struct Value {
  graph::ElementType type = graph::ElementType::kFloat;
  graph::Shape shape;
  graph::ConstantData data;

  int64_t count() const { return graph::ElementCount(shape); }
  bool is_float() const { return type == graph::ElementType::kFloat; }
  double Number(int64_t index) const;  // of any type
};

// Results with more elements are folded only if the inputs have half as many: all others come from models that are made
// to fill the memory.
inline constexpr int64_t kLargestFolded = int64_t{1} << 22;

// One entry per input of the node, null for an omitted one.
using ValueInputs = std::vector<const Value*>;

// The outputs of `node`, nothing if the operator is not one that is folded or its result would be too large. The shapes
// of the outputs are inferred already. Integer arithmetic is exact, float arithmetic rounds each result to float.
std::optional<std::vector<Value>> EvaluateConstant(const graph::Graph& graph, const graph::Node& node,
                                                   const ValueInputs& inputs);

// The parts by operator family; each returns nothing for an operator that is not its own.
std::optional<std::vector<Value>> EvaluateElementwise(const graph::Graph& graph, const graph::Node& node,
                                                      const ValueInputs& inputs);
std::optional<std::vector<Value>> EvaluateLayout(const graph::Graph& graph, const graph::Node& node,
                                                 const ValueInputs& inputs);
std::optional<std::vector<Value>> EvaluateReduction(const graph::Graph& graph, const graph::Node& node,
                                                    const ValueInputs& inputs);

}  // namespace lockstep::optimize
