#include "quantize/pad_values.h"

#include <cmath>

#include "graph/constants.h"
#include "ops/pad.h"

namespace lockstep::quantize {

std::optional<double> PadValueOf(const graph::Graph& graph, const graph::Node& node) {
  if (node.op != "Pad" || node.inputs.size() < 3 || !graph::IsConstant(graph, node.inputs[2])) return std::nullopt;
  const double value = ops::PadValue(graph, node);
  if (value == 0.0 || !(std::abs(value) < ops::kAsGoodAsInfinity)) return std::nullopt;
  return value;
}

}  // namespace lockstep::quantize
