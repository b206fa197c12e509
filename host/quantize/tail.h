// The 16-bit tail: the exact arithmetic behind the last convolutions.
//
// A detector ends in a little arithmetic on coordinates (distances plus anchors, times strides) that turns a rounding
// of 1/256 of the picture into an error of pixels, and in scores whose order is what counts: 8 bits leave many equal.
// It costs next to nothing in 16 bits. A tensor is in the tail if
// - it is made by Add, Sub, Mul or Div, by a view (Reshape, Transpose, Slice, Split, ...), by Concat, by an elementwise
//   function (Sigmoid), or by a Conv (or another sum of products), and
// - every node that reads it is of the same kinds (Conv excepted) and makes nothing but tensors of the tail or float
//   outputs, so that no convolution follows on any way to the outputs, and
// - unless a Conv or a node in floats makes it, all variable inputs of its node are in the tail, too.
// What a function reads has 12 bits, for its table has an entry for each level, and so has what that was moved from and
// the value in front of a function that is fused into a Conv or into arithmetic.
#pragma once

#include "graph/graph.h"
#include "quantize/widths.h"

namespace lockstep::quantize {

// Gives the tail's tensors `bits`. `widths` has float outputs marked.
void WidenTail(const graph::Graph& graph, int bits, const FloatNodes& floats, Widths& widths);

// Gives 16 bits to operands that are worth them (ops::QuantizationTraits::wide), and to what these are computed from,
// as far as the kinds of nodes of a tail lead: a place in an image that has 8 bits is off by pixels.
void WidenOperands(const graph::Graph& graph, const FloatNodes& floats, Widths& widths);

}  // namespace lockstep::quantize
