// The graph passes: one file each, listed in optimize.cpp. A pass returns how many matches it rewrote; run again at
// once it returns 0. Passes leave a graph whose shapes are inferred and which has no dead nodes.
#pragma once

#include "graph/graph.h"

namespace lockstep::optimize {

// An input of 8 or 16 bits that is cast to float first becomes a float input of the same values.
int TakeIntegerInputs(graph::Graph& graph);
// Paddings explicit, axes counted from the front, sizes and steps given: the form that the header of optimize.h
// promises.
int MakeExplicit(graph::Graph& graph);
// Drops nodes that hand on what they get: Identity, Dropout, a Reshape to the same shape, an empty Pad, x * 1, x + 0,
// ...
int RemoveIdentities(graph::Graph& graph);
// Div by a constant is a Mul, the square is a product, PRelu with one slope is LeakyRelu.
int Simplify(graph::Graph& graph);
// BatchNormalization, and Mul, Add, Sub with one constant per channel, become part of the Conv or ConvTranspose before
// them.
int FoldAffineIntoConv(graph::Graph& graph);
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
// Finds LayerNormalization in the ReduceMean, Sub, Pow, Sqrt, Div, Mul and Add that exporters make of it.
int RecognizeLayerNormalization(graph::Graph& graph);
// An activation becomes part of the Conv, or a Relu or Clip of the Add, Sub or Mul, whose only consumer it is; of a
// Conv of single pixels also through a Reshape.
int FuseActivations(graph::Graph& graph);
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
