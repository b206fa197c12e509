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

// The levels of an activation of integers, with its channels' axis in ONNX order.
std::optional<quantize::TensorFormat> LevelsOf(const joint::Tensor& tensor);
// The same of one scale; none for what has several.
std::optional<quantize::AffineParams> ParamsOf(const joint::Tensor& tensor);

// The network's tensor that the joint one stands for, element by element; kNoTensor if there is none, or if it holds no
// real numbers. Several joint tensors may stand for one, in other formats. Those of an input of the network hold
// pixels in the beginning.
graph::TensorId NetworkTensor(const graph::Graph& graph, const joint::Tensor& tensor);

// By name the joint tensors of as many elements that layers write: the first of integers, else the last. An integer
// tells how many levels are in use.
std::map<std::string, int32_t> WrittenTensors(const joint::Model& model, const graph::Graph& graph);

}  // namespace lockstep::judge
