#include "import/element_types.h"

#include <algorithm>

namespace lockstep::importer {
namespace {

using onnx::NodeProto;
using onnx::TensorProto;

bool IsIn(const std::string& op, std::initializer_list<const char*> list) {
  return std::any_of(list.begin(), list.end(), [&op](const char* one) { return op == one; });
}

int64_t IntOf(const NodeProto& node, const char* key, int64_t fallback) {
  for (const auto& attribute : node.attribute()) {
    if (attribute.name() == key && attribute.type() == onnx::AttributeProto::INT) return attribute.i();
  }
  return fallback;
}

// Up to opset 5 a type is given by its name.
int32_t NamedType(const NodeProto& node, const char* key) {
  TensorProto::DataType type = TensorProto::UNDEFINED;
  for (const auto& attribute : node.attribute()) {
    if (attribute.name() == key && attribute.type() == onnx::AttributeProto::STRING) {
      TensorProto::DataType_Parse(attribute.s(), &type);
    }
  }
  return type;
}

int32_t TensorTypeOf(const NodeProto& node, const char* key, int32_t fallback) {
  for (const auto& attribute : node.attribute()) {
    if (attribute.name() == key && attribute.has_t()) return attribute.t().data_type();
  }
  return fallback;
}

}  // namespace

int32_t ElementTypes::Of(const std::string& tensor) const {
  const auto found = types_.find(tensor);
  return found == types_.end() ? static_cast<int32_t>(TensorProto::UNDEFINED) : found->second;
}

void ElementTypes::Follow(const NodeProto& node) {
  for (int i = 0; i < node.output_size(); ++i) {
    const int32_t type = OutputOf(node, i);
    if (type != TensorProto::UNDEFINED) Set(node.output(i), type);
  }
}

int32_t ElementTypes::OutputOf(const NodeProto& node, int output) const {
  const std::string& op = node.op_type();
  const auto input = [&](int i) {
    return i < node.input_size() ? Of(node.input(i)) : static_cast<int32_t>(TensorProto::UNDEFINED);
  };
  const auto given = [&](const char* key, int32_t fallback) {
    return static_cast<int32_t>(IntOf(node, key, fallback));
  };
  if (op == "Cast") return given("to", NamedType(node, "to"));
  if (op == "EyeLike") return given("dtype", input(0));
  if (op == "ConstantOfShape") return TensorTypeOf(node, "value", TensorProto::FLOAT);
  if (op == "QuantizeLinear") {
    if (const int32_t zero_point = input(2); zero_point != TensorProto::UNDEFINED) return zero_point;
    return given("output_dtype", TensorProto::UINT8);
  }
  if (op == "DynamicQuantizeLinear") return output == 1 ? TensorProto::FLOAT : TensorProto::UINT8;
  if (IsIn(op, {"ConvInteger", "MatMulInteger"})) return TensorProto::INT32;
  if (IsIn(op, {"Shape", "Size", "ArgMax", "ArgMin", "NonZero", "NonMaxSuppression"})) return TensorProto::INT64;
  if (output > 0 && IsIn(op, {"TopK", "MaxPool", "Unique"})) return TensorProto::INT64;
  if (IsIn(op, {"Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Not", "And", "Or", "Xor", "IsInf",
                "IsNaN"})) {
    return TensorProto::BOOL;
  }
  if (IsIn(op, {"CastLike", "DequantizeLinear", "Where"})) return input(1);
  if (op == "OneHot") return input(2);
  if (IsIn(op, {"QLinearConv", "QLinearMatMul"})) return input(7);  // y's zero point
  if (IsIn(op, {"If", "Loop", "Scan"})) return TensorProto::UNDEFINED;
  return input(0);
}

}  // namespace lockstep::importer
