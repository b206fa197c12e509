#include "quantize/constant_operands.h"

#include <algorithm>
#include <limits>

#include "quantize/affine.h"
#include "quantize/fixed_params.h"
#include "quantize/operator_classes.h"

namespace lockstep::quantize {
namespace {

std::vector<float> Reached(std::vector<float> values, const Range& reach) {
  for (float& value : values) {
    value = static_cast<float>(std::clamp(static_cast<double>(value), reach.low, reach.high));
  }
  return values;
}

}  // namespace

Range ReachOf(const graph::Node& node, graph::TensorId operand, const ActivationParams& params) {
  constexpr double kAll = std::numeric_limits<double>::infinity();
  const bool is_sum = node.op == "Add" || node.op == "Sub";
  if (!is_sum || node.inputs[0] == node.inputs[1]) return {-kAll, kAll};
  const bool second = node.inputs[1] == operand;
  const auto sum = params.find(node.outputs[0]);
  const auto other = params.find(node.inputs[second ? 0 : 1]);
  if (sum == params.end() || other == params.end()) return {-kAll, kAll};
  const Range y = RangeOf(sum->second);
  const Range x = RangeOf(other->second);
  if (node.op == "Add") return {y.low - x.high, y.high - x.low};
  return second ? Range{x.low - y.high, x.high - y.low} : Range{y.low + x.low, y.high + x.high};
}

void AddConstantParams(const graph::Graph& graph, const Widths& widths, ActivationParams& params) {
  for (const graph::Node& node : graph.nodes) {
    for (const graph::TensorId input : node.inputs) {
      if (!IsConstantOperand(graph, node, input)) continue;
      const int bits = widths[static_cast<size_t>(input)];
      if (bits == kFloatWidth) continue;
      params[input] = ConstantParams(Reached(graph.tensor(input).constant->floats, ReachOf(node, input, params)), bits);
    }
  }
}

}  // namespace lockstep::quantize
