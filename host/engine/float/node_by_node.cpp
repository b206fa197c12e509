#include "engine/float/node_by_node.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "engine/float/operator_table.h"
#include "graph/error.h"
#include "graph/quoted.h"
#include "ops/op_table.h"

namespace lockstep::engine {
namespace {

using graph::TensorId;

std::vector<float> AsFloats(const ops::Value& value) {
  return value.is_float() ? value.data.floats : std::vector<float>(value.data.ints.begin(), value.data.ints.end());
}

class Run {
 public:
  Run(const graph::Graph& graph, const std::map<std::string, ops::Value>& inputs, FloatObserver observer)
      : graph_(graph), observer_(std::move(observer)) {
    for (const TensorId id : graph_.inputs) {
      const std::string& name = graph_.tensor(id).name;
      const auto found = inputs.find(name);
      if (found == inputs.end()) throw UsageError("input " + graph::Quoted(name) + " is missing");
      Keep(id, found->second);
    }
  }

  std::map<std::string, ops::Value> Outputs() {
    for (const graph::Node& node : graph_.nodes) Step(node);
    std::map<std::string, ops::Value> outputs;
    for (const TensorId id : graph_.outputs) outputs[graph_.tensor(id).name] = *ValueOf(id);
    return outputs;
  }

 private:
  // Null for an omitted input.
  const ops::Value* ValueOf(TensorId id) {
    if (id == graph::kNoTensor) return nullptr;
    const auto found = values_.find(id);
    if (found != values_.end()) return &found->second;
    const graph::Tensor& tensor = graph_.tensor(id);
    if (!tensor.constant) return nullptr;
    return &values_.emplace(id, ops::Value{tensor.type, tensor.shape, *tensor.constant}).first->second;
  }

  void Keep(TensorId id, ops::Value value) {
    graph_.tensor(id).type = value.type;
    graph_.tensor(id).shape = value.shape;
    if (observer_) observer_(graph_.tensor(id).name, value.shape, AsFloats(value).data());
    values_[id] = std::move(value);
  }

  void Step(const graph::Node& node) {
    ops::InferContext context(graph_, node, [this](TensorId id) { return ValueOf(id); });
    ops::InferNode(context, true);
    for (size_t i = 0; i < node.outputs.size(); ++i) {
      graph_.tensor(node.outputs[i]).type = context.types[i];
      graph_.tensor(node.outputs[i]).shape = context.shapes[i];
    }
    std::optional<ops::Value> planned = Planned(node);
    if (planned) {
      Keep(node.outputs[0], std::move(*planned));
      return;
    }
    ops::ValueInputs inputs;
    for (const TensorId id : node.inputs) inputs.push_back(ValueOf(id));
    ops::Results results = ops::EvaluateNode(graph_, node, inputs);
    if (!results || results->size() < node.outputs.size()) {
      const bool known = ops::FindOp(node.op) != nullptr;
      throw UnsupportedModel("node " + graph::Quoted(node.name) + " (" + node.op + ")" +
                             (known ? " does not compute these types or values" : ": operator is not supported"));
    }
    for (size_t i = 0; i < node.outputs.size(); ++i) Keep(node.outputs[i], std::move((*results)[i]));
  }

  static bool HasElements(const graph::Tensor& tensor) {
    return graph::IsKnown(tensor.shape) && graph::ElementCount(tensor.shape) > 0;
  }

  // The output by a plan of this node alone, if it is one that plans have more than its loops for.
  std::optional<ops::Value> Planned(const graph::Node& node) {
    const bool one_float_output = node.outputs.size() == 1 && !node.inputs.empty() &&
                                  graph_.tensor(node.outputs[0]).type == graph::ElementType::kFloat &&
                                  HasElements(graph_.tensor(node.outputs[0]));
    if (!one_float_output) return std::nullopt;
    graph::Graph alone;
    alone.name = node.name;
    alone.opset = graph_.opset;
    std::map<std::string, FloatTensor> inputs;
    graph::Node copy = node;
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      if (node.inputs[i] == graph::kNoTensor) continue;
      graph::Tensor tensor = graph_.tensor(node.inputs[i]);
      const ops::Value& value = *ValueOf(node.inputs[i]);
      const bool first = i == 0;
      if (first && (!value.is_float() || !HasElements(tensor))) return std::nullopt;
      const TensorId known = alone.Find(tensor.name);
      if (known != graph::kNoTensor) {
        copy.inputs[i] = known;
        continue;
      }
      if (first) {
        tensor.constant.reset();
        inputs[tensor.name] = {value.shape, value.data.floats};
      } else {
        tensor.constant = value.data;
      }
      copy.inputs[i] = alone.AddTensor(std::move(tensor));
      if (first) alone.inputs = {copy.inputs[i]};
    }
    copy.outputs = {alone.AddTensor(graph_.tensor(node.outputs[0]))};
    alone.outputs = copy.outputs;
    if (!HasPrimitive(alone, copy)) return std::nullopt;
    alone.nodes.push_back(std::move(copy));
    FloatTensor result = FloatEngine(alone, {}).Run(inputs).begin()->second;
    return ops::Value{graph::ElementType::kFloat, result.shape, {std::move(result.data), {}}};
  }

  graph::Graph graph_;
  FloatObserver observer_;
  std::map<TensorId, ops::Value> values_;
};

}  // namespace

std::map<std::string, ops::Value> RunNodeByNode(const graph::Graph& graph,
                                                const std::map<std::string, ops::Value>& inputs) {
  return Run(graph, inputs, nullptr).Outputs();
}

std::map<std::string, FloatTensor> RunNodeByNode(const graph::Graph& graph,
                                                 const std::map<std::string, FloatTensor>& inputs,
                                                 const FloatObserver& observer) {
  std::map<std::string, ops::Value> values;
  for (const auto& [name, tensor] : inputs) {
    const TensorId id = graph.Find(name);
    if (id == graph::kNoTensor) continue;
    ops::Value value{graph.tensor(id).type, tensor.shape, {}};
    if (value.is_float()) {
      value.data.floats = tensor.data;
    } else {
      value.data.ints.assign(tensor.data.begin(), tensor.data.end());
    }
    values[name] = std::move(value);
  }
  std::map<std::string, FloatTensor> results;
  for (const auto& [name, value] : Run(graph, values, observer).Outputs()) {
    results[name] = {value.shape, AsFloats(value)};
  }
  return results;
}

}  // namespace lockstep::engine
