// The quantised network for other people's tools: an ONNX file in which pairs of QuantizeLinear and DequantizeLinear
// say what the integers of each tensor stand for.
//
// - Opset 17. Pairs of 8 bits are ONNX's own; 16-bit integers are those of the domain com.microsoft, as ONNX has them
//   only from opset 21 on. Widths between are 8 or 16 bits behind a Clip.
// - Weights are int8 or int16 constants with a scale for each output channel, biases of 8-bit layers int32 constants,
//   other biases floats. Both are those of the joint model, corrections included.
// - A fused function that is a table stands between two pairs, as the integer arithmetic has it.
// - Inputs are those of optimized.onnx: floats behind mean and std. Outputs are floats, of raw outputs too.
// - Nodes that compute in floats have no pairs.
#pragma once

#include <string>

#include "quantize/quantized_graph.h"

namespace lockstep::qdq {

// The bytes of the file. Throws UnsupportedModel if they are more than one file can hold.
std::string SerializeQdq(const quantize::QuantizedGraph& quantized);

}  // namespace lockstep::qdq
