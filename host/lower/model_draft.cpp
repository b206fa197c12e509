#include "lower/model_draft.h"

#include <algorithm>
#include <cctype>
#include <cstring>

#include "joint_elements.h"

namespace lockstep::lower {
namespace {

joint::DType TypeOf(const AffineParams& params) { return params.bits > 8 ? joint::DType::U16 : joint::DType::U8; }

std::unique_ptr<joint::QuantizationT> ToQuantization(const AffineParams& params) {
  auto quantization = std::make_unique<joint::QuantizationT>();
  quantization->scale = {static_cast<float>(params.scale)};
  quantization->zero_point = {params.zero_point};
  quantization->bits = static_cast<uint8_t>(params.bits);
  return quantization;
}

std::vector<uint8_t> BytesOf(const std::vector<float>& values) {
  std::vector<uint8_t> bytes(values.size() * sizeof(float));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

bool BeginsWith(const std::string& text, const std::string& start) {
  return start.size() <= text.size() && std::equal(start.begin(), start.end(), text.begin(), [](char a, char b) {
           return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
         });
}

}  // namespace

int32_t ModelDraft::AddTensor(const std::string& name, const graph::Shape& physical, const Axes& axes,
                              joint::DType dtype) {
  auto tensor = std::make_unique<joint::TensorT>();
  tensor->name = name;
  // A scalar is stored as one element of rank 1.
  for (const int64_t extent : physical) tensor->shape.push_back(static_cast<int32_t>(extent));
  if (physical.empty()) tensor->shape.push_back(1);
  tensor->dtype = dtype;
  if (axes != OnnxOrder(axes.size())) tensor->axes = axes;
  tensor->bytes = static_cast<uint64_t>(graph::ElementCount(physical)) * joint::ElementBytes(dtype);
  model_.tensors.push_back(std::move(tensor));
  return static_cast<int32_t>(model_.tensors.size() - 1);
}

Value ModelDraft::AddActivation(const std::string& name, const graph::Shape& shape, const Axes& axes,
                                const AffineParams& params) {
  const int32_t index = AddTensor(name, Permuted(shape, axes), axes, TypeOf(params));
  model_.tensors[index]->quantization = ToQuantization(params);
  return {index, shape, axes, params, false};
}

Value ModelDraft::AddFloat(const std::string& name, const graph::Shape& shape, const Axes& axes) {
  return {AddTensor(name, Permuted(shape, axes), axes, joint::DType::F32), shape, axes, {}, true};
}

Value ModelDraft::AddIntegers(const std::string& name, const graph::Shape& shape, const Axes& axes) {
  return {AddTensor(name, Permuted(shape, axes), axes, joint::DType::S64), shape, axes, {}, false, true};
}

Value ModelDraft::AddConstant(const std::string& name, const graph::Shape& shape, const Axes& axes,
                              const AffineParams& params, std::vector<uint8_t> bytes) {
  Value value = AddActivation(name, shape, axes, params);
  SetConstant(value.tensor, std::move(bytes));
  return value;
}

Value ModelDraft::AddFloatConstant(const std::string& name, const graph::Shape& shape, const Axes& axes,
                                   const std::vector<float>& values) {
  Value value = AddFloat(name, shape, axes);
  SetConstant(value.tensor, BytesOf(values));
  return value;
}

int32_t ModelDraft::AddFloatWeights(const std::string& name, const graph::Shape& onnx_shape, const Axes& axes,
                                    joint::Packing packing, const std::vector<float>& values) {
  const int32_t index = AddTensor(name, Permuted(onnx_shape, axes), axes, joint::DType::F32);
  model_.tensors[index]->packing = packing;
  SetConstant(index, BytesOf(values));
  return index;
}

int32_t ModelDraft::AddRow(const std::string& name, joint::DType dtype, const std::vector<int64_t>& values,
                           double scale) {
  const graph::Shape shape = {static_cast<int64_t>(values.size())};
  const int32_t index = AddTensor(name, shape, OnnxOrder(1), dtype);
  joint::TensorT& tensor = *model_.tensors[index];
  const int bytes = joint::ElementBytes(dtype);
  tensor.quantization = std::make_unique<joint::QuantizationT>();
  tensor.quantization->scale = {static_cast<float>(scale)};
  tensor.quantization->zero_point = {0};
  tensor.quantization->bits = static_cast<uint8_t>(8 * bytes);
  std::vector<uint8_t> data;
  data.reserve(values.size() * static_cast<size_t>(bytes));
  for (const int64_t value : values) {
    for (int i = 0; i < bytes; ++i) data.push_back(static_cast<uint8_t>(value >> (8 * i)));
  }
  SetConstant(index, std::move(data));
  return index;
}

int32_t ModelDraft::AddWeights(const std::string& name, const graph::Shape& onnx_shape, const Axes& axes,
                               joint::Packing packing, const std::vector<int8_t>& values,
                               const std::vector<double>& scales) {
  const int32_t index = AddTensor(name, Permuted(onnx_shape, axes), axes, joint::DType::S8);
  joint::TensorT& tensor = *model_.tensors[index];
  tensor.packing = packing;
  tensor.quantization = std::make_unique<joint::QuantizationT>();
  tensor.quantization->scale.assign(scales.begin(), scales.end());
  tensor.quantization->zero_point.assign(scales.size(), 0);
  const auto output_channels = std::find(axes.begin(), axes.end(), 0) - axes.begin();
  tensor.quantization->axis = scales.size() > 1 ? static_cast<int32_t>(output_channels) : -1;
  SetConstant(index, std::vector<uint8_t>(values.begin(), values.end()));
  return index;
}

void ModelDraft::SetConstant(int32_t tensor, std::vector<uint8_t> bytes) {
  model_.tensors[tensor]->bytes = bytes.size();
  const auto [entry, added] = constants_.emplace(std::move(bytes), static_cast<int32_t>(model_.constants.size()));
  if (added) {
    auto constant = std::make_unique<joint::ConstantT>();
    constant->data = entry->first;
    model_.constants.push_back(std::move(constant));
  }
  model_.tensors[tensor]->constant = entry->second;
}

void ModelDraft::FinishLayer(std::unique_ptr<joint::LayerT> layer, const std::string& stem,
                             const std::vector<int32_t>& inputs, const std::vector<int32_t>& outputs,
                             const std::vector<std::string>& onnx_nodes, uint64_t macs) {
  layer->name = stem;
  for (int i = 1; !layer_names_.insert(layer->name).second; ++i) layer->name = stem + "_" + std::to_string(i);
  layer->inputs = inputs;
  layer->outputs = outputs;
  layer->onnx_nodes = onnx_nodes;
  layer->macs = macs;
  model_.layers.push_back(std::move(layer));
}

std::string ShortName(const std::string& onnx_name) {
  std::vector<std::string> parts(1);
  for (const char c : onnx_name) {
    if (c == '/') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  std::string name;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].empty() || (i + 1 < parts.size() && BeginsWith(parts[i + 1], parts[i]))) continue;
    name += (name.empty() ? "" : "/") + parts[i];
  }
  return name.empty() ? "layer" : name;
}

}  // namespace lockstep::lower
