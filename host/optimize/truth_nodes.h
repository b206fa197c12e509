// Nodes that give or take truth values, written in floats of 0 and 1.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "graph/graph.h"

namespace lockstep::optimize {

// The operators that TruthWriter writes; Cast to float or bool is another.
bool IsComparison(const std::string& op);  // of two tensors: Less, LessOrEqual, Greater, GreaterOrEqual, Equal
bool IsQuestion(const std::string& op);    // IsNaN, IsInf
bool IsLogic(const std::string& op);       // Not, And, Or, Xor

// A constant of truth values as floats; anything else as it is.
graph::TensorId TruthAsFloats(graph::Graph& graph, graph::TensorId id);

// Puts nodes of floats in the place of one node. Shapes are inferred later.
class TruthWriter {
 public:
  TruthWriter(graph::Graph& graph, const graph::Uses& uses, const graph::Node& node)
      : graph_(graph), uses_(uses), node_(node) {}

  // The nodes, the last of which gives the node's output. Inputs that were truth values are floats by now, or constant.
  std::vector<graph::Node> Write();

 private:
  graph::TensorId Add(const std::string& op, const std::vector<graph::TensorId>& inputs,
                      std::map<std::string, graph::Attribute> attributes = {});
  graph::TensorId Mask(const char* op, graph::TensorId x, float value) { return Add(op, {x}, {{"value", value}}); }
  graph::TensorId Not(graph::TensorId mask) { return Mask("IsBelow", mask, 0.5F); }
  graph::TensorId Difference(graph::TensorId a, graph::TensorId b) { return Add("Sub", {a, b}); }
  graph::TensorId Differ(graph::TensorId a, graph::TensorId b);
  // Whether it is a constant of this number everywhere.
  bool IsNumber(graph::TensorId id, double number) const;

  void Compare();
  bool CompareWithNumber();
  void Ask();
  void Connect();
  void Cast();
  void Choose();
  graph::TensorId MaskOf(bool yes);
  graph::TensorId Chosen(graph::TensorId branch, bool yes);
  graph::TensorId Finite(graph::TensorId branch);
  graph::TensorId Guarded(graph::TensorId branch, bool yes, int depth);
  graph::TensorId GuardedCopy(graph::TensorId branch, bool yes, int depth);
  graph::TensorId Safe(const std::string& op, graph::TensorId x, bool yes);

  graph::Graph& graph_;
  const graph::Uses& uses_;
  const graph::Node node_;
  std::vector<graph::Node> made_;
  graph::TensorId masks_[2] = {graph::kNoTensor, graph::kNoTensor};  // of Where: where it takes the second, the first
  std::set<graph::TensorId> asked_;                                  // of Where: what its condition is made from
  std::map<std::pair<graph::TensorId, int>, graph::TensorId> guarded_[2];  // what Guarded gave, by its branch and depth
};

}  // namespace lockstep::optimize
