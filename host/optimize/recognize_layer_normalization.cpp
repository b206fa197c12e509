#include <algorithm>

#include "optimize/origins.h"
#include "optimize/pass.h"

namespace lockstep::optimize {
namespace {

using graph::Graph;
using graph::kNoTensor;
using graph::Node;
using graph::Shape;
using graph::TensorId;

struct Normalisation {
  TensorId x = kNoTensor;
  int64_t axis = -1;
  float epsilon = 0.0F;
};

// x - mean(x): x and the first axis, else kNoTensor.
Normalisation Centred(const Graph& graph, Origins& origins, TensorId id) {
  const Node* difference = origins.Of(id, "Sub");
  if (difference == nullptr) return {};
  const Node* mean = origins.Of(difference->inputs[1], "ReduceMean");
  if (mean == nullptr || mean->inputs[0] != difference->inputs[0]) return {};
  const int64_t axis = FirstOfLastAxes(graph, *mean);
  if (axis < 0) return {};
  return {difference->inputs[0], axis, 0.0F};
}

// sqrt(mean((x - mean(x))^2) + epsilon), the differences computed here or once for all.
Normalisation Deviation(const Graph& graph, Origins& origins, TensorId id) {
  const Node* root = origins.Of(id, "Sqrt");
  const Node* sum = root == nullptr ? nullptr : origins.Of(root->inputs[0], "Add");
  if (sum == nullptr) return {};
  for (const size_t side : {size_t{0}, size_t{1}}) {
    double epsilon = 0.0;
    if (!IsUniform(graph, sum->inputs[side], &epsilon) || !(epsilon >= 0.0)) continue;
    const Node* mean = origins.Of(sum->inputs[1 - side], "ReduceMean");
    if (mean == nullptr) continue;
    Normalisation found = Centred(graph, origins, Squared(graph, origins, mean->inputs[0]));
    if (FirstOfLastAxes(graph, *mean) != found.axis) return {};
    found.epsilon = static_cast<float>(epsilon);
    return found;
  }
  return {};
}

// Differences over their deviation.
Normalisation Match(const Graph& graph, Origins& origins, const Node& last) {
  const Quotient quotient = QuotientOf(graph, origins, last);
  if (quotient.dividend == kNoTensor) return {};
  const Normalisation above = Centred(graph, origins, quotient.dividend);
  const Normalisation below = Deviation(graph, origins, quotient.divisor);
  return above.x == below.x && above.axis == below.axis ? below : Normalisation{};
}

bool RewriteCore(Graph& graph, const graph::Uses& uses, size_t index) {
  const Node& last = graph.nodes[index];
  if (last.activation.kind != graph::ActivationKind::kNone) return false;
  Origins origins(graph, uses);
  const Normalisation found = Match(graph, origins, last);
  if (found.x == kNoTensor || !graph::IsKnown(graph.tensor(found.x).shape)) return false;
  const Shape& shape = graph.tensor(found.x).shape;
  if (shape != graph.tensor(last.outputs[0]).shape) return false;  // a constant adds axes
  const Shape row(shape.begin() + found.axis, shape.end());
  Node made{"LayerNormalization",
            last.name,
            {found.x},
            last.outputs,
            {{"axis", found.axis}, {"epsilon", found.epsilon}},
            {},
            kNoTensor,
            {}};
  for (const Node* node : origins.Found()) InheritNodes(made, *node);
  InheritNodes(made, last);
  made.inputs.push_back(graph::AddFloats(graph, last.name + "_scale", row,
                                         std::vector<float>(static_cast<size_t>(graph::ElementCount(row)), 1.0F)));
  graph.nodes[index] = std::move(made);
  return true;
}

// Whether the constant has an entry for the elements of a row alone.
bool FitsRow(const Graph& graph, TensorId constant, const Node& norm) {
  if (!graph::IsConstant(graph, constant)) return false;
  Shape shape = graph.tensor(constant).shape;
  const Shape& x = graph.tensor(norm.inputs[0]).shape;
  const size_t row = x.size() - static_cast<size_t>(norm.Int("axis", 0));
  if (shape.size() > x.size()) return false;
  while (shape.size() > row) {
    if (shape.front() != 1) return false;
    shape.erase(shape.begin());
  }
  for (size_t back = 1; back <= shape.size(); ++back) {
    const int64_t extent = shape[shape.size() - back];
    if (extent != 1 && extent != x[x.size() - back]) return false;
  }
  return true;
}

TensorId WithoutLeadingAxes(Graph& graph, TensorId constant, const Node& norm) {
  const size_t row = graph.tensor(norm.inputs[0]).shape.size() - static_cast<size_t>(norm.Int("axis", 0));
  Shape shape = graph.tensor(constant).shape;
  if (shape.size() <= row) return constant;
  shape.erase(shape.begin(), shape.end() - static_cast<std::ptrdiff_t>(row));
  const std::string name = graph.tensor(constant).name;
  return graph::AddFloats(graph, name, shape, graph.tensor(constant).constant->floats);
}

// The scale of a normalisation that has none yet, or its bias.
bool RewriteAffine(Graph& graph, const graph::Uses& uses, size_t index) {
  const Node& last = graph.nodes[index];
  if ((last.op != "Mul" && last.op != "Add") || last.activation.kind != graph::ActivationKind::kNone) return false;
  for (const size_t side : {size_t{0}, size_t{1}}) {
    const TensorId before = last.inputs[1 - side];
    if (OnlyConsumer(uses, before) < 0) continue;
    const Node* norm = ProducerOf(graph, uses, before);
    if (norm == nullptr || norm->op != "LayerNormalization" || norm->activation.kind != graph::ActivationKind::kNone)
      continue;
    if (norm->outputs.size() > 1 || norm->inputs.size() > 2 || !FitsRow(graph, last.inputs[side], *norm)) continue;
    double scale = 0.0;
    const bool plain = IsUniform(graph, norm->inputs[1], &scale) && scale == 1.0;
    if (last.op == "Mul" && !plain) continue;
    Node made = *norm;
    made.outputs = last.outputs;
    InheritNodes(made, last);
    const TensorId constant = WithoutLeadingAxes(graph, graph.nodes[index].inputs[side], made);
    if (graph.nodes[index].op == "Mul") {
      made.inputs[1] = constant;
    } else {
      made.inputs.push_back(constant);
    }
    graph.nodes[index] = std::move(made);
    return true;
  }
  return false;
}

bool Rewrite(Graph& graph, const graph::Uses& uses, size_t index) {
  return RewriteCore(graph, uses, index) || RewriteAffine(graph, uses, index);
}

}  // namespace

int RecognizeLayerNormalization(Graph& graph) { return RewriteAll(graph, Rewrite); }

}  // namespace lockstep::optimize
