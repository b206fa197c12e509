// The functions that a model brings along.
#pragma once

#define ONNX_ML 1
#define ONNX_NAMESPACE onnx
#include <onnx/onnx_pb.h>

#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace lockstep::importer {

struct LocalFunction {
  const onnx::FunctionProto* proto = nullptr;
  std::vector<onnx::AttributeProto> defaults;  // of attributes that a call may leave out
};

class LocalFunctions {
 public:
  // `model` stays as it is as long as this lives. Throws BadInput naming a function that is there twice.
  LocalFunctions(const onnx::ModelProto& model, const std::string& path);

  // The function that a node calls; null for a node that calls none.
  const LocalFunction* Find(const onnx::NodeProto& node) const;

 private:
  std::map<std::tuple<std::string, std::string, std::string>, LocalFunction> functions_;
};

// Throws UnsupportedModel where a node of the function, which says for which opset it was written, means something else
// in the model's.
void RequireOpsetOf(const onnx::ModelProto& model, const onnx::FunctionProto& function, const std::string& path);
// The same of the function that stands for a node of ONNX Runtime's own.
void RequireOpsetOfContrib(const onnx::ModelProto& model, const onnx::NodeProto& node,
                           const onnx::FunctionProto& function, const std::string& path);

}  // namespace lockstep::importer
