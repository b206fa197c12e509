// Which tensors of a joint model hold the values of a network's tensors.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "graph/graph.h"
#include "joint_generated.h"
#include "quantize/tensor_format.h"

namespace lockstep::judge {

// What a joint tensor of integers was given; none for floats.
std::optional<quantize::AffineParams> ParamsOf(const joint::Tensor& tensor);

// By name the joint tensors of as many elements that layers write: the first of integers, else the last. An integer
// tells how many levels are in use.
std::map<std::string, int32_t> WrittenTensors(const joint::Model& model, const graph::Graph& graph);

}  // namespace lockstep::judge
