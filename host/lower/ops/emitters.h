// The emitters: parameters of an ONNX operator to those of layers, of integers and of floats. Which emitter lowers
// which operator stands here alone.
#pragma once

#include "lower/lower_context.h"

namespace lockstep::lower {

// X(ONNX operator, its emitter, its emitter for nodes in floats), both without "Emit", in the order of the alphabet.
// What moves elements has one for both. Function is for functions of one element, View for Reshape, Transpose and their
// kin.
#define LOCKSTEP_EMITTERS(X)                                         \
  X(Abs, Function, FloatFunction)                                    \
  X(Acos, Function, FloatFunction)                                   \
  X(Acosh, Function, FloatFunction)                                  \
  X(Add, Add, FloatAdd)                                              \
  X(Asin, Function, FloatFunction)                                   \
  X(Asinh, Function, FloatFunction)                                  \
  X(Atan, Function, FloatFunction)                                   \
  X(Atanh, Function, FloatFunction)                                  \
  X(AveragePool, AveragePool, FloatAveragePool)                      \
  X(Ceil, Function, FloatFunction)                                   \
  X(Celu, Function, FloatFunction)                                   \
  X(Clip, Function, FloatFunction)                                   \
  X(Concat, Concat, Concat)                                          \
  X(Conv, Conv, FloatConv)                                           \
  X(ConvTranspose, ConvTranspose, FloatConvTranspose)                \
  X(Cos, Function, FloatFunction)                                    \
  X(Cosh, Function, FloatFunction)                                   \
  X(Elu, Function, FloatFunction)                                    \
  X(Erf, Function, FloatFunction)                                    \
  X(Exp, Function, FloatFunction)                                    \
  X(Expand, Expand, Expand)                                          \
  X(Flatten, View, View)                                             \
  X(Floor, Function, FloatFunction)                                  \
  X(Gather, Gather, Gather)                                          \
  X(Gelu, Function, FloatFunction)                                   \
  X(GridSample, GridSample, FloatGridSample)                         \
  X(HardSigmoid, Function, FloatFunction)                            \
  X(HardSwish, Function, FloatFunction)                              \
  X(Identity, View, View)                                            \
  X(IsAtLeast, Function, FloatFunction)                              \
  X(IsBelow, Function, FloatFunction)                                \
  X(IsEqual, Function, FloatFunction)                                \
  X(LayerNormalization, LayerNormalization, FloatLayerNormalization) \
  X(LeakyRelu, Function, FloatFunction)                              \
  X(Log, Function, FloatFunction)                                    \
  X(MatMul, MatMul, FloatMatMul)                                     \
  X(Max, Max, FloatMax)                                              \
  X(MaxPool, MaxPool, MaxPool)                                       \
  X(Min, Min, FloatMin)                                              \
  X(Mish, Function, FloatFunction)                                   \
  X(Mul, Mul, FloatMul)                                              \
  X(Neg, Function, FloatFunction)                                    \
  X(NonMaxSuppression, NonMaxSuppression, NonMaxSuppression)         \
  X(PRelu, PRelu, FloatPRelu)                                        \
  X(Pad, Pad, Pad)                                                   \
  X(Pow, Function, FloatFunction)                                    \
  X(Reciprocal, Function, FloatFunction)                             \
  X(ReduceMax, ReduceMax, ReduceMax)                                 \
  X(ReduceMean, ReduceMean, FloatReduceMean)                         \
  X(ReduceMin, ReduceMin, ReduceMin)                                 \
  X(ReduceSum, ReduceSum, FloatReduceSum)                            \
  X(Relu, Function, FloatFunction)                                   \
  X(Reshape, View, View)                                             \
  X(Resize, Resize, Resize)                                          \
  X(Round, Function, FloatFunction)                                  \
  X(Selu, Function, FloatFunction)                                   \
  X(Shrink, Function, FloatFunction)                                 \
  X(SiLU, Function, FloatFunction)                                   \
  X(Sigmoid, Function, FloatFunction)                                \
  X(Sign, Function, FloatFunction)                                   \
  X(Sin, Function, FloatFunction)                                    \
  X(Sinh, Function, FloatFunction)                                   \
  X(Slice, Slice, Slice)                                             \
  X(Softmax, Softmax, FloatSoftmax)                                  \
  X(Softplus, Function, FloatFunction)                               \
  X(Softsign, Function, FloatFunction)                               \
  X(Split, Split, Split)                                             \
  X(Sqrt, Function, FloatFunction)                                   \
  X(Squeeze, View, View)                                             \
  X(Sub, Sub, FloatSub)                                              \
  X(Tan, Function, FloatFunction)                                    \
  X(Tanh, Function, FloatFunction)                                   \
  X(ThresholdedRelu, Function, FloatFunction)                        \
  X(Tile, Tile, Tile)                                                \
  X(TopK, TopK, TopK)                                                \
  X(Transpose, View, View)                                           \
  X(Unsqueeze, View, View)

#define LOCKSTEP_DECLARE(op, integers, floats) \
  void Emit##integers(LowerContext& context);  \
  void Emit##floats(LowerContext& context);
LOCKSTEP_EMITTERS(LOCKSTEP_DECLARE)
#undef LOCKSTEP_DECLARE

}  // namespace lockstep::lower
