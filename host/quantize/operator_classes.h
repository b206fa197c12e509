// What quantisation needs to know about operators.
#pragma once

#include <string>

#include "graph/graph.h"
#include "ops/op.h"

namespace lockstep::quantize {

// The traits of the node's operator (host/ops); those of an operator that is not in the table are the defaults.
const ops::QuantizationTraits& TraitsOf(const graph::Node& node);

// Copies elements and computes nothing: Reshape, Transpose, Slice, Split, ...
bool IsView(const graph::Node& node);

// The output's elements are elements of the first input: views, MaxPool, nearest Resize. Input and output have one
// scale and zero point.
bool SharesScale(const graph::Node& node);

// Add, Sub, Mul.
bool IsArithmetic(const graph::Node& node);

// Sums products of its input with constant weights: Conv, ConvTranspose, Gemm.
bool SumsProducts(const graph::Node& node);

// Whether the activation is a 256-entry table behind the node, and not just limits (Relu, Clip) or nothing.
bool NeedsTable(const graph::Activation& activation);

// An elementwise function that is a node of its own.
bool IsLookup(const graph::Graph& graph, const graph::Node& node);

// A constant that takes part in the computation: a float operand of an arithmetic node.
bool IsConstantOperand(const graph::Graph& graph, const graph::Node& node, graph::TensorId input);

}  // namespace lockstep::quantize
