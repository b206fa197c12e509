// The graph passes: one file each, listed in optimize.cpp. A pass returns how many matches it rewrote; run again at
// once it returns 0. Passes leave a graph whose shapes are inferred and which has no dead nodes.
#pragma once

#include "graph/graph.h"

namespace lockstep::optimize {

// An input of integers of 8 or 16 bits that is cast to float first, or compared, becomes a float input of the same
// values.
int TakeIntegerInputs(graph::Graph& graph);
// DynamicQuantizeLinear, ConvInteger or MatMulInteger, Cast and Mul become a Conv or MatMul of floats: what they round
// is quantised by lockstep itself. The result changes by what they rounded.
int UndoDynamicQuantization(graph::Graph& graph);
// Paddings explicit, axes counted from the front, sizes and steps given: the form that the header of optimize.h
// promises.
int MakeExplicit(graph::Graph& graph);
// RNN, GRU and LSTM with constant weights become the nodes of all their steps: one product with the input for all
// steps, one with the state for each.
int UnrollRecurrent(graph::Graph& graph);
// Comparisons of floats, logic, Where and Cast of truth values become functions and arithmetic of floats that are 0 or
// 1, with truth values that enter or leave the network; so does Where with a constant condition. A Where whose constant
// branch holds infinity or NaN stays, unless that is minus infinity in front of Softmax or Exp: then it is a large
// number.
int TruthToNumbers(graph::Graph& graph);
// Drops nodes that hand on what they get: Identity, Dropout, a Reshape to the same shape, an empty Pad, x * 1, x + 0,
// ...
int RemoveIdentities(graph::Graph& graph);
// Div by a constant is a Mul, Pow is a product, Sqrt or Reciprocal for 2, 1/2 and -1, PRelu with one slope is
// LeakyRelu, Sum and Mean are chains of Add.
int Simplify(graph::Graph& graph);
// Conv, ConvTranspose, pools, Resize and BatchNormalization of rank 3 (N, C, length) become those of images of one row,
// between Reshapes; what does the same to a line as to such an image goes in front of the Reshape behind it, so that
// Reshapes meet and cancel.
int LinesToImages(graph::Graph& graph);
// A MaxPool with dilations takes its elements by Gather, an AveragePool with dilations becomes a Conv of equal weights;
// padding that counts becomes a Pad where ceil_mode makes windows that reach beyond it.
int RewritePools(graph::Graph& graph);
// DepthToSpace and SpaceToDepth become Reshape and Transpose; constant indices in every form a list along one axis, or
// a Slice; a Pad that only cuts a Slice.
int SimplifyMoves(graph::Graph& graph);
// Max and Min of many become those of two, a Max or Min with one number a Clip, a Clip with computed limits
// a Max and a Min; reductions become ReduceSum, ReduceMax and products, ArgMax and ArgMin a TopK, CumSum a MatMul,
// Trilu a Mul.
int SimplifyReductions(graph::Graph& graph);
// BatchNormalization, and Mul, Add, Sub with one constant per channel, become part of the Conv or ConvTranspose before
// them.
int FoldAffineIntoConv(graph::Graph& graph);
// A Mul with one number becomes part of a Conv's weights, through views, a Split and a MatMul, as the scaling of
// attention.
int FoldScale(graph::Graph& graph);
// BatchNormalization without a Conv before it: a depthwise Conv 1x1, or Mul and Add for other ranks than 4.
int ReplaceBatchNorm(graph::Graph& graph);
// Gemm, and MatMul with a constant matrix, become a 1x1 Conv over a batch of pictures of one pixel, with the Add of a
// bias behind a MatMul.
int ProductsToConv(graph::Graph& graph);
// Zero padding becomes part of the Conv, of the AveragePool that counts padding or, where padding cannot win the
// maximum, of the MaxPool behind it.
int FoldPads(graph::Graph& graph);
// Finds SiLU, HardSigmoid, HardSwish, Mish and Gelu in what exporters make of them.
int RecognizeActivations(graph::Graph& graph);
// InstanceNormalization, GroupNormalization and MeanVarianceNormalization become a LayerNormalization of rows, between
// Reshapes or Transposes, and what scales the channels; LRN, LogSoftmax and Hardmax the nodes of their formulas.
int ComposeNormalizations(graph::Graph& graph);
// Finds LayerNormalization in the ReduceMean, Sub, Pow, Sqrt, Div, Mul and Add that exporters make of it.
int RecognizeLayerNormalization(graph::Graph& graph);
// Finds PRelu in Relu(x) and what adds slopes times the part of x below 0: -Relu(-x), Min(x, 0), (x - |x|) / 2.
int RecognizePrelu(graph::Graph& graph);
// x over the root of its mean square, or over its norm, becomes half of a LayerNormalization of x and -x.
int RecognizeRootMeanSquare(graph::Graph& graph);
// Div by a computed tensor is a Mul by its Reciprocal.
int DivideByReciprocals(graph::Graph& graph);
// An activation becomes part of the Conv, or a Relu or Clip of the Add, Sub or Mul, whose only consumer it is; of a
// Conv of single pixels also through a Reshape.
int FuseActivations(graph::Graph& graph);
// A Transpose goes behind elementwise functions and Concats where a Conv in front can take them or another Transpose
// comes behind them.
int SinkTransposes(graph::Graph& graph);
// x * a * b and x + a + b with constants, and chains of Reshape or Transpose, become one node.
int MergeChains(graph::Graph& graph);
// Slices that cut a tensor into consecutive parts become one Split.
int SlicesToSplit(graph::Graph& graph);
// A Split whose parts were put together by Concat takes the parts, through Reshape and Concat on other axes.
int SplitThroughConcat(graph::Graph& graph);
// A Slice or Split of what a Concat along its axis put together takes the parts: through Transpose, Reshape and Concat
// on other axes, and through elementwise nodes that nothing else reads. Likewise of a Conv whose channels have very
// different ranges: then each part is a Conv. So a tensor of parts with different ranges is not made where only its
// parts are read.
int SlicesToParts(graph::Graph& graph);

}  // namespace lockstep::optimize
