// What the settings decide of a network before any picture is seen: what is the same for two settings is one model.
#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>

#include "graph/graph.h"
#include "quantize/policy.h"
#include "quantize/quantized_graph.h"
#include "quantize/simulation.h"
#include "quantize/widths.h"

namespace lockstep::quantize {

// What holds where nothing is said. The defaults are those of the settings.
struct Unsaid {
  RangeOptions observer;
  WeightRangeKind weight_range = WeightRangeKind::kMse;
  bool weights_per_tensor = false;
  bool bias_correction = true;
  int tail_bits = 16;
  QuantizeOnly only = QuantizeOnly::kAll;
  std::map<std::string, InputPreprocess> preprocess;  // by graph input
  std::set<graph::TensorId> raw;                      // outputs that stay integers
};

// Bits, range and whether one scale holds for all channels.
using WeightMethod = std::tuple<int, WeightRangeKind, bool>;

struct Outcome {
  FloatNodes floats;
  Widths widths;  // none with only weights
  std::map<graph::TensorId, RangeOptions> ranges;
  std::map<size_t, WeightMethod> weights;
  std::set<graph::TensorId> corrected;  // whose means correct biases

  bool operator==(const Outcome& other) const {
    return floats == other.floats && widths == other.widths && ranges == other.ranges && weights == other.weights &&
           corrected == other.corrected;
  }
};

Outcome OutcomeOf(const graph::Graph& graph, const Policy& policy, const Unsaid& unsaid);

bool HasIntegerWeights(const graph::Graph& graph, const Policy& policy, size_t node);

}  // namespace lockstep::quantize
