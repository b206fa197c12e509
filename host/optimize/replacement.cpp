#include "optimize/replacement.h"

#include <algorithm>

namespace lockstep::optimize {

using graph::Shape;
using graph::TensorId;

TensorId Replacement::Gather(TensorId x, int64_t axis, const std::vector<int64_t>& indices) {
  Shape shape = ShapeOf(x);
  shape[static_cast<size_t>(axis)] = static_cast<int64_t>(indices.size());
  return Add("Gather", {x, Integers(indices)}, shape, {{"axis", axis}});
}

TensorId Replacement::AddOutput(graph::ElementType type) {
  const TensorId first = graph_.nodes.back().outputs[0];
  const TensorId id = AddLike(graph_, graph_.tensor(first).name + "_second", first);
  graph_.tensor(id).type = type;
  graph_.nodes.back().outputs.push_back(id);
  return id;
}

bool Replacement::Finish(TensorId result) {
  const auto place = graph_.nodes.begin() + static_cast<std::ptrdiff_t>(index_);
  const auto first = graph_.nodes.begin() + static_cast<std::ptrdiff_t>(first_);
  for (auto node = first; node != graph_.nodes.end(); ++node) {
    const auto output = std::find(node->outputs.begin(), node->outputs.end(), result);
    if (output == node->outputs.end()) continue;
    *output = origin().outputs[0];
    node->name = origin().name;
  }
  Retire(*place);
  std::rotate(place, first, graph_.nodes.end());
  return true;
}

}  // namespace lockstep::optimize
