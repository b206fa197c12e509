#include "optimize/never_negative.h"

#include <algorithm>
#include <cmath>

#include "graph/constants.h"
#include "ops/op_table.h"

namespace lockstep::optimize {
namespace {

using graph::Node;
using graph::TensorId;

constexpr int kSteps = 6;

bool IsIn(const std::string& op, std::initializer_list<const char*> list) {
  return std::any_of(list.begin(), list.end(), [&op](const char* one) { return op == one; });
}

class Search {
 public:
  Search(const graph::Graph& graph, const graph::Uses& uses, const std::set<TensorId>& known)
      : graph_(graph), uses_(uses), known_(known) {}

  bool Holds(TensorId id, int steps) const {
    if (id == graph::kNoTensor || known_.count(id) != 0) return true;
    if (const auto& constant = graph_.tensor(id).constant) {
      return std::none_of(constant->floats.begin(), constant->floats.end(), [](float value) { return value < 0.0F; });
    }
    const int32_t producer = uses_.producer[static_cast<size_t>(id)];
    return producer >= 0 && steps > 0 && IsOf(graph_.nodes[static_cast<size_t>(producer)], steps - 1);
  }

 private:
  bool All(const Node& node, int steps) const {
    return std::all_of(node.inputs.begin(), node.inputs.end(), [&](TensorId id) { return Holds(id, steps); });
  }

  bool StartsAtZero(const Node& clip) const {
    if (clip.inputs.size() < 2 || !graph::IsConstant(graph_, clip.inputs[1])) return false;
    const std::vector<float>& low = graph_.tensor(clip.inputs[1]).constant->floats;
    return low.size() == 1 && low[0] >= 0.0F;
  }

  // Of what a function fused behind a node makes, whatever it gets.
  static bool IsOf(const graph::Activation& activation) {
    using graph::ActivationKind;
    const ActivationKind kind = activation.kind;
    return kind == ActivationKind::kRelu || kind == ActivationKind::kSigmoid || kind == ActivationKind::kExp ||
           (kind == ActivationKind::kClip && activation.alpha >= 0.0 && activation.beta >= 0.0);
  }

  bool IsOf(const Node& node, int steps) const {
    if (node.activation.kind != graph::ActivationKind::kNone) return IsOf(node.activation);
    const ops::Op* op = ops::FindOp(node.op);
    if (op == nullptr) return false;
    if (op->quantization.range != ops::FixedRange::kNone) return true;
    if (IsIn(node.op,
             {"Relu", "Abs", "Exp", "Sqrt", "HardSigmoid", "Softplus", "ReduceL1", "ReduceL2", "ReduceSumSquare"}))
      return true;
    if (node.op == "Clip") {
      const bool ends_above = node.inputs.size() < 3 || Holds(node.inputs[2], steps);
      return ends_above && (StartsAtZero(node) || Holds(node.inputs[0], steps));
    }
    if (node.op == "Mul" && node.inputs[0] == node.inputs[1]) return true;
    if (node.op == "Pow" && graph::IsConstant(graph_, node.inputs[1])) {
      const std::vector<float>& exponents = graph_.tensor(node.inputs[1]).constant->floats;
      const auto even = [](float exponent) { return std::fmod(exponent, 2.0F) == 0.0F; };
      return std::all_of(exponents.begin(), exponents.end(), even) || Holds(node.inputs[0], steps);
    }
    if (node.op == "Resize" && node.String("mode", "nearest") == "cubic") return false;
    if (node.op == "Pad") return node.inputs.size() < 3 ? Holds(node.inputs[0], steps) : All(node, steps);
    if (IsIn(node.op, {"Add", "Concat", "Div", "Max", "Mean", "Min", "Mul", "Sum"})) return All(node, steps);
    const bool moves =
        op->quantization.shares_scale || IsIn(node.op, {"AveragePool", "GlobalAveragePool", "GlobalMaxPool", "Identity",
                                                        "ReduceMax", "ReduceMean", "ReduceMin", "ReduceSum", "Resize"});
    return moves && Holds(node.inputs[0], steps);
  }

  const graph::Graph& graph_;
  const graph::Uses& uses_;
  const std::set<TensorId>& known_;
};

}  // namespace

bool NeverNegative(const graph::Graph& graph, const graph::Uses& uses, TensorId id, const std::set<TensorId>& known) {
  return Search(graph, uses, known).Holds(id, kSteps);
}

}  // namespace lockstep::optimize
