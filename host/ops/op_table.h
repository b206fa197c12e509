// The one table of all ONNX operators that the host knows.
#pragma once

#include <string>
#include <string_view>

#include "ops/op.h"

// clang-format off
// In the order of the alphabet. Each name X is a constant kX, defined in a file of this room.
#define LOCKSTEP_OPS(X) \
  X(Abs) X(Acos) X(Acosh) X(Add) X(And) X(ArgMax) X(ArgMin) X(Asin) X(Asinh) X(Atan) X(Atanh) X(AveragePool) \
  X(BatchNormalization) X(BitShift) X(Cast) X(Ceil) X(Celu) X(Clip) X(Compress) X(Concat) X(ConstantOfShape) X(Conv) \
  X(ConvInteger) X(ConvTranspose) X(Cos) X(Cosh) X(CumSum) X(DepthToSpace) X(DequantizeLinear) X(Div) X(Dropout) \
  X(DynamicQuantizeLinear) X(Einsum) X(Elu) X(Equal) X(Erf) X(Exp) X(Expand) X(EyeLike) X(Flatten) X(Floor) X(GRU) \
  X(Gather) X(GatherElements) X(GatherND) X(Gelu) X(Gemm) X(GlobalAveragePool) X(GlobalLpPool) X(GlobalMaxPool) \
  X(Greater) X(GreaterOrEqual) X(GridSample) X(GroupNormalization) X(HardSigmoid) X(HardSwish) X(Hardmax) X(Identity) \
  X(If) X(InstanceNormalization) X(IsAtLeast) X(IsBelow) X(IsEqual) X(IsInf) X(IsNaN) X(LRN) X(LSTM) \
  X(LayerNormalization) X(LeakyRelu) X(Less) X(LessOrEqual) X(Log) X(LogSoftmax) X(LpNormalization) X(LpPool) \
  X(MatMul) X(MatMulInteger) X(Max) X(MaxPool) X(Mean) X(MeanVarianceNormalization) X(Min) X(Mish) X(Mod) X(Mul) \
  X(Neg) X(NegativeLogLikelihoodLoss) X(NonMaxSuppression) X(NonZero) X(Not) X(OneHot) X(Or) X(PRelu) X(Pad) X(Pow) \
  X(QLinearConv) X(QLinearMatMul) X(QuantizeLinear) X(RNN) X(Range) X(Reciprocal) X(ReduceL1) X(ReduceL2) \
  X(ReduceLogSum) X(ReduceLogSumExp) X(ReduceMax) X(ReduceMean) X(ReduceMin) X(ReduceProd) X(ReduceSum) \
  X(ReduceSumSquare) X(Relu) X(Reshape) X(Resize) X(ReverseSequence) X(RoiAlign) X(Round) X(ScatterElements) \
  X(ScatterND) X(Selu) X(Shape) X(Shrink) X(SiLU) X(Sigmoid) X(Sign) X(Sin) X(Sinh) X(Size) X(Slice) X(Softmax) \
  X(SoftmaxCrossEntropyLoss) X(Softplus) X(Softsign) X(SpaceToDepth) X(Split) X(Sqrt) X(Squeeze) X(Sub) X(Sum) X(Tan) \
  X(Tanh) X(ThresholdedRelu) X(Tile) X(TopK) X(Transpose) X(Trilu) X(Unsqueeze) X(Where) X(Xor)
// clang-format on

namespace lockstep::ops {

#define LOCKSTEP_DECLARE_OP(name) extern const Op k##name;
LOCKSTEP_OPS(LOCKSTEP_DECLARE_OP)
#undef LOCKSTEP_DECLARE_OP

struct OpRow {
  std::string_view name;
  const Op* op;
};

#define LOCKSTEP_OP_ROW(name) {#name, &k##name},
inline constexpr OpRow kOps[] = {LOCKSTEP_OPS(LOCKSTEP_OP_ROW)};
#undef LOCKSTEP_OP_ROW

// Null for an operator that the table does not have.
const Op* FindOp(std::string_view name);

// Types and shapes of the outputs, checked; unknown where the operator is not in the table or an input's shape is
// unknown. Throws BadInput naming the node if the node contradicts its operator.
void InferNode(InferContext& context, bool inputs_known);

// The outputs of `node` without its fused activation; nothing if its operator has no evaluation or does not compute
// these element types. Shapes of the outputs are inferred. Only the inputs of an operator that is `of_shapes` may be
// null without being omitted.
Results EvaluateNode(const graph::Graph& graph, const graph::Node& node, const ValueInputs& inputs);

// Why `node` cannot be compiled; empty if it can.
std::string WhyUnsupported(const graph::Graph& graph, const graph::Node& node);

}  // namespace lockstep::ops
