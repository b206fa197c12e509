#include "optimize/given_scales.h"

#include <algorithm>
#include <cmath>

#include "optimize/graph_edit.h"

namespace lockstep::optimize {
namespace {

// Elements times 0 have levels of 0 with any scale.
float Times(float scale, double factor) { return factor == 0.0 ? scale : static_cast<float>(scale * std::abs(factor)); }

}  // namespace

std::optional<graph::GivenScales> ScalesTimes(const graph::Tensor& constant, int64_t axis,
                                              const std::vector<double>& factors) {
  if (!constant.given_scales) return std::nullopt;
  graph::GivenScales scales = *constant.given_scales;
  if (factors.size() == 1) {
    for (float& scale : scales.values) scale = Times(scale, factors[0]);
  } else {
    if (scales.values.size() == 1) {
      scales.values.resize(factors.size(), scales.values[0]);
      scales.axis = axis;
    }
    if (scales.axis != axis || scales.values.size() != factors.size()) return std::nullopt;
    for (size_t i = 0; i < factors.size(); ++i) scales.values[i] = Times(scales.values[i], factors[i]);
  }
  const bool usable = std::all_of(scales.values.begin(), scales.values.end(),
                                  [](float scale) { return std::isfinite(scale) && scale > 0.0F; });
  return usable ? std::optional(std::move(scales)) : std::nullopt;
}

void CarryScales(graph::Graph& graph, const graph::Node& node) {
  if (node.inputs.empty() || node.inputs[0] == graph::kNoTensor || node.outputs.size() != 1) return;
  std::optional<graph::GivenScales> scales = graph.tensor(node.inputs[0]).given_scales;
  if (!scales) return;
  if (node.op == "Transpose") {
    const auto rank = static_cast<int64_t>(graph.tensor(node.inputs[0]).shape.size());
    const std::vector<int64_t> perm = node.Ints("perm", {});
    const auto place = std::find(perm.begin(), perm.end(), scales->axis);
    scales->axis = perm.empty() ? rank - 1 - scales->axis : place - perm.begin();
  } else if (node.op != "Identity" && !(IsReshape(node.op) && scales->values.size() == 1)) {
    return;
  }
  graph.tensor(node.outputs[0]).given_scales = std::move(scales);
}

}  // namespace lockstep::optimize
