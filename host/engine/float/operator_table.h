// From graph nodes to steps of a plan: one check and one builder per ONNX operator.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/float/plan.h"
#include "graph/graph.h"

namespace lockstep::engine {

// What a builder sees of the plan while it builds one node.
class NodeContext {
 public:
  virtual ~NodeContext() = default;
  virtual const graph::Graph& graph() const = 0;
  virtual Plan& plan() = 0;

  // The tensor as it was computed; a constant is plain.
  virtual ValueId Native(graph::TensorId id) = 0;
  ValueId Plain(graph::TensorId id) { return plan().InLayout(Native(id), kPlain); }

  // For a builder that applies the node's activation itself: that activation, kNone if there is none or the tensor
  // before it is wanted. Without this call the activation becomes a step of its own.
  virtual graph::Activation TakeActivation() = 0;

  // For a builder that can add another tensor to its result and apply a second activation: if an Add follows and nobody
  // else wants the sum's parts, that Add is done by this node.
  struct Residual {
    ValueId other;
    graph::Activation activation;
  };
  // The addend as it was computed, if it lies in memory like `like`.
  virtual std::optional<Residual> TakeResidual(const dnnl::memory::desc& like) = 0;
};

struct Operator {
  // Why this node cannot be run; empty if it can. Shapes of inputs and outputs are known.
  std::string (*check)(const graph::Graph& graph, const graph::Node& node);
  // One value per output of the node.
  std::vector<ValueId> (*build)(NodeContext& context, const graph::Node& node);
};

// What runs this node: oneDNN where it has its operator with these attributes, else the operator's own loops.
const Operator& OperatorFor(const graph::Graph& graph, const graph::Node& node);
// Whether oneDNN, or a step of a plan, has more for it than these loops.
bool HasPrimitive(const graph::Graph& graph, const graph::Node& node);

std::string AcceptAny(const graph::Graph& graph, const graph::Node& node);
bool HasInput(const graph::Node& node, size_t index);
// Every input but the first is constant or omitted.
std::string CheckParameters(const graph::Graph& graph, const graph::Node& node);

// evaluated.cpp
std::string CheckEvaluated(const graph::Graph& graph, const graph::Node& node);
std::vector<ValueId> BuildEvaluated(NodeContext& context, const graph::Node& node);
// convolution.cpp
std::vector<ValueId> BuildConv(NodeContext& context, const graph::Node& node);
// pooling.cpp
std::string CheckPool(const graph::Graph& graph, const graph::Node& node);
std::vector<ValueId> BuildPool(NodeContext& context, const graph::Node& node);
std::vector<ValueId> BuildGlobalPool(NodeContext& context, const graph::Node& node);
// elementwise.cpp
std::string CheckActivation(const graph::Graph& graph, const graph::Node& node);
std::vector<ValueId> BuildActivation(NodeContext& context, const graph::Node& node);
std::vector<ValueId> BuildBinary(NodeContext& context, const graph::Node& node);
std::string CheckBatchNormalization(const graph::Graph& graph, const graph::Node& node);
std::vector<ValueId> BuildBatchNormalization(NodeContext& context, const graph::Node& node);
// joining.cpp
std::vector<ValueId> BuildConcat(NodeContext& context, const graph::Node& node);
std::vector<ValueId> BuildSplit(NodeContext& context, const graph::Node& node);
// movement.cpp
std::vector<ValueId> BuildReshape(NodeContext& context, const graph::Node& node);
std::vector<ValueId> BuildTranspose(NodeContext& context, const graph::Node& node);
std::vector<ValueId> BuildSlice(NodeContext& context, const graph::Node& node);
std::string CheckPad(const graph::Graph& graph, const graph::Node& node);
std::vector<ValueId> BuildPad(NodeContext& context, const graph::Node& node);
std::string CheckResize(const graph::Graph& graph, const graph::Node& node);
std::vector<ValueId> BuildResize(NodeContext& context, const graph::Node& node);
// matrix.cpp
std::vector<ValueId> BuildMatMul(NodeContext& context, const graph::Node& node);
std::vector<ValueId> BuildGemm(NodeContext& context, const graph::Node& node);
// softmax.cpp
std::vector<ValueId> BuildSoftmax(NodeContext& context, const graph::Node& node);

}  // namespace lockstep::engine
