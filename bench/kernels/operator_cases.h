// Layers of networks, one or a few of each operator that is not a convolution.
#pragma once

#include <utility>
#include <vector>

#include "operator_layer.h"

namespace lockstep::bench {

inline constexpr int32_t kMultiplier = (1 << 30) + 12345;

OperatorCase DepthwiseCase(const char* name, int32_t channels, int32_t size, int32_t kernel, int32_t stride);

template <typename Options>
OperatorCase LayerCaseOf(const char* name, Options options, std::vector<OperatorTensor> inputs, OperatorTensor output) {
  OperatorCase test;
  test.name = name;
  test.inputs = std::move(inputs);
  test.output = std::move(output);
  test.layer.options.Set(std::move(options));
  return test;
}

void AddWordCases(std::vector<OperatorCase>* cases);
std::vector<OperatorCase> OperatorCases();

}  // namespace lockstep::bench
