// One layer with the tensors it reads and writes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "joint_generated.h"

namespace lockstep::engine {

inline constexpr size_t kSerialElements = 20000;  // of an output, that starting threads is not worth

struct Operand {
  const joint::Tensor* tensor = nullptr;
  const uint8_t* data = nullptr;  // tensor->bytes() bytes in physical order
};

struct Result {
  const joint::Tensor* tensor = nullptr;
  uint8_t* data = nullptr;
};

struct LayerRun {
  const joint::Model* model = nullptr;
  const joint::Layer* layer = nullptr;
  std::vector<Operand> inputs;
  std::vector<Result> outputs;

  const joint::Tensor& x() const { return *inputs[0].tensor; }
  const joint::Tensor& y() const { return *outputs[0].tensor; }
};

// The layer and its tensors, without data.
LayerRun DescribeRun(const joint::Model& model, const joint::Layer& layer);

// A constant tensor with its data.
Operand ConstantOperand(const joint::Model& model, int32_t index);

}  // namespace lockstep::engine
