// Turns a graph into a plan: checks the nodes, calls their builders in order, decides what is fused.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/float/float_engine.h"
#include "engine/float/operator_table.h"
#include "engine/float/plan.h"

namespace lockstep::engine {

class PlanBuilder : private NodeContext {
 public:
  // Throws UsageError on an unknown observed name and UnsupportedModel naming every node that cannot be run.
  PlanBuilder(const graph::Graph& graph, const FloatEngineOptions& options);

  // The values of the graph's inputs and outputs, by name, in ONNX order.
  std::map<std::string, ValueId> inputs;
  std::map<std::string, ValueId> outputs;
  std::map<std::string, ValueId> kept;        // the observed tensors, with `keep_values`
  std::map<std::string, int> channel_blocks;  // of the observed tensors, see FloatEngine::ChannelBlock

  Plan Build();

 private:
  const graph::Graph& graph() const override { return graph_; }
  Plan& plan() override { return plan_; }
  ValueId Native(graph::TensorId id) override;
  graph::Activation TakeActivation() override;
  std::optional<Residual> TakeResidual(const dnnl::memory::desc& like) override;

  void CheckObserved() const;
  void CheckNodes() const;
  bool IsWanted(graph::TensorId id) const;
  void Define(graph::TensorId id, ValueId value);
  ValueId Alone(ValueId value);
  void BuildNode(size_t index);

  const graph::Graph& graph_;
  const FloatEngineOptions& options_;
  const graph::Uses uses_;
  Plan plan_;
  std::vector<ValueId> values_;  // by tensor
  std::vector<bool> done_;       // nodes that another node does

  // The node being built.
  const graph::Node* node_ = nullptr;
  bool activation_taken_ = false;
  graph::TensorId result_tensor_ = graph::kNoTensor;  // the first output, or that of a residual Add
};

}  // namespace lockstep::engine
