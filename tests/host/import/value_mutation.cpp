#include "value_mutation.h"

#include <cstring>
#include <limits>
#include <sstream>
#include <vector>

namespace lockstep::importer {
namespace {

using onnx::AttributeProto;
using onnx::TensorProto;

// What the operators' attributes of text take, and what none does.
constexpr const char* kWords =
    "nearest linear cubic constant reflect edge wrap SAME_UPPER SAME_LOWER VALID NOTSET half_pixel align_corners "
    "asymmetric tf_crop_and_resize floor ceil round_prefer_ceil tanh none bilinear x unheard-of";

constexpr const char* kOperators =
    "Conv ConvTranspose Gemm MatMul MaxPool AveragePool GlobalAveragePool GlobalMaxPool BatchNormalization "
    "InstanceNormalization LayerNormalization Add Sub Mul Div Pow Max Min Mod Equal Less Where Relu LeakyRelu PRelu "
    "Clip "
    "Sigmoid HardSigmoid Tanh Elu Softplus Gelu Exp Erf Softmax LogSoftmax Concat Split Slice Gather GatherElements "
    "GatherND ScatterND ScatterElements Reshape Flatten Squeeze Unsqueeze Transpose Expand Tile Pad Resize Upsample "
    "Shape "
    "ConstantOfShape Range Cast TopK CumSum ReduceMean ReduceSum Constant QuantizeLinear DequantizeLinear If Loop";

constexpr const char* kAttributes =
    "axis axes perm group strides pads kernel_shape dilations auto_pad ceil_mode count_include_pad storage_order mode "
    "scales alpha beta transA transB keepdims to value split num_outputs starts ends epsilon allowzero batch_dims "
    "exclusive output_padding output_shape k approximate";

}  // namespace

int ValueMutator::Below(int limit) {
  return limit < 1 ? 0 : static_cast<int>(random_() % static_cast<uint64_t>(limit));
}

int64_t ValueMutator::Number() {
  static const std::vector<int64_t> kNumbers = {0,
                                                1,
                                                2,
                                                3,
                                                4,
                                                5,
                                                6,
                                                7,
                                                8,
                                                100,
                                                255,
                                                65536,
                                                -1,
                                                -2,
                                                -3,
                                                -4,
                                                -5,
                                                -100,
                                                (1LL << 31) - 1,
                                                1LL << 31,
                                                -(1LL << 31),
                                                1LL << 32,
                                                1LL << 40,
                                                1LL << 62,
                                                std::numeric_limits<int64_t>::max(),
                                                std::numeric_limits<int64_t>::min()};
  return kNumbers[static_cast<size_t>(Below(static_cast<int>(kNumbers.size())))];
}

float ValueMutator::Real() {
  using Limits = std::numeric_limits<float>;
  static const std::vector<float> kReals = {0,
                                            -0.0F,
                                            1,
                                            -1,
                                            0.5F,
                                            1e-38F,
                                            1e-45F,
                                            3e38F,
                                            -3e38F,
                                            Limits::infinity(),
                                            -Limits::infinity(),
                                            Limits::quiet_NaN()};
  return kReals[static_cast<size_t>(Below(static_cast<int>(kReals.size())))];
}

int ValueMutator::Type() { return Below(5) == 0 ? static_cast<int>(Number()) : Below(24); }

std::string ValueMutator::Operator() { return OneOf(kOperators); }

std::string ValueMutator::AttributeName() { return OneOf(kAttributes); }

std::string ValueMutator::OneOf(const char* words) {
  std::istringstream stream(words);
  std::vector<std::string> list;
  for (std::string word; stream >> word;) list.push_back(word);
  return list[static_cast<size_t>(Below(static_cast<int>(list.size())))];
}

template <typename List, typename Make>
void ValueMutator::FillList(List& list, const Make& make) {
  const int action = Below(4);
  if (action == 0 && !list.empty()) {
    list.RemoveLast();
  } else if (action == 1 || list.empty()) {
    list.Add(make());
  } else {
    list.Set(Below(list.size()), make());
  }
}

void ValueMutator::Fill(AttributeProto& attribute) {
  switch (attribute.type()) {
    case AttributeProto::INT:
      attribute.set_i(Number());
      break;
    case AttributeProto::FLOAT:
      attribute.set_f(Real());
      break;
    case AttributeProto::STRING:
      attribute.set_s(OneOf(kWords));
      break;
    case AttributeProto::INTS:
      FillList(*attribute.mutable_ints(), [&] { return Number(); });
      break;
    case AttributeProto::FLOATS:
      FillList(*attribute.mutable_floats(), [&] { return Real(); });
      break;
    case AttributeProto::TENSOR:
      Damage(*attribute.mutable_t());
      break;
    default:
      attribute.clear_g();
  }
}

// Elements of a constant that become others; the bytes stay as many.
void ValueMutator::Overwrite(TensorProto& tensor) {
  if (!tensor.raw_data().empty()) {
    std::string& raw = *tensor.mutable_raw_data();
    const int64_t number = Number();
    const float real = Real();
    const bool whole = tensor.data_type() == TensorProto::INT64;
    const size_t width = whole ? sizeof(number) : sizeof(real);
    if (raw.size() < width) return;
    const size_t at = static_cast<size_t>(Below(static_cast<int>(raw.size() / width))) * width;
    std::memcpy(raw.data() + at, whole ? static_cast<const void*>(&number) : &real, width);
  } else if (!tensor.int64_data().empty()) {
    tensor.set_int64_data(Below(tensor.int64_data_size()), Number());
  } else if (!tensor.float_data().empty()) {
    tensor.set_float_data(Below(tensor.float_data_size()), Real());
  }
}

void ValueMutator::Damage(TensorProto& tensor) {
  switch (Below(8)) {
    case 0:
      tensor.set_data_type(Type());
      break;
    case 1:
      tensor.add_dims(Below(2) == 0 ? 1 : Number());
      break;
    case 2:
      if (tensor.dims_size() > 0) tensor.mutable_dims()->RemoveLast();
      break;
    case 3:
      if (tensor.dims_size() > 0) tensor.set_dims(Below(tensor.dims_size()), Number());
      break;
    case 4:  // nothing in it
      tensor.clear_dims();
      tensor.add_dims(0);
      tensor.clear_raw_data();
      tensor.clear_int64_data();
      tensor.clear_float_data();
      break;
    default:
      Overwrite(tensor);
  }
}

void ValueMutator::Damage(onnx::ValueInfoProto& value, const std::string& name) {
  auto& type = *value.mutable_type()->mutable_tensor_type();
  auto& shape = *type.mutable_shape();
  switch (Below(7)) {
    case 0:
      type.set_elem_type(Type());
      break;
    case 1:
      type.clear_shape();
      break;
    case 2:
      value.clear_type();
      break;
    case 3:
      shape.add_dim()->set_dim_value(Below(2) == 0 ? 1 : Number());
      break;
    case 4:
      if (shape.dim_size() > 0) shape.mutable_dim()->RemoveLast();
      break;
    case 5:
      value.set_name(name);
      break;
    default:
      if (shape.dim_size() > 0) shape.mutable_dim(Below(shape.dim_size()))->set_dim_value(Number());
  }
}

}  // namespace lockstep::importer
