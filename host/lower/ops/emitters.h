// The emitters: parameters of an ONNX operator to those of layers, of integers and of floats. Which emitter lowers
// which operator stands here alone.
#pragma once

#include "lower/lower_context.h"

namespace lockstep::lower {

// X(ONNX operator, its emitter, its emitter for nodes in floats), both without "Emit", in the order of the alphabet.
// What moves elements has one for both. Function is for functions of one element, View for Reshape, Transpose and their
// kin.
#define LOCKSTEP_EMITTERS(X)                                         \
  X(Add, Add, FloatAdd)                                              \
  X(AveragePool, AveragePool, FloatAveragePool)                      \
  X(Clip, Function, FloatFunction)                                   \
  X(Concat, Concat, Concat)                                          \
  X(Conv, Conv, FloatConv)                                           \
  X(ConvTranspose, ConvTranspose, FloatConvTranspose)                \
  X(Elu, Function, FloatFunction)                                    \
  X(Exp, Function, FloatFunction)                                    \
  X(Flatten, View, View)                                             \
  X(Gelu, Function, FloatFunction)                                   \
  X(HardSigmoid, Function, FloatFunction)                            \
  X(HardSwish, Function, FloatFunction)                              \
  X(Identity, View, View)                                            \
  X(LayerNormalization, LayerNormalization, FloatLayerNormalization) \
  X(LeakyRelu, Function, FloatFunction)                              \
  X(MatMul, MatMul, FloatMatMul)                                     \
  X(MaxPool, MaxPool, MaxPool)                                       \
  X(Mish, Function, FloatFunction)                                   \
  X(Mul, Mul, FloatMul)                                              \
  X(PRelu, PRelu, FloatPRelu)                                        \
  X(ReduceMean, ReduceMean, FloatReduceMean)                         \
  X(Relu, Function, FloatFunction)                                   \
  X(Reshape, View, View)                                             \
  X(Resize, Resize, Resize)                                          \
  X(SiLU, Function, FloatFunction)                                   \
  X(Sigmoid, Function, FloatFunction)                                \
  X(Slice, Slice, Slice)                                             \
  X(Softmax, Softmax, FloatSoftmax)                                  \
  X(Softplus, Function, FloatFunction)                               \
  X(Split, Split, Split)                                             \
  X(Squeeze, View, View)                                             \
  X(Sub, Sub, FloatSub)                                              \
  X(Tanh, Function, FloatFunction)                                   \
  X(TopK, TopK, TopK)                                                \
  X(Transpose, View, View)                                           \
  X(Unsqueeze, View, View)

#define LOCKSTEP_DECLARE(op, integers, floats) \
  void Emit##integers(LowerContext& context);  \
  void Emit##floats(LowerContext& context);
LOCKSTEP_EMITTERS(LOCKSTEP_DECLARE)
#undef LOCKSTEP_DECLARE

}  // namespace lockstep::lower
