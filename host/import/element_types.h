// The element types that an ONNX file gives its tensors. The graph knows floats, integers and truth values; what an
// operator does with narrower ones hangs on these.
#pragma once

#define ONNX_ML 1
#define ONNX_NAMESPACE onnx
#include <onnx/onnx_pb.h>

#include <cstdint>
#include <map>
#include <string>

namespace lockstep::importer {

class ElementTypes {
 public:
  void Set(const std::string& tensor, int32_t onnx_type) { types_[tensor] = onnx_type; }
  // onnx::TensorProto::UNDEFINED where it is not known.
  int32_t Of(const std::string& tensor) const;
  // Of the node's outputs, from those of its inputs and its attributes.
  void Follow(const onnx::NodeProto& node);

 private:
  int32_t OutputOf(const onnx::NodeProto& node, int output) const;

  std::map<std::string, int32_t> types_;
};

}  // namespace lockstep::importer
