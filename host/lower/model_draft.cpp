#include "lower/model_draft.h"

#include <algorithm>
#include <cctype>

#include "graph/error.h"
#include "joint_elements.h"
#include "lower/layer_version.h"

namespace lockstep::lower {
namespace {

joint::DType TypeOf(const TensorFormat& format) {
  switch (format.type) {
    case quantize::NumberType::kU8:
      return joint::DType::U8;
    case quantize::NumberType::kU16:
      return joint::DType::U16;
    case quantize::NumberType::kS8:
      return joint::DType::S8;
    case quantize::NumberType::kS16:
      return joint::DType::S16;
    case quantize::NumberType::kS32:
      return joint::DType::S32;
    case quantize::NumberType::kS64:
      return joint::DType::S64;
    case quantize::NumberType::kF32:
      return joint::DType::F32;
    case quantize::NumberType::kBool:
      break;
  }
  throw UnsupportedModel("a tensor of truth values has no type in the joint model");
}

// Null where the values stand for themselves.
std::unique_ptr<joint::QuantizationT> ToQuantization(const TensorFormat& format, const Axes& axes) {
  if (format.scales.empty()) return nullptr;
  auto quantization = std::make_unique<joint::QuantizationT>();
  quantization->scale.assign(format.scales.begin(), format.scales.end());
  quantization->zero_point = format.zero_points;
  quantization->bits = static_cast<uint8_t>(format.bits);
  if (format.axis >= 0) {
    quantization->axis = static_cast<int32_t>(std::find(axes.begin(), axes.end(), format.axis) - axes.begin());
  }
  return quantization;
}

bool BeginsWith(const std::string& text, const std::string& start) {
  return start.size() <= text.size() && std::equal(start.begin(), start.end(), text.begin(), [](char a, char b) {
           return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
         });
}

}  // namespace

int32_t ModelDraft::AddTensor(const std::string& name, const graph::Shape& shape, const Axes& axes,
                              const TensorFormat& format) {
  const graph::Shape physical = Permuted(shape, axes);
  auto tensor = std::make_unique<joint::TensorT>();
  tensor->name = name;
  // A scalar is stored as one element of rank 1.
  for (const int64_t extent : physical) tensor->shape.push_back(static_cast<int32_t>(extent));
  if (physical.empty()) tensor->shape.push_back(1);
  tensor->dtype = TypeOf(format);
  tensor->quantization = ToQuantization(format, axes);
  if (axes != OnnxOrder(axes.size())) tensor->axes = axes;
  tensor->bytes = static_cast<uint64_t>(graph::ElementCount(physical)) * joint::ElementBytes(tensor->dtype);
  model_.tensors.push_back(std::move(tensor));
  return static_cast<int32_t>(model_.tensors.size() - 1);
}

Value ModelDraft::AddActivation(const std::string& name, const graph::Shape& shape, const Axes& axes,
                                const TensorFormat& format) {
  return {AddTensor(name, shape, axes, format), shape, axes, format};
}

Value ModelDraft::AddConstant(const std::string& name, const graph::Shape& shape, const Axes& axes,
                              const TensorFormat& format, std::vector<uint8_t> bytes) {
  Value value = AddActivation(name, shape, axes, format);
  SetConstant(value.tensor, std::move(bytes));
  return value;
}

int32_t ModelDraft::AddWeights(const std::string& name, const graph::Shape& onnx_shape, const Axes& axes,
                               joint::Packing packing, const TensorFormat& format, std::vector<uint8_t> bytes) {
  const int32_t index = AddTensor(name, onnx_shape, axes, format);
  model_.tensors[index]->packing = packing;
  SetConstant(index, std::move(bytes));
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
  layer->version = LowestVersion(model_, *layer);
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
