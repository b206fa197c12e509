#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include "graph/resize.h"
#include "optimize/graph_edit.h"
#include "optimize/optimize.h"

namespace lockstep::optimize {
namespace {

using graph::Graph;
using graph::kNoTensor;
using graph::Node;
using graph::Shape;
using graph::TensorId;

// Gives the reason why a node cannot be compiled, empty if it can. Shapes of inputs and outputs are known.
using Check = std::function<std::string(const Graph&, const Node&)>;

std::string Supported(const Graph&, const Node&) { return {}; }

std::string ImageOnly(const Graph& graph, TensorId id) {
  const Shape& shape = graph.tensor(id).shape;
  return shape.size() == 4 ? "" : "its input is " + graph::ToString(shape) + "; only images of rank 4 are supported";
}

bool AllFinite(const Graph& graph, TensorId id) {
  const auto& values = graph.tensor(id).constant->floats;
  return std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); });
}

// A pool leaves the padding out, so that a window that lies in it alone has no elements.
std::string PaddingWithinWindow(const Node& node) {
  const std::vector<int64_t> kernel = node.Ints("kernel_shape", {1, 1});
  const std::vector<int64_t> pads = node.Ints("pads", {0, 0, 0, 0});
  for (size_t i = 0; i < pads.size(); ++i) {
    if (pads[i] >= kernel[i % 2]) return "its padding is as large as its window, so that windows may be empty";
  }
  return {};
}

std::string CheckConv(const Graph& graph, const Node& node) {
  std::string reason = ImageOnly(graph, node.inputs[0]);
  if (!reason.empty()) return reason;
  for (size_t i = 1; i < node.inputs.size(); ++i) {
    if (node.inputs[i] == kNoTensor) continue;
    if (!IsConstant(graph, node.inputs[i])) return i == 1 ? "its weights are computed" : "its bias is computed";
    if (!AllFinite(graph, node.inputs[i])) {
      return i == 1 ? "its weights contain infinity or NaN" : "its bias contains infinity or NaN";
    }
  }
  return {};
}

std::string CheckPool(const Graph& graph, const Node& node) {
  std::string reason = ImageOnly(graph, node.inputs[0]);
  if (!reason.empty()) return reason;
  if (node.outputs.size() > 1 && node.outputs[1] != kNoTensor) return "its indices are used";
  const std::vector<int64_t> dilations = node.Ints("dilations", {});
  if (std::any_of(dilations.begin(), dilations.end(), [](int64_t dilation) { return dilation != 1; })) {
    return "dilations are not supported";
  }
  return PaddingWithinWindow(node);
}

std::string CheckAveragePool(const Graph& graph, const Node& node) {
  std::string reason = CheckPool(graph, node);
  if (!reason.empty()) return reason;
  if (node.Int("ceil_mode", 0) != 0) {
    return "with ceil_mode its windows reach beyond the padding, which count_include_pad does not support";
  }
  const std::vector<int64_t> kernel = node.Ints("kernel_shape", {1, 1});
  constexpr int64_t kLargestWindow = ((int64_t{1} << 31) - 1) / 255;
  if (kernel[0] * kernel[1] > kLargestWindow) {
    return "its window of " + graph::ToString(kernel) + " is too large; the sum must fit 32 bits";
  }
  return {};
}

std::string CheckBinary(const Graph& graph, const Node& node) {
  if (IsConstant(graph, node.inputs[0]) && IsConstant(graph, node.inputs[1])) return "both of its inputs are constants";
  for (const TensorId id : node.inputs) {
    if (IsConstant(graph, id) && !AllFinite(graph, id)) {
      return "its constant '" + graph.tensor(id).name + "' contains infinity or NaN";
    }
  }
  return {};
}

std::string CheckConcat(const Graph& graph, const Node& node) {
  for (const TensorId id : node.inputs) {
    if (IsConstant(graph, id)) return "its input '" + graph.tensor(id).name + "' is a constant";
  }
  return {};
}

std::string CheckSlice(const Graph& graph, const Node& node) {
  for (size_t i = 1; i < node.inputs.size(); ++i) {
    if (node.inputs[i] != kNoTensor && !IsConstant(graph, node.inputs[i])) return "where it cuts is computed";
  }
  if (node.inputs.size() > 4 && node.inputs[4] != kNoTensor) {
    const std::vector<int64_t>& steps = graph.Ints(node.inputs[4]);
    if (std::any_of(steps.begin(), steps.end(), [](int64_t step) { return step < 0; })) return "it runs backwards";
  }
  return {};
}

std::string CheckResize(const Graph& graph, const Node& node) {
  std::string reason = ImageOnly(graph, node.inputs[0]);
  if (!reason.empty()) return reason;
  reason = graph::UnsupportedResize(node);
  if (!reason.empty()) return reason;
  const Shape& from = graph.tensor(node.inputs[0]).shape;
  const Shape& to = graph.tensor(node.outputs[0]).shape;
  if (from[0] != to[0] || from[1] != to[1]) return "it resizes more than height and width";
  return {};
}

const std::map<std::string, Check>& Checks() {
  static const std::map<std::string, Check> kChecks = {
      {"AveragePool", CheckAveragePool},
      {"Conv", CheckConv},
      {"MaxPool", CheckPool},
      {"Add", CheckBinary},
      {"Sub", CheckBinary},
      {"Mul", CheckBinary},
      {"Concat", CheckConcat},
      {"Slice", CheckSlice},
      {"Split", Supported},
      {"Reshape", Supported},
      {"Flatten", Supported},
      {"Squeeze", Supported},
      {"Unsqueeze", Supported},
      {"Transpose", Supported},
      {"Resize", CheckResize},
      {"Softmax", Supported},
      {"Identity", Supported},
  };
  return kChecks;
}

bool Known(const Graph& graph, const std::vector<TensorId>& ids) {
  return std::all_of(ids.begin(), ids.end(),
                     [&](TensorId id) { return id == kNoTensor || graph::IsKnown(graph.tensor(id).shape); });
}

std::string CheckNode(const Graph& graph, const Node& node) {
  const auto check = Checks().find(node.op);
  const bool unary = graph::ActivationOf(graph, node).kind != graph::ActivationKind::kNone;
  if (check == Checks().end() && !unary) {
    for (const char* control : {"If", "Loop", "Scan"}) {
      if (node.op == control) {
        return "what it runs depends on a value; export the network with its decisions made and its loops unrolled, or "
               "cut it in front of the node with --output-nodes";
      }
    }
    return node.op == "Clip" ? "its limits are computed" : "the operator is not supported";
  }
  if (!Known(graph, node.inputs)) return {};  // the node that is to blame is listed itself
  if (!Known(graph, node.outputs)) return "its output's shape depends on values that only a run knows";
  for (const TensorId id : node.outputs) {
    if (id == kNoTensor) continue;
    if (graph.tensor(id).type != graph::ElementType::kFloat) return "it computes integers from the model's input";
    if (graph::ElementCount(graph.tensor(id).shape) == 0) return "its output is empty";
  }
  return check == Checks().end() ? std::string() : check->second(graph, node);
}

}  // namespace

std::vector<Blocker> FindBlockers(const Graph& graph) {
  std::vector<Blocker> blockers;
  for (const Node& node : graph.nodes) {
    std::string reason = CheckNode(graph, node);
    if (!reason.empty()) blockers.push_back({node.name, node.op, std::move(reason)});
  }
  for (const TensorId id : graph.outputs) {
    if (IsConstant(graph, id)) blockers.push_back({graph.tensor(id).name, "output", "it does not depend on any input"});
  }
  return blockers;
}

}  // namespace lockstep::optimize
