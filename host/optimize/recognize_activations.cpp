#include <cmath>

#include "optimize/graph_edit.h"
#include "optimize/pass.h"

namespace lockstep::optimize {
namespace {

using graph::Activation;
using graph::ActivationKind;
using graph::Graph;
using graph::kNoTensor;
using graph::Node;
using graph::TensorId;

bool Near(double a, double b) { return std::abs(a - b) <= 1e-4 * std::abs(b); }

// A look at the nodes behind a tensor: patterns are matched from their last node backwards, over tensors that nothing
// else reads.
class Matcher {
 public:
  Matcher(Graph& graph, const graph::Uses& uses) : graph_(graph), uses_(uses) {}

  // The node that makes `id`, if `id` is read by one node alone and is no graph output.
  const Node* Inner(TensorId id) {
    if (id == kNoTensor || OnlyConsumer(uses_, id) < 0) return nullptr;
    const Node* node = ProducerOf(graph_, uses_, id);
    if (node == nullptr || node->activation.kind != ActivationKind::kNone) return nullptr;
    visited_.push_back(node);
    return node;
  }

  // If `node` is `op` (Add, Mul, Div) of a tensor and the number `value`: the tensor, else kNoTensor.
  TensorId WithNumber(const Node* node, const char* op, double value) const {
    if (node == nullptr || node->op != op || node->inputs.size() != 2) return kNoTensor;
    for (const size_t constant : {size_t{1}, size_t{0}}) {
      double found = 0.0;
      if (IsUniform(graph_, node->inputs[constant], &found) && Near(found, value) &&
          graph_.tensor(node->outputs[0]).shape == graph_.tensor(node->inputs[1 - constant]).shape) {
        return node->inputs[1 - constant];
      }
      if (node->op == "Div") break;
    }
    return kNoTensor;
  }

  // A tensor times `value`, written as Mul or as Div.
  TensorId Scaled(const Node* node, double value) const {
    const TensorId product = WithNumber(node, "Mul", value);
    return product != kNoTensor ? product : WithNumber(node, "Div", 1.0 / value);
  }

  Activation Unary(const Node* node) const { return node == nullptr ? Activation{} : ActivationOf(graph_, *node); }
  const std::vector<const Node*>& visited() const { return visited_; }
  void Forget() { visited_.clear(); }

 private:
  Graph& graph_;
  const graph::Uses& uses_;
  std::vector<const Node*> visited_;
};

struct Found {
  std::string op;
  TensorId x = kNoTensor;
  std::map<std::string, graph::Attribute> attributes;
};

bool IsClip(const Activation& activation, double low, double high) {
  return activation.kind == ActivationKind::kClip && activation.alpha == low && activation.beta == high;
}

// Clip(x + 3, 0, 6): x, else kNoTensor.
TensorId ShiftedClip(Matcher& match, TensorId id) {
  const Node* clip = match.Inner(id);
  if (!IsClip(match.Unary(clip), 0.0, 6.0)) return kNoTensor;
  return match.WithNumber(match.Inner(clip->inputs[0]), "Add", 3.0);
}

// `gate` is what `x` is multiplied with.
Found Gated(Matcher& match, TensorId x, TensorId gate) {
  const Node* node = match.Inner(gate);
  const Activation activation = match.Unary(node);
  if (activation.kind == ActivationKind::kSigmoid && node->inputs[0] == x) return {"SiLU", x, {}};
  if (activation.kind == ActivationKind::kHardSigmoid && node->inputs[0] == x && Near(activation.alpha, 1.0 / 6.0) &&
      Near(activation.beta, 0.5)) {
    return {"HardSwish", x, {}};
  }
  if (activation.kind == ActivationKind::kTanh) {
    const Node* softplus = match.Inner(node->inputs[0]);
    if (match.Unary(softplus).kind == ActivationKind::kSoftplus && softplus->inputs[0] == x) return {"Mish", x, {}};
  }
  return {};
}

// 1 + erf(x / sqrt(2)): x, else kNoTensor.
TensorId ErfGate(Matcher& match, TensorId id) {
  const Node* erf = match.Inner(match.WithNumber(match.Inner(id), "Add", 1.0));
  if (erf == nullptr || erf->op != "Erf") return kNoTensor;
  return match.Scaled(match.Inner(erf->inputs[0]), std::sqrt(0.5));
}

// x^3: x, else kNoTensor.
TensorId Cubed(Matcher& match, TensorId id) {
  const Node* node = match.Inner(id);
  const Activation power = match.Unary(node);
  if (power.kind == ActivationKind::kPow) return power.alpha == 3.0 ? node->inputs[0] : kNoTensor;
  if (node == nullptr || node->op != "Mul") return kNoTensor;
  for (const size_t side : {size_t{0}, size_t{1}}) {
    const TensorId x = node->inputs[side];
    const Node* square = match.Inner(node->inputs[1 - side]);
    if (square != nullptr && square->op == "Mul" && square->inputs[0] == x && square->inputs[1] == x) return x;
  }
  return kNoTensor;
}

// 1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3)): x, else kNoTensor.
TensorId TanhGate(Matcher& match, TensorId id) {
  const Node* tanh = match.Inner(match.WithNumber(match.Inner(id), "Add", 1.0));
  if (match.Unary(tanh).kind != ActivationKind::kTanh) return kNoTensor;
  const Node* sum = match.Inner(match.Scaled(match.Inner(tanh->inputs[0]), std::sqrt(2.0 / M_PI)));
  if (sum == nullptr || sum->op != "Add") return kNoTensor;
  for (const size_t side : {size_t{0}, size_t{1}}) {
    const TensorId x = sum->inputs[side];
    if (Cubed(match, match.Scaled(match.Inner(sum->inputs[1 - side]), 0.044715)) == x) return x;
  }
  return kNoTensor;
}

// The factor beside x / 2 of either Gelu.
Found Gate(Matcher& match, TensorId id) {
  const TensorId exact = ErfGate(match, id);
  if (exact != kNoTensor) return {"Gelu", exact, {}};
  return {"Gelu", TanhGate(match, id), {{"approximate", std::string("tanh")}}};
}

// x * gate * 0.5 in the orders that exporters write.
Found Gelu(Matcher& match, const Node& last) {
  const TensorId doubled = match.Scaled(&last, 0.5);
  if (doubled != kNoTensor) {
    const Node* product = match.Inner(doubled);
    if (product == nullptr || product->op != "Mul") return {};
    for (const size_t side : {size_t{0}, size_t{1}}) {
      const TensorId x = product->inputs[side];
      Found gated = Gate(match, product->inputs[1 - side]);
      if (gated.x == x) return gated;
    }
    return {};
  }
  if (last.op != "Mul") return {};
  for (const size_t side : {size_t{0}, size_t{1}}) {
    const TensorId left = last.inputs[side];
    const TensorId right = last.inputs[1 - side];
    match.Forget();  // (x * 0.5) * gate
    Found gated = Gate(match, right);
    if (gated.x != kNoTensor && match.Scaled(match.Inner(left), 0.5) == gated.x) return gated;
    match.Forget();  // x * (gate * 0.5)
    const TensorId gate = match.Scaled(match.Inner(right), 0.5);
    if (gate == kNoTensor) continue;
    Found halved = Gate(match, gate);
    if (halved.x == left) return halved;
  }
  return {};
}

Found Match(Matcher& match, const Graph& graph, const Node& last) {
  if (last.inputs.size() != 2 || last.activation.kind != ActivationKind::kNone) return {};
  // x * Clip(x + 3, 0, 6) / 6, and Clip(x + 3, 0, 6) / 6 alone.
  const TensorId six = match.Scaled(&last, 1.0 / 6.0);
  if (six != kNoTensor) {
    const Node* product = match.Inner(six);
    if (product != nullptr && product->op == "Mul") {
      for (const size_t side : {size_t{0}, size_t{1}}) {
        match.Forget();
        match.Inner(six);
        const TensorId x = ShiftedClip(match, product->inputs[1 - side]);
        if (x != kNoTensor && x == product->inputs[side]) return {"HardSwish", x, {}};
      }
    }
    match.Forget();
    const TensorId x = ShiftedClip(match, six);
    if (x != kNoTensor) return {"HardSigmoid", x, {{"alpha", 1.0F / 6.0F}, {"beta", 0.5F}}};
  }
  match.Forget();
  if (last.op == "Mul" && graph.tensor(last.inputs[0]).shape == graph.tensor(last.inputs[1]).shape) {
    for (const size_t side : {size_t{0}, size_t{1}}) {
      match.Forget();
      Found found = Gated(match, last.inputs[side], last.inputs[1 - side]);
      if (found.x != kNoTensor) return found;
    }
  }
  match.Forget();
  return Gelu(match, last);
}

bool Rewrite(Graph& graph, const graph::Uses& uses, size_t index) {
  if (graph.nodes[index].op != "Mul" && graph.nodes[index].op != "Div") return false;
  Matcher match(graph, uses);
  Found found = Match(match, graph, graph.nodes[index]);
  if (found.x == kNoTensor) return false;
  Node made{found.op,
            graph.nodes[index].name,
            {found.x},
            graph.nodes[index].outputs,
            std::move(found.attributes),
            {},
            kNoTensor,
            {}};
  const std::vector<const Node*>& inner = match.visited();
  for (auto node = inner.rbegin(); node != inner.rend(); ++node) InheritNodes(made, **node);
  InheritNodes(made, graph.nodes[index]);
  graph.nodes[index] = std::move(made);
  return true;
}

}  // namespace

int RecognizeActivations(Graph& graph) { return RewriteAll(graph, Rewrite); }

}  // namespace lockstep::optimize
