#include "lower/node_kind.h"

#include <map>
#include <string>

namespace lockstep::lower {

NodeKind KindOf(const graph::Graph& graph, const graph::Node& node) {
  static const std::map<std::string, NodeKind> kKinds = {
      {"Conv", NodeKind::kWindow},      {"MaxPool", NodeKind::kWindow},      {"AveragePool", NodeKind::kWindow},
      {"Resize", NodeKind::kWindow},    {"Add", NodeKind::kBinary},          {"Sub", NodeKind::kBinary},
      {"Mul", NodeKind::kBinary},       {"Concat", NodeKind::kConcat},       {"Reshape", NodeKind::kReshape},
      {"Flatten", NodeKind::kReshape},  {"Squeeze", NodeKind::kReshape},     {"Unsqueeze", NodeKind::kReshape},
      {"Identity", NodeKind::kReshape}, {"Transpose", NodeKind::kTranspose}, {"Softmax", NodeKind::kSoftmax},
      {"Slice", NodeKind::kSlice},      {"Split", NodeKind::kSplit}};
  const auto kind = kKinds.find(node.op);
  if (kind != kKinds.end()) return kind->second;
  return graph::ActivationOf(graph, node).kind != graph::ActivationKind::kNone ? NodeKind::kUnary
                                                                               : NodeKind::kUnsupported;
}

bool IsBinary(const graph::Node& node) { return node.op == "Add" || node.op == "Sub" || node.op == "Mul"; }

int64_t NormalizedAxis(const graph::Node& node, size_t rank, int64_t fallback) {
  const int64_t axis = node.Int("axis", fallback);
  return axis < 0 ? axis + static_cast<int64_t>(rank) : axis;
}

std::vector<int64_t> TransposePerm(const graph::Node& node, size_t rank) {
  std::vector<int64_t> reversed;
  for (size_t i = rank; i-- > 0;) reversed.push_back(static_cast<int64_t>(i));
  return node.Ints("perm", reversed);
}

}  // namespace lockstep::lower
