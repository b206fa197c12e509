// Changes of attributes, constants and declared types, and what they are changed to: what is extreme, what is wrong,
// and what another operator would take.
#pragma once

#define ONNX_ML 1
#define ONNX_NAMESPACE onnx
#include <onnx/onnx_pb.h>

#include <cstdint>
#include <random>
#include <string>

namespace lockstep::importer {

class ValueMutator {
 public:
  explicit ValueMutator(std::mt19937_64& random) : random_(random) {}

  int Below(int limit);  // 0..limit-1; 0 for a limit of 0
  int64_t Number();
  float Real();
  int Type();  // ONNX's element types, and some that are none
  std::string Operator();
  std::string AttributeName();

  // Another value of the attribute's type.
  void Fill(onnx::AttributeProto& attribute);
  void Damage(onnx::TensorProto& tensor);
  // `name` is what it may be called then.
  void Damage(onnx::ValueInfoProto& value, const std::string& name);

 private:
  std::string OneOf(const char* words);  // separated by spaces
  void Overwrite(onnx::TensorProto& tensor);
  template <typename List, typename Make>
  void FillList(List& list, const Make& make);

  std::mt19937_64& random_;
};

}  // namespace lockstep::importer
