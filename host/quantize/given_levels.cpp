#include "quantize/given_levels.h"

#include <algorithm>

#include "graph/counted.h"

namespace lockstep::quantize {
namespace {

constexpr int kByte = 8;

AffineParams ParamsOf(const graph::GivenLevels& levels) { return {levels.scale, levels.zero_point, levels.bits}; }

}  // namespace

void FixGivenLevels(const graph::GivenQuantization& given, const graph::Graph& graph, const Widths& widths,
                    ActivationParams& params) {
  for (const auto& [name, levels] : given.tensors) {
    const graph::TensorId id = graph.Find(name);
    if (id == graph::kNoTensor || widths[static_cast<size_t>(id)] != levels.bits) continue;
    const bool is_input = std::count(graph.inputs.begin(), graph.inputs.end(), id) != 0;
    if (!is_input || params.count(id) == 0) params[id] = ParamsOf(levels);
  }
}

bool IsAsGiven(const graph::GivenQuantization& given, const graph::Graph& graph, graph::TensorId id,
               const AffineParams& params) {
  const auto levels = given.tensors.find(graph.tensor(id).name);
  return levels != given.tensors.end() && params == ParamsOf(levels->second);
}

std::string GivenNote(const graph::GivenQuantization& given, const graph::Graph& graph, const Widths& widths,
                      const ActivationParams& params) {
  size_t held = 0;
  size_t narrowed = 0;
  for (const auto& [name, levels] : given.tensors) {
    const graph::TensorId id = graph.Find(name);
    if (id == graph::kNoTensor) continue;
    const int width = widths[static_cast<size_t>(id)];
    const auto found = params.find(id);
    if (width == levels.bits && found != params.end() && found->second == ParamsOf(levels)) ++held;
    if (width != kFloatWidth && width < levels.bits && levels.bits > kByte) ++narrowed;
  }
  std::string note = "the network arrives quantised: " + graph::Counted(held, "tensor") +
                     (held == 1 ? " keeps" : " keep") + " the levels that it gives, the others are calibrated";
  if (narrowed == 0) return note;
  return note + "; " + graph::Counted(narrowed, "tensor") + (narrowed == 1 ? " has" : " have") +
         " levels of 16 bits in the network and fewer here: --precision int16 or --activation-bits 16 keeps them";
}

}  // namespace lockstep::quantize
