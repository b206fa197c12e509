#include "engine/float/plan_builder.h"

#include <algorithm>

#include "engine/float/activation_algorithms.h"
#include "graph/error.h"
#include "graph/nearest_name.h"
#include "graph/quoted.h"
#include "ops/op_table.h"

namespace lockstep::engine {
namespace {

// Positions, and what views make of them: the engine carries these integers as floats, exact up to 2^24.
bool CarriesIntegers(const graph::Graph& graph, const graph::Node& node, graph::TensorId id) {
  const ops::Op* op = ops::FindOp(node.op);
  if (op == nullptr || graph.tensor(id).type != graph::ElementType::kInt64) return false;
  const int indices = op->quantization.indices;
  return op->quantization.view || (indices >= 0 && node.outputs[static_cast<size_t>(indices)] == id);
}

std::vector<float> Carried(const graph::Tensor& tensor) {
  constexpr int64_t kExact = int64_t{1} << 24;
  for (const int64_t integer : tensor.constant->ints) {
    if (integer < -kExact || integer > kExact) {
      throw UnsupportedModel("'" + tensor.name + "' has the integer " + std::to_string(integer) +
                             ", which the float engine does not carry exactly (up to 2^24)");
    }
  }
  return {tensor.constant->ints.begin(), tensor.constant->ints.end()};
}

// Why a node cannot be run, for reasons that hold for every operator.
std::string CheckTensors(const graph::Graph& graph, const graph::Node& node) {
  for (const graph::TensorId id : node.outputs) {
    if (id == graph::kNoTensor) continue;
    const graph::Tensor& tensor = graph.tensor(id);
    if (!graph::IsKnown(tensor.shape)) return "the shape of '" + tensor.name + "' is not known before it runs";
    if (tensor.type != graph::ElementType::kFloat && !CarriesIntegers(graph, node, id)) {
      return "'" + tensor.name + "' is not a float tensor";
    }
    if (graph::ElementCount(tensor.shape) == 0) return "'" + tensor.name + "' has no elements";
  }
  for (const graph::TensorId id : node.inputs) {
    if (id == graph::kNoTensor) continue;
    const graph::Tensor& tensor = graph.tensor(id);
    if (!graph::IsKnown(tensor.shape)) return "the shape of '" + tensor.name + "' is not known before it runs";
    if (tensor.type != graph::ElementType::kFloat && !tensor.constant && !CarriesIntegers(graph, node, id)) {
      return "'" + tensor.name + "' is neither a float tensor nor constant";
    }
  }
  return {};
}

bool HoldsBools(const graph::Graph& graph, const std::vector<graph::TensorId>& ids) {
  return std::any_of(ids.begin(), ids.end(),
                     [&](graph::TensorId id) { return graph.tensor(id).type == graph::ElementType::kBool; });
}

}  // namespace

bool FitsPlan(const graph::Graph& graph) {
  return !HoldsBools(graph, graph.inputs) && !HoldsBools(graph, graph.outputs) &&
         std::all_of(graph.nodes.begin(), graph.nodes.end(),
                     [&](const graph::Node& node) { return CheckTensors(graph, node).empty(); });
}

PlanBuilder::PlanBuilder(const graph::Graph& graph, const FloatEngineOptions& options)
    : graph_(graph),
      options_(options),
      uses_(graph),
      values_(static_cast<size_t>(graph.tensor_count()), kNoValue),
      done_(graph.nodes.size(), false) {}

void PlanBuilder::CheckObserved() const {
  std::set<std::string> known;
  for (const graph::TensorId id : graph_.inputs) known.insert(graph_.tensor(id).name);
  for (const graph::Node& node : graph_.nodes) {
    for (const graph::TensorId id : node.outputs) {
      if (id != graph::kNoTensor) known.insert(graph_.tensor(id).name);
    }
    if (node.pre_activation != graph::kNoTensor) known.insert(graph_.tensor(node.pre_activation).name);
  }
  for (const std::string& name : options_.observed) {
    if (known.count(name) != 0) continue;
    throw UsageError("the model computes no tensor " + graph::Quoted(name) +
                     graph::DidYouMean(name, {known.begin(), known.end()}));
  }
}

void PlanBuilder::CheckNodes() const {
  std::string blockers;
  for (const auto* interface : {&graph_.inputs, &graph_.outputs}) {
    for (const graph::TensorId id : *interface) {
      const graph::Tensor& tensor = graph_.tensor(id);
      if (tensor.type != graph::ElementType::kBool) continue;  // what integers may do, their nodes say
      blockers += "\n  " + std::string(interface == &graph_.inputs ? "input" : "output") + " '" + tensor.name +
                  "' is not a float tensor";
    }
  }
  for (const graph::Node& node : graph_.nodes) {
    std::string reason = CheckTensors(graph_, node);
    if (reason.empty()) reason = OperatorFor(graph_, node).check(graph_, node);
    if (!reason.empty()) blockers += "\n  node '" + node.name + "' (" + node.op + "): " + reason;
  }
  if (!blockers.empty()) throw UnsupportedModel("the float engine cannot run '" + graph_.name + "':" + blockers);
}

bool PlanBuilder::IsWanted(graph::TensorId id) const {
  return id != graph::kNoTensor && (options_.observe_all || options_.observed.count(graph_.tensor(id).name) != 0);
}

ValueId PlanBuilder::Native(graph::TensorId id) {
  ValueId& value = values_[static_cast<size_t>(id)];
  if (value == kNoValue) {
    const graph::Tensor& tensor = graph_.tensor(id);
    if (tensor.constant && !tensor.constant->ints.empty()) {
      const std::vector<float> carried = Carried(tensor);
      value = plan_.AddConstant(tensor.shape, carried.data());
    } else {
      const auto count = static_cast<size_t>(graph::ElementCount(tensor.shape));
      if (!tensor.constant || tensor.constant->floats.size() != count) {
        throw UnsupportedModel("'" + tensor.name + "' is not a float tensor");
      }
      value = plan_.AddConstant(tensor.shape, tensor.constant->floats.data());
    }
  }
  return value;
}

// A copy, if other tensors have this memory too.
ValueId PlanBuilder::Alone(ValueId value) {
  const bool shared = std::count(values_.begin(), values_.end(), value) != 0;
  if (plan_.IsAlone(value) && !shared) return value;
  const ValueId copy = plan_.AddValue(plan_.value(value).shape, plan_.value(value).block);
  plan_.AddCopy(value, copy, 0);
  return copy;
}

void PlanBuilder::Define(graph::TensorId id, ValueId value) {
  if (IsWanted(id) && options_.keep_values) {
    value = Alone(value);
    kept[graph_.tensor(id).name] = value;
  }
  values_[static_cast<size_t>(id)] = value;
  if (!IsWanted(id) || options_.keep_values) return;
  const graph::Tensor& tensor = graph_.tensor(id);
  const bool as_it_is = options_.any_order && FillsBlocks(tensor.shape, plan_.value(value).block);
  channel_blocks[tensor.name] = as_it_is ? plan_.value(value).block : kPlain;
  plan_.AddWatch(tensor.name, tensor.shape, as_it_is ? value : plan_.InLayout(value, kPlain));
}

graph::Activation PlanBuilder::TakeActivation() {
  if (IsWanted(node_->pre_activation) || !IsPrimitive(node_->activation)) return {};
  activation_taken_ = true;
  return node_->activation;
}

std::optional<NodeContext::Residual> PlanBuilder::TakeResidual(const dnnl::memory::desc& like) {
  const graph::TensorId sum_part = node_->outputs[0];
  const auto& consumers = uses_.consumers[static_cast<size_t>(sum_part)];
  const bool activation_pending = node_->activation.kind != graph::ActivationKind::kNone && !activation_taken_;
  if (activation_pending || consumers.size() != 1 || uses_.is_output[static_cast<size_t>(sum_part)] ||
      IsWanted(sum_part)) {
    return std::nullopt;
  }
  const graph::Node& add = graph_.nodes[static_cast<size_t>(consumers[0])];
  if (add.op != "Add" || add.inputs.size() != 2 || add.inputs[0] == add.inputs[1] || IsWanted(add.pre_activation)) {
    return std::nullopt;
  }
  const graph::TensorId other = add.inputs[0] == sum_part ? add.inputs[1] : add.inputs[0];
  const ValueId value = values_[static_cast<size_t>(other)];
  if (value == kNoValue || plan_.IsConstant(value) || plan_.value(value).desc != like) return std::nullopt;
  done_[static_cast<size_t>(consumers[0])] = true;
  result_tensor_ = add.outputs[0];
  return Residual{value, add.activation};
}

void PlanBuilder::BuildNode(size_t index) {
  node_ = &graph_.nodes[index];
  activation_taken_ = false;
  result_tensor_ = node_->outputs[0];
  plan_.BeginNode("node '" + node_->name + "' (" + node_->op + ") of shape " +
                  graph::ToString(graph_.tensor(node_->outputs[0]).shape));
  std::vector<ValueId> results;
  try {
    results = OperatorFor(graph_, *node_).build(*this, *node_);
  } catch (const dnnl::error& error) {
    throw plan_.Refusal(error);
  }
  if (!activation_taken_ && node_->activation.kind != graph::ActivationKind::kNone) {
    if (node_->pre_activation != graph::kNoTensor) Define(node_->pre_activation, results[0]);
    results[0] = ApplyActivation(plan_, results[0], node_->activation);
  }
  Define(result_tensor_, results[0]);
  for (size_t i = 1; i < results.size(); ++i) Define(node_->outputs[i], results[i]);
}

Plan PlanBuilder::Build() {
  CheckObserved();
  CheckNodes();
  std::vector<ValueId> lasting;
  for (const graph::TensorId id : graph_.inputs) {
    const ValueId value = plan_.AddValue(graph_.tensor(id).shape, kPlain);
    inputs[graph_.tensor(id).name] = value;
    lasting.push_back(value);
    Define(id, value);
  }
  for (size_t i = 0; i < graph_.nodes.size(); ++i) {
    if (!done_[i]) BuildNode(i);
  }
  for (const graph::TensorId id : graph_.outputs) {
    plan_.BeginNode("output '" + graph_.tensor(id).name + "' of shape " + graph::ToString(graph_.tensor(id).shape));
    const ValueId value = plan_.InLayout(Native(id), kPlain);
    outputs[graph_.tensor(id).name] = value;
    lasting.push_back(value);
  }
  plan_.Finish(lasting, options_.keep_values ? Plan::Memory::kKeepAll : Plan::Memory::kShare);
  return std::move(plan_);
}

}  // namespace lockstep::engine
