// The operators of the joint model, one function each, straight from docs/arithmetic.md.
#pragma once

#include <cstdint>
#include <vector>

#include "joint_generated.h"

namespace lockstep::engine {

inline constexpr size_t kSerialElements = 20000;  // of an output, that starting threads is not worth

struct Operand {
  const joint::Tensor* tensor = nullptr;
  const uint8_t* data = nullptr;
};

struct LayerRun {
  const joint::Layer* layer = nullptr;
  std::vector<Operand> inputs;
  Operand weights;  // of Conv and DepthwiseConv
  const joint::Tensor* output = nullptr;
  uint8_t* result = nullptr;  // output->bytes() bytes
};

void RunConvolution(const LayerRun& run);  // Conv and DepthwiseConv
void RunAveragePool(const LayerRun& run);
void RunElementwise(const LayerRun& run);  // Add, Mul, Softmax, Lookup, ChannelLookup, Rescale, Dequantize
void RunPlacement(const LayerRun& run);    // MaxPool, Concat, Slice, Reshape, Transpose, Resize

}  // namespace lockstep::engine
