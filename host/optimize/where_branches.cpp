#include "optimize/where_branches.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "graph/constants.h"
#include "ops/op_table.h"

namespace lockstep::optimize {
namespace {

using graph::ActivationKind;
using graph::Graph;
using graph::Node;
using graph::TensorId;

// Whether no number of a constant, times `sign`, is near what stands for infinity.
bool StaysFarBelow(const Graph& graph, TensorId id, float sign) {
  constexpr float kLargest = 4194304.0F;
  const auto& constant = graph.tensor(id).constant;
  return !constant ||
         std::all_of(constant->floats.begin(), constant->floats.end(), [&](float x) { return sign * x <= kLargest; });
}

// Less something, it stays minus infinity. Taken from something, it is plus infinity, but where it is the largest of
// the same numbers, as in a Softmax in its parts.
bool SubCarries(const Graph& graph, const graph::Uses& uses, const Node& sub, TensorId infinite) {
  if (sub.inputs[1] != infinite) return StaysFarBelow(graph, sub.inputs[1], -1.0F);
  const int32_t maker = uses.producer[static_cast<size_t>(infinite)];
  if (maker < 0) return false;
  const Node& node = graph.nodes[static_cast<size_t>(maker)];
  return node.op == "ReduceMax" && node.inputs[0] == sub.inputs[0];
}

// Minus infinity stays what it is, or meets a number that it is far below.
bool CarriesInfinity(const Graph& graph, const graph::Uses& uses, const Node& node, TensorId infinite) {
  const ops::Op* op = ops::FindOp(node.op);
  if (op != nullptr && op->quantization.view) return true;
  if (node.op == "Sub") return SubCarries(graph, uses, node, infinite);
  if (node.op == "Add") return StaysFarBelow(graph, node.inputs[0], 1.0F) && StaysFarBelow(graph, node.inputs[1], 1.0F);
  return node.op == "Concat" || node.op == "Expand" || node.op == "Where" || node.op == "ReduceMax";
}

bool OnlyPowersSee(const Graph& graph, const graph::Uses& uses, TensorId id) {
  std::vector<TensorId> open = {id};
  std::set<TensorId> seen = {id};
  while (!open.empty()) {
    const TensorId infinite = open.back();
    const auto at = static_cast<size_t>(infinite);
    open.pop_back();
    if (uses.is_output[at] || uses.consumers[at].empty()) return false;
    for (const int32_t reader : uses.consumers[at]) {
      const Node& node = graph.nodes[static_cast<size_t>(reader)];
      if (node.op == "Softmax" || node.op == "Exp") continue;
      if (!CarriesInfinity(graph, uses, node, infinite)) return false;
      for (const TensorId output : node.outputs) {
        if (output != graph::kNoTensor && seen.insert(output).second) open.push_back(output);
      }
    }
  }
  return true;
}

}  // namespace

bool BranchesFit(const Graph& graph, const graph::Uses& uses, const Node& where) {
  bool finite = true;
  for (const size_t branch : {size_t{1}, size_t{2}}) {
    const graph::Tensor& tensor = graph.tensor(where.inputs[branch]);
    if (!tensor.constant) continue;
    for (const float x : tensor.constant->floats) {
      if (std::isnan(x) || x == HUGE_VALF) return false;
      finite = finite && std::isfinite(x);
    }
  }
  return finite || OnlyPowersSee(graph, uses, where.outputs[0]);
}

TensorId RiskyInput(const Graph& graph, const Node& node) {
  if (node.op == "Div") return graph::IsConstant(graph, node.inputs[1]) ? graph::kNoTensor : node.inputs[1];
  const ActivationKind kind = graph::ActivationOf(graph, node).kind;
  const bool overflows = kind == ActivationKind::kExp || kind == ActivationKind::kSinh || kind == ActivationKind::kCosh;
  return overflows || graph::BehaviourOf(kind) == graph::Behaviour::kPartial ? node.inputs[0] : graph::kNoTensor;
}

std::set<TensorId> MadeFrom(const Graph& graph, const graph::Uses& uses, TensorId id) {
  std::vector<TensorId> open = {id};
  std::set<TensorId> seen = {id};
  while (!open.empty()) {
    const int32_t maker = uses.producer[static_cast<size_t>(open.back())];
    open.pop_back();
    if (maker < 0) continue;
    for (const TensorId input : graph.nodes[static_cast<size_t>(maker)].inputs) {
      if (input != graph::kNoTensor && seen.insert(input).second) open.push_back(input);
    }
  }
  return seen;
}

}  // namespace lockstep::optimize
