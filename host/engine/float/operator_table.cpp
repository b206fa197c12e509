#include "engine/float/operator_table.h"

#include <map>

namespace lockstep::engine {

std::string AcceptAny(const graph::Graph& /*graph*/, const graph::Node& /*node*/) { return {}; }

bool HasInput(const graph::Node& node, size_t index) {
  return index < node.inputs.size() && node.inputs[index] != graph::kNoTensor;
}

std::string CheckParameters(const graph::Graph& graph, const graph::Node& node) {
  for (size_t i = 1; i < node.inputs.size(); ++i) {
    if (!HasInput(node, i)) continue;
    const graph::Tensor& tensor = graph.tensor(node.inputs[i]);
    if (!tensor.constant) return "its parameter '" + tensor.name + "' is not constant";
  }
  return {};
}

const Operator& OperatorFor(const graph::Graph& graph, const graph::Node& node) {
  static const Operator kEvaluated = {CheckEvaluated, BuildEvaluated};
  static const std::map<std::string, Operator> kOperators = {
      {"Add", {AcceptAny, BuildBinary}},
      {"AveragePool", {CheckPool, BuildPool}},
      {"BatchNormalization", {CheckBatchNormalization, BuildBatchNormalization}},
      {"Clip", {CheckActivation, BuildActivation}},
      {"Concat", {AcceptAny, BuildConcat}},
      {"Conv", {AcceptAny, BuildConv}},
      {"Div", {AcceptAny, BuildBinary}},
      {"Dropout", {AcceptAny, BuildReshape}},
      {"Elu", {CheckActivation, BuildActivation}},
      {"Exp", {CheckActivation, BuildActivation}},
      {"Flatten", {AcceptAny, BuildReshape}},
      {"Gelu", {CheckActivation, BuildActivation}},
      {"Gemm", {AcceptAny, BuildGemm}},
      {"GlobalAveragePool", {AcceptAny, BuildGlobalPool}},
      {"GlobalMaxPool", {AcceptAny, BuildGlobalPool}},
      {"HardSigmoid", {CheckActivation, BuildActivation}},
      {"HardSwish", {CheckActivation, BuildActivation}},
      {"Identity", {AcceptAny, BuildReshape}},
      {"LeakyRelu", {CheckActivation, BuildActivation}},
      {"MatMul", {AcceptAny, BuildMatMul}},
      {"Max", {AcceptAny, BuildBinary}},
      {"MaxPool", {CheckPool, BuildPool}},
      {"Min", {AcceptAny, BuildBinary}},
      {"Mish", {CheckActivation, BuildActivation}},
      {"Mul", {AcceptAny, BuildBinary}},
      {"Pad", {CheckPad, BuildPad}},
      {"Relu", {CheckActivation, BuildActivation}},
      {"Reshape", {AcceptAny, BuildReshape}},
      {"Resize", {CheckResize, BuildResize}},
      {"SiLU", {CheckActivation, BuildActivation}},
      {"Sigmoid", {CheckActivation, BuildActivation}},
      {"Slice", {CheckParameters, BuildSlice}},
      {"Softmax", {AcceptAny, BuildSoftmax}},
      {"Softplus", {CheckActivation, BuildActivation}},
      {"Split", {AcceptAny, BuildSplit}},
      {"Squeeze", {AcceptAny, BuildReshape}},
      {"Sub", {AcceptAny, BuildBinary}},
      {"Tanh", {CheckActivation, BuildActivation}},
      {"Transpose", {AcceptAny, BuildTranspose}},
      {"Unsqueeze", {AcceptAny, BuildReshape}},
  };
  const auto found = kOperators.find(node.op);
  if (found == kOperators.end()) return kEvaluated;
  const bool refused = !found->second.check(graph, node).empty();
  return refused && CheckEvaluated(graph, node).empty() ? kEvaluated : found->second;
}

bool HasPrimitive(const graph::Graph& graph, const graph::Node& node) {
  const Operator& found = OperatorFor(graph, node);
  return found.build != BuildEvaluated && found.check(graph, node).empty();
}

}  // namespace lockstep::engine
