// Lowering: from a quantised graph in normal form (optimize.h) to the bytes of a joint model.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "joint_generated.h"
#include "quantize/quantized_graph.h"

namespace lockstep::lower {

struct LowerOptions {
  std::string name;                // of the model; empty: the graph's name
  bool seeded_test_vector = true;  // one test vector with seeded inputs, see docs/model-format.md
  uint64_t seed = 1;
  // Another test vector with these input bytes, one entry per model input; stored in the file. Empty: none.
  std::vector<std::vector<uint8_t>> test_inputs;
};

// The bytes of a joint model file. Throws UnsupportedModel with a line for every node that has no integer form.
std::vector<uint8_t> Lower(const quantize::QuantizedGraph& quantized, const LowerOptions& options);

// What a joint model costs, for people.
struct ModelSummary {
  size_t layers = 0;
  uint64_t macs = 0;
  uint64_t weight_bytes = 0;    // packed convolution weights
  uint64_t constant_bytes = 0;  // these and the other constants
  uint64_t arena_bytes = 0;
  uint64_t arena_lower_bound = 0;
};
ModelSummary Summarize(const joint::Model& model);

}  // namespace lockstep::lower
