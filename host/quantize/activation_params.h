// The fourth stage: scale and zero point of every tensor.
#pragma once

#include <map>
#include <set>

#include "graph/graph.h"
#include "quantize/derivation.h"
#include "quantize/policy.h"
#include "quantize/range_methods.h"
#include "quantize/scale_groups.h"
#include "quantize/tensor_format.h"
#include "quantize/widths.h"

namespace lockstep::quantize {

using ActivationParams = std::map<graph::TensorId, AffineParams>;

// - A group of tensors takes the fixed parameters of a member if one has some.
// - A group that only elementwise functions of one kind read (class scores in front of a Sigmoid) spans the range that
//   makes the error behind the function least.
// - Any other group spans the range that the observer chooses for the union of its members' statistics.
// - In front of a fused table: the range that makes the error behind the table least.
// - Constant operands: see ConstantParams.
// Of `floats` nothing is needed but what nodes in integers read.
ActivationParams ChooseActivationParams(const graph::Graph& graph, const Widths& widths, const ScaleGroups& groups,
                                        const ActivationParams& fixed, const Statistics& observed,
                                        const RangeMethods& methods, int threads, const FloatNodes& floats = {});

// The tensors whose statistics that needs.
std::set<graph::TensorId> WantedStatistics(const graph::Graph& graph, const Widths& widths, const ScaleGroups& groups,
                                           const ActivationParams& fixed, const FloatNodes& floats = {});

}  // namespace lockstep::quantize
