// ONNX's tensors and types as the graph's.
#pragma once

#define ONNX_ML 1
#define ONNX_NAMESPACE onnx
#include <onnx/onnx_pb.h>

#include <optional>
#include <string>

#include "graph/graph.h"

namespace lockstep::importer {

// The kind that an ONNX element type becomes; nothing for strings, complex numbers and what is not defined.
std::optional<graph::ElementType> KindOf(int32_t onnx_type);

// As ONNX calls an element type: "UINT8"; "type 77" for one that it does not have.
std::string TypeName(int32_t onnx_type);

// Of an element in raw data; 1 for a type that has none.
size_t BytesOf(int32_t onnx_type);

// Bits of the mantissa behind its leading one.
inline constexpr int kHalfMantissa = 10;
inline constexpr int kBfloatMantissa = 7;

// Reads a constant under `name`. `where` names file and tensor for errors: BadInput if its data does not fit its
// dimensions, UnsupportedModel if it has a type without numbers. Its data is within the message (external_data.h).
graph::Tensor ReadTensor(const onnx::TensorProto& proto, const std::string& name, const std::string& where);

// Writes a constant with raw data; the proto's name is the tensor's.
void WriteTensor(const graph::Tensor& tensor, onnx::TensorProto& proto);

// Integers of a narrower type, ONNX's INT8, UINT8, INT16, UINT16 or INT32, which holds all of them.
void WriteNarrowTensor(const graph::Tensor& tensor, int64_t onnx_type, onnx::TensorProto& proto);

}  // namespace lockstep::importer
