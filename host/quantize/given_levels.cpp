#include "quantize/given_levels.h"

#include <algorithm>

namespace lockstep::quantize {

size_t FixGivenLevels(const graph::GivenQuantization& given, const graph::Graph& graph, const Widths& widths,
                      ActivationParams& params) {
  constexpr int kGivenBits = 8;
  size_t held = 0;
  for (const auto& [name, levels] : given.tensors) {
    const graph::TensorId id = graph.Find(name);
    if (id == graph::kNoTensor || widths[static_cast<size_t>(id)] != kGivenBits) continue;
    const bool is_input = std::count(graph.inputs.begin(), graph.inputs.end(), id) != 0;
    const AffineParams wanted{levels.scale, levels.zero_point, kGivenBits};
    if (!is_input || params.count(id) == 0) params[id] = wanted;
    held += params.at(id) == wanted ? 1 : 0;
  }
  return held;
}

}  // namespace lockstep::quantize
