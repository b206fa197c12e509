// Builds ONNX files for tests, message by message.
#pragma once

#define ONNX_ML 1
#define ONNX_NAMESPACE onnx
#include <onnx/onnx_pb.h>

#include <string>
#include <vector>

namespace lockstep::importer {

class OnnxWriter {
 public:
  onnx::ModelProto model;

  explicit OnnxWriter(int64_t opset);

  // A dimension of 0 is left open under the name "open".
  OnnxWriter& Input(const std::string& name, const std::vector<int64_t>& dims,
                    int32_t element_type = onnx::TensorProto::FLOAT);
  OnnxWriter& Output(const std::string& name);
  onnx::NodeProto& Node(const std::string& op, const std::vector<std::string>& inputs,
                        const std::vector<std::string>& outputs);
  OnnxWriter& Floats(const std::string& name, const std::vector<int64_t>& dims, const std::vector<float>& values);
  OnnxWriter& Ints(const std::string& name, const std::vector<int64_t>& values);

  std::string Bytes() const { return model.SerializeAsString(); }
};

void SetInt(onnx::NodeProto& node, const std::string& name, int64_t value);
void SetInts(onnx::NodeProto& node, const std::string& name, const std::vector<int64_t>& values);
void SetFloat(onnx::NodeProto& node, const std::string& name, float value);
void SetFloats(onnx::NodeProto& node, const std::string& name, const std::vector<float>& values);
void SetString(onnx::NodeProto& node, const std::string& name, const std::string& value);

// A file that is removed again.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& bytes = {}, const std::string& ending = {});
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const std::string& path() const { return path_; }
  void Write(const std::string& bytes) const;

 private:
  std::string path_;
};

}  // namespace lockstep::importer
