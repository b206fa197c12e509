// Graph passes: from what an exporter wrote to what the rest of the tool-chain runs.
//
// Normal form: operators, attributes and inputs are those of ONNX opset 17 (so the sizes of a Split, the starts of a
// Slice, the limits of a Clip and the target of a Reshape are constant *inputs*), `Reduce*` operators excepted, which
// always have `axes` as an attribute. After Optimize, Conv, MaxPool and AveragePool nodes carry explicit
// `kernel_shape`, `strides`, `dilations`, `pads` and `group`, no `auto_pad`, and `ceil_mode` 0 (but for an AveragePool
// that FindBlockers refuses); GlobalAveragePool is an AveragePool, GlobalMaxPool a ReduceMax; Max and Min have two
// inputs, the indices of a Gather are a list counted from the front; axes are not negative; every shape is known and
// static, a NonMaxSuppression whose rows leave the network having as many as there can be (`padded`). A GridSample has
// its `mode` by the names of opset 16.
#pragma once

#include <string>
#include <vector>

#include "graph/graph.h"

namespace lockstep::optimize {

// Determines type and shape of every tensor from the inputs and constants. Values of integer tensors are followed where
// shapes depend on them (Shape, Gather, Concat, Reshape). What an unknown operator makes, and everything that hangs on
// it, gets graph::kUnknownShape. Throws BadInput naming the node if shapes contradict each other.
void InferShapes(graph::Graph& graph);

// Replaces everything that depends on constants and shapes alone by constants. Returns the number of nodes that
// vanished.
int FoldConstants(graph::Graph& graph);

// What a pass did; passes that changed nothing are left out.
struct PassResult {
  std::string pass;
  int count = 0;
};

// InferShapes, FoldConstants and every pass of optimize.cpp until none changes anything. Graph inputs and outputs keep
// their names, and the function computed of finite numbers stays the same up to float rounding, but for these:
// - What dynamic quantisation rounds and Casts to narrower floats round is not rounded.
// - A row of zeros over its own norm is 0 where the network has no epsilon, and a limit of the norm that is nearly 0
//   acts as an epsilon; MeanVarianceNormalization adds its epsilon to the variance.
// - Numbers within 1e-4 of those of SiLU's, HardSwish's and Gelu's kin are taken for them.
// - What Where does not choose, Trilu drops or CumSum leaves out is multiplied with 0: infinity and NaN there come
//   through, unless the condition of a Where guards them, at most 8 operators in front of it. Minus infinity that a
//   Where puts in front of Softmax or Exp is a large number, so that a row of nothing else has equal shares.
// - Truth values that leave the network are floats of 0 and 1.
//
// A node that stands for several ONNX nodes lists them in `onnx_nodes`; its output has the name of the last ONNX
// tensor, `pre_activation` that of the tensor before a fused activation.
std::vector<PassResult> Optimize(graph::Graph& graph);

// What keeps a graph from being compiled; one entry per node (or input or output) and reason.
struct Blocker {
  std::string node;
  std::string op;
  std::string reason;
};

// Every blocker among the nodes and outputs of an optimised graph at once, in graph order.
std::vector<Blocker> FindBlockers(const graph::Graph& graph);

}  // namespace lockstep::optimize
