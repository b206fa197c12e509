// What RNN, GRU and LSTM share: shapes, directions, steps, activation functions.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ops/op.h"

namespace lockstep::ops {

// Inputs: x (steps, batch, inputs), W (directions, gates * hidden, inputs), R (directions, gates * hidden, hidden), B
// (directions, 2 * gates * hidden), the batches' lengths, the state before (directions, batch, hidden); with `layout` 1
// the batch is the first axis of x, of the output and of the states. Outputs: all states (steps, directions, batch,
// hidden), the last state, and what else is like it. Checks all of that and sets the outputs' shapes.
void InferRecurrent(InferContext& context, int64_t gates);

// Why a node cannot be written out step by step (optimize/unroll_recurrent.cpp); empty if it can.
std::string UnsupportedRecurrent(const graph::Graph& graph, const graph::Node& node);

// An activation function by its ONNX name, with the parameters that the node gives it.
struct RecurrentFunction {
  std::string name;
  std::optional<float> alpha, beta;
};

// The function `which` of a direction, the operator's own where the node names none.
RecurrentFunction FunctionOfRecurrent(const graph::Node& node, int64_t direction, size_t which);

using ScalarFunction = std::function<double(double)>;

// One direction of a layer.
struct Direction {
  bool backward = false;
  std::vector<ScalarFunction> functions;
  const float* w = nullptr;  // (gates * hidden, inputs)
  const float* r = nullptr;  // (gates * hidden, hidden)
  const float* b = nullptr;  // (2 * gates * hidden), null without
};

// What one step of one batch sees and makes.
struct Step {
  const Direction& direction;
  const float* x;               // (inputs)
  std::vector<double>& hidden;  // the state before; becomes the one after
  size_t which;                 // the direction's index
  size_t batch;
};
using StepFunction = std::function<void(const Step&)>;

// The sum that a gate's row has of input and state: x * W + h * R + both biases.
struct Gates {
  int64_t inputs, hidden, gates;

  double OfInput(const Step& step, int64_t gate, int64_t unit) const;
  double OfState(const Step& step, int64_t gate, int64_t unit, const std::vector<double>& state) const;
};

// Walks all directions, batches and steps in order. Results: all states and the last ones, and nothing if an activation
// function is not known.
Results RunRecurrent(const Call& call, const Gates& gates, const StepFunction& step);

Gates GatesOf(const Call& call, int64_t gates);

// A value clipped to +-`clip` (an attribute; none: as it is).
double Clipped(const Call& call, double value);

}  // namespace lockstep::ops
