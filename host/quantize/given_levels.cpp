#include "quantize/given_levels.h"

#include <algorithm>

namespace lockstep::quantize {

void FixGivenLevels(const graph::GivenQuantization& given, const graph::Graph& graph, const Widths& widths,
                    ActivationParams& fixed) {
  constexpr int kGivenBits = 8;
  for (const auto& [name, levels] : given.tensors) {
    const graph::TensorId id = graph.Find(name);
    if (id == graph::kNoTensor || widths[static_cast<size_t>(id)] != kGivenBits) continue;
    const bool is_input = std::count(graph.inputs.begin(), graph.inputs.end(), id) != 0;
    if (is_input && fixed.count(id) != 0) continue;
    fixed[id] = {levels.scale, levels.zero_point, kGivenBits};
  }
}

}  // namespace lockstep::quantize
