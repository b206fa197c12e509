// Operators that oneDNN has no primitive for: their own plain loops (ops::Op::evaluation), in ONNX order.
#include <algorithm>
#include <memory>

#include "engine/float/operator_table.h"
#include "graph/error.h"
#include "ops/op_table.h"

namespace lockstep::engine {
namespace {

// One node with copies of its tensors, for a plan that outlives the graph.
class Evaluated {
 public:
  Evaluated(const graph::Graph& graph, const graph::Node& node) : node_(node) {
    for (auto* list : {&node_.inputs, &node_.outputs}) {
      for (graph::TensorId& id : *list) {
        if (id == graph::kNoTensor) continue;
        const graph::Tensor& tensor = graph.tensor(id);
        const graph::TensorId known = graph_.Find(tensor.name);
        id = known == graph::kNoTensor ? graph_.AddTensor(tensor) : known;
      }
    }
    node_.activation = {};
    node_.pre_activation = graph::kNoTensor;
  }

  // `data`: the inputs that are not constant, in order.
  ops::Results Run(const std::vector<const float*>& data) const {
    std::vector<ops::Value> values(node_.inputs.size());
    ops::ValueInputs inputs(node_.inputs.size(), nullptr);
    size_t next = 0;
    for (size_t i = 0; i < inputs.size(); ++i) {
      if (node_.inputs[i] == graph::kNoTensor) continue;
      const graph::Tensor& tensor = graph_.tensor(node_.inputs[i]);
      values[i] = {tensor.type, tensor.shape, {}};
      if (tensor.constant) {
        values[i].data = *tensor.constant;
      } else {
        const float* first = data[next++];
        if (values[i].is_float()) {
          values[i].data.floats.assign(first, first + values[i].count());
        } else {
          values[i].data.ints.assign(first, first + values[i].count());
        }
      }
      inputs[i] = &values[i];
    }
    return ops::EvaluateNode(graph_, node_, inputs);
  }

  std::vector<graph::TensorId> Computed(const graph::Graph& graph, const graph::Node& node) const {
    std::vector<graph::TensorId> ids;
    std::copy_if(node.inputs.begin(), node.inputs.end(), std::back_inserter(ids),
                 [&](graph::TensorId id) { return id != graph::kNoTensor && !graph.tensor(id).constant; });
    return ids;
  }

 private:
  graph::Graph graph_;
  graph::Node node_;
};

}  // namespace

std::string CheckEvaluated(const graph::Graph& graph, const graph::Node& node) {
  const ops::Op* op = ops::FindOp(node.op);
  if (op == nullptr || op->evaluation.function == nullptr) return "operator '" + node.op + "' is not supported";
  // Whether its loops take these types and attributes shows in a trial with zeros.
  const Evaluated evaluated(graph, node);
  std::vector<std::vector<float>> zeros;
  for (const graph::TensorId id : evaluated.Computed(graph, node)) {
    zeros.emplace_back(static_cast<size_t>(graph::ElementCount(graph.tensor(id).shape)), 0.0F);
  }
  std::vector<const float*> data;
  data.reserve(zeros.size());
  for (const std::vector<float>& one : zeros) data.push_back(one.data());
  return evaluated.Run(data) ? "" : "operator '" + node.op + "' is not supported with these attributes";
}

std::vector<ValueId> BuildEvaluated(NodeContext& context, const graph::Node& node) {
  const graph::Graph& graph = context.graph();
  const auto evaluated = std::make_shared<Evaluated>(graph, node);
  std::vector<ValueId> inputs;
  for (const graph::TensorId id : evaluated->Computed(graph, node)) inputs.push_back(context.Plain(id));
  std::vector<ValueId> outputs;
  for (size_t i = 0; i < node.outputs.size(); ++i) {
    outputs.push_back(context.plan().AddValue(graph.tensor(node.outputs[i]).shape, kPlain));
    const std::string name = node.name;
    context.plan().AddLoop(inputs, outputs.back(), [=](const std::vector<const float*>& data, float* to) {
      const ops::Results results = evaluated->Run(data);
      if (!results) throw UnsupportedModel("node '" + name + "' does not compute these values");
      const ops::Value& result = (*results)[i];
      if (result.is_float()) {
        std::copy(result.data.floats.begin(), result.data.floats.end(), to);
      } else {
        std::transform(result.data.ints.begin(), result.data.ints.end(), to,
                       [](int64_t integer) { return static_cast<float>(integer); });
      }
    });
  }
  return outputs;
}

}  // namespace lockstep::engine
