// A random network on its way to a joint model, through all stages of the compiler that need no files of the user.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/float/float_engine.h"
#include "graph/graph.h"
#include "quantize/quantized_graph.h"

namespace lockstep::test {

enum class RandomFormats : uint8_t {
  kQuantized,
  kIslands,  // some nodes in floats
  kFloat     // all
};

// What the seed decides: half of the networks are quantised, a quarter each has islands or is in floats.
RandomFormats FormatsOf(uint32_t seed);

struct RandomModel {
  std::string onnx;                                             // the file as it is imported
  graph::Graph optimised;                                       // as imported and optimised
  std::map<std::string, quantize::InputPreprocess> preprocess;  // what the inputs hold
  std::map<std::string, quantize::OutputForm> outputs;          // how the joint model gives its outputs
  std::map<std::string, engine::FloatTensor> inputs;            // one set
};

RandomModel MakeRandomModel(uint32_t seed);

// Of a network with inputs, settings and outputs that the seed decides.
RandomModel MakeRandomModel(const graph::Graph& graph, uint32_t seed);

// The joint model. `test_vector`: with a seeded test vector, as `build` writes it.
std::vector<uint8_t> LowerRandomModel(const RandomModel& model, uint32_t seed, bool test_vector);

}  // namespace lockstep::test
