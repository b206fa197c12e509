#include "lower/ops/emitter_table.h"

#include "lower/ops/emitters.h"

namespace lockstep::lower {
namespace {

struct Row {
  std::string_view op;
  Emitter emit;
};

constexpr Row kRows[] = {
    {"Add", EmitAdd},
    {"AveragePool", EmitAveragePool},
    {"Clip", EmitFunction},
    {"Concat", EmitConcat},
    {"Conv", EmitConv},
    {"Elu", EmitFunction},
    {"Exp", EmitFunction},
    {"Flatten", EmitView},
    {"Gelu", EmitFunction},
    {"HardSigmoid", EmitFunction},
    {"HardSwish", EmitFunction},
    {"Identity", EmitView},
    {"LeakyRelu", EmitFunction},
    {"MaxPool", EmitMaxPool},
    {"Mish", EmitFunction},
    {"Mul", EmitMul},
    {"Relu", EmitFunction},
    {"Reshape", EmitView},
    {"Resize", EmitResize},
    {"SiLU", EmitFunction},
    {"Sigmoid", EmitFunction},
    {"Slice", EmitSlice},
    {"Softmax", EmitSoftmax},
    {"Softplus", EmitFunction},
    {"Split", EmitSplit},
    {"Squeeze", EmitView},
    {"Sub", EmitSub},
    {"Tanh", EmitFunction},
    {"Transpose", EmitView},
    {"Unsqueeze", EmitView},
};

constexpr bool IsInOrder() {
  for (size_t i = 1; i < sizeof(kRows) / sizeof(kRows[0]); ++i) {
    if (!(kRows[i - 1].op < kRows[i].op)) return false;
  }
  return true;
}

static_assert(IsInOrder(), "an operator stands twice in the table or out of the alphabet's order");

}  // namespace

Emitter FindEmitter(std::string_view op) {
  for (const Row& row : kRows) {
    if (row.op == op) return row.emit;
  }
  return nullptr;
}

std::vector<std::string_view> LoweredOperators() {
  std::vector<std::string_view> operators;
  for (const Row& row : kRows) operators.push_back(row.op);
  return operators;
}

}  // namespace lockstep::lower
