#include "import/onnx_tensor.h"

#include <cmath>
#include <cstring>

#include "graph/error.h"

namespace lockstep::importer {
namespace {

using onnx::TensorProto;

float FromHalf(uint16_t bits) {
  const int exponent = (bits >> 10) & 0x1F;
  const int mantissa = bits & 0x3FF;
  const float sign = (bits & 0x8000) != 0 ? -1.0F : 1.0F;
  if (exponent == 0x1F) return mantissa == 0 ? sign * HUGE_VALF : std::nanf("");
  if (exponent == 0) return sign * std::ldexp(static_cast<float>(mantissa), -24);
  return sign * std::ldexp(static_cast<float>(mantissa + 0x400), exponent - 25);
}

float FromBfloat(uint16_t bits) {
  const uint32_t wide = static_cast<uint32_t>(bits) << 16;
  float value = 0.0F;
  std::memcpy(&value, &wide, sizeof(value));
  return value;
}

template <typename T>
T Load(const std::string& raw, size_t index) {
  T value{};
  std::memcpy(&value, raw.data() + index * sizeof(T), sizeof(T));
  return value;
}

float RawFloat(const std::string& raw, int32_t type, size_t i) {
  switch (type) {
    case TensorProto::DOUBLE:
      return static_cast<float>(Load<double>(raw, i));
    case TensorProto::FLOAT16:
      return FromHalf(Load<uint16_t>(raw, i));
    case TensorProto::BFLOAT16:
      return FromBfloat(Load<uint16_t>(raw, i));
    default:
      return Load<float>(raw, i);
  }
}

int64_t RawInt(const std::string& raw, int32_t type, size_t i) {
  switch (type) {
    case TensorProto::INT64:
      return Load<int64_t>(raw, i);
    case TensorProto::UINT64:
      return static_cast<int64_t>(Load<uint64_t>(raw, i));
    case TensorProto::INT32:
      return Load<int32_t>(raw, i);
    case TensorProto::UINT32:
      return Load<uint32_t>(raw, i);
    case TensorProto::INT16:
      return Load<int16_t>(raw, i);
    case TensorProto::UINT16:
      return Load<uint16_t>(raw, i);
    case TensorProto::INT8:
      return Load<int8_t>(raw, i);
    case TensorProto::BOOL:
      return Load<uint8_t>(raw, i) != 0 ? 1 : 0;
    default:
      return Load<uint8_t>(raw, i);
  }
}

// Typed fields: which one holds a type is fixed by ONNX.
void ReadTyped(const TensorProto& proto, graph::ConstantData& data) {
  switch (proto.data_type()) {
    case TensorProto::FLOAT:
      data.floats.assign(proto.float_data().begin(), proto.float_data().end());
      break;
    case TensorProto::DOUBLE:
      for (const double value : proto.double_data()) data.floats.push_back(static_cast<float>(value));
      break;
    case TensorProto::FLOAT16:
      for (const int32_t bits : proto.int32_data()) data.floats.push_back(FromHalf(static_cast<uint16_t>(bits)));
      break;
    case TensorProto::BFLOAT16:
      for (const int32_t bits : proto.int32_data()) data.floats.push_back(FromBfloat(static_cast<uint16_t>(bits)));
      break;
    case TensorProto::INT64:
      data.ints.assign(proto.int64_data().begin(), proto.int64_data().end());
      break;
    case TensorProto::UINT64:
    case TensorProto::UINT32:
      for (const uint64_t value : proto.uint64_data()) data.ints.push_back(static_cast<int64_t>(value));
      break;
    case TensorProto::BOOL:
      for (const int32_t value : proto.int32_data()) data.ints.push_back(value != 0 ? 1 : 0);
      break;
    default:
      data.ints.assign(proto.int32_data().begin(), proto.int32_data().end());
  }
}

}  // namespace

std::optional<graph::ElementType> KindOf(int32_t onnx_type) {
  switch (onnx_type) {
    case TensorProto::FLOAT:
    case TensorProto::DOUBLE:
    case TensorProto::FLOAT16:
    case TensorProto::BFLOAT16:
      return graph::ElementType::kFloat;
    case TensorProto::INT64:
    case TensorProto::UINT64:
    case TensorProto::INT32:
    case TensorProto::UINT32:
    case TensorProto::INT16:
    case TensorProto::UINT16:
    case TensorProto::INT8:
    case TensorProto::UINT8:
      return graph::ElementType::kInt64;
    case TensorProto::BOOL:
      return graph::ElementType::kBool;
    default:
      return std::nullopt;
  }
}

size_t BytesOf(int32_t onnx_type) {
  switch (onnx_type) {
    case TensorProto::DOUBLE:
    case TensorProto::INT64:
    case TensorProto::UINT64:
      return 8;
    case TensorProto::FLOAT:
    case TensorProto::INT32:
    case TensorProto::UINT32:
      return 4;
    case TensorProto::FLOAT16:
    case TensorProto::BFLOAT16:
    case TensorProto::INT16:
    case TensorProto::UINT16:
      return 2;
    default:
      return 1;
  }
}

std::string TypeName(int32_t onnx_type) {
  return TensorProto::DataType_IsValid(onnx_type)
             ? TensorProto::DataType_Name(static_cast<TensorProto::DataType>(onnx_type))
             : "type " + std::to_string(onnx_type);
}

graph::Tensor ReadTensor(const TensorProto& proto, const std::string& name, const std::string& where) {
  const auto kind = KindOf(proto.data_type());
  if (!kind) {
    throw UnsupportedModel(where + ": its elements are " + TypeName(proto.data_type()) +
                           ", not numbers or bools; remove it from the model");
  }
  graph::Tensor tensor{name, *kind, {proto.dims().begin(), proto.dims().end()}, graph::ConstantData{}};
  if (proto.data_location() == TensorProto::EXTERNAL) {
    throw UnsupportedModel(where +
                           ": its elements lie in another file, which is not read for a tensor of its kind; "
                           "export the model with them in the ONNX file");
  }
  constexpr int64_t kLargest = int64_t{1} << 31;  // a protobuf message ends at 2 GiB
  if (!graph::IsKnown(tensor.shape) || graph::ElementCount(tensor.shape) > kLargest) {
    throw BadInput(where + ": its dimensions are " + graph::ToString(tensor.shape) + "; the file is damaged");
  }
  const auto count = static_cast<size_t>(graph::ElementCount(tensor.shape));
  graph::ConstantData& data = *tensor.constant;
  size_t found = 0;
  if (proto.has_raw_data()) {
    const std::string& raw = proto.raw_data();
    const size_t width = BytesOf(proto.data_type());
    found = raw.size() / width;
    if (raw.size() == count * width && *kind == graph::ElementType::kFloat) {
      data.floats.resize(count);
      for (size_t i = 0; i < count; ++i) data.floats[i] = RawFloat(raw, proto.data_type(), i);
    } else if (raw.size() == count * width) {
      data.ints.resize(count);
      for (size_t i = 0; i < count; ++i) data.ints[i] = RawInt(raw, proto.data_type(), i);
    }
  } else {
    ReadTyped(proto, data);
    found = data.floats.size() + data.ints.size();
  }
  if (data.floats.size() + data.ints.size() != count) {
    throw BadInput(where + ": it holds " + std::to_string(found) + " elements, its dimensions " +
                   graph::ToString(tensor.shape) + " need " + std::to_string(count) + "; the file is damaged");
  }
  return tensor;
}

void WriteTensor(const graph::Tensor& tensor, TensorProto& proto) {
  proto.set_name(tensor.name);
  proto.set_data_type(static_cast<int32_t>(graph::ToOnnxType(tensor.type)));
  for (const int64_t dimension : tensor.shape) proto.add_dims(dimension);
  std::string& raw = *proto.mutable_raw_data();
  if (tensor.type == graph::ElementType::kFloat) {
    raw.assign(reinterpret_cast<const char*>(tensor.constant->floats.data()),
               tensor.constant->floats.size() * sizeof(float));
  } else if (tensor.type == graph::ElementType::kInt64) {
    raw.assign(reinterpret_cast<const char*>(tensor.constant->ints.data()),
               tensor.constant->ints.size() * sizeof(int64_t));
  } else {
    for (const int64_t value : tensor.constant->ints) raw.push_back(value != 0 ? '\1' : '\0');
  }
}

void WriteNarrowTensor(const graph::Tensor& tensor, int64_t onnx_type, TensorProto& proto) {
  proto.set_name(tensor.name);
  proto.set_data_type(static_cast<int32_t>(onnx_type));
  for (const int64_t dimension : tensor.shape) proto.add_dims(dimension);
  const bool two = onnx_type == TensorProto::INT16 || onnx_type == TensorProto::UINT16;
  const size_t bytes = onnx_type == TensorProto::INT32 ? 4 : two ? 2 : 1;
  std::string& raw = *proto.mutable_raw_data();
  for (const int64_t value : tensor.constant->ints) {
    // Raw data is little-endian, and the low bytes of two's complement are the narrower number.
    for (size_t i = 0; i < bytes; ++i) raw.push_back(static_cast<char>((value >> (8 * i)) & 0xFF));
  }
}

}  // namespace lockstep::importer
