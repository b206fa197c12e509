#include "support/joint_models.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "joint_elements.h"
#include "lower/joint_writer.h"
#include "support/joint_models_shapes.h"

namespace lockstep::test {

NetworkBuilder::NetworkBuilder(uint64_t seed, const std::string& name)
    : state_(seed * 2654435761U + 88172645463325252) {
  model_.format_version = joint::kFormatVersion;
  model_.contract = "rq1";
  model_.name = name;
  model_.compiler_version = "test";
}

int NetworkBuilder::Random(int low, int high) {
  state_ ^= state_ << 13;
  state_ ^= state_ >> 7;
  state_ ^= state_ << 17;
  return low + static_cast<int>((state_ >> 11) % (static_cast<uint64_t>(high) - low + 1));
}

const std::vector<int>& NetworkBuilder::shape(int tensor) const { return model_.tensors[tensor]->shape; }

int NetworkBuilder::AddTensor(const std::vector<int>& shape, joint::DType dtype, float scale, int zero_point) {
  auto tensor = std::make_unique<joint::TensorT>();
  tensor->name = "tensor/" + std::to_string(model_.tensors.size());
  tensor->shape = shape;
  tensor->dtype = dtype;
  tensor->bytes = Product(shape) * ElementBytes(dtype);
  if (scale != 0.0F && dtype != joint::DType::F32) {
    tensor->quantization = std::make_unique<joint::QuantizationT>();
    tensor->quantization->scale = {scale};
    tensor->quantization->zero_point = {zero_point};
    tensor->quantization->bits = static_cast<uint8_t>(8 * ElementBytes(dtype));
  }
  const int index = static_cast<int>(model_.tensors.size());
  model_.tensors.push_back(std::move(tensor));
  place_.push_back(index);
  inside_.push_back(0);
  return index;
}

int NetworkBuilder::Activation(const std::vector<int>& shape, joint::DType dtype) {
  const float scale = static_cast<float>(Random(1, 1000)) / 8192.0F;
  return AddTensor(shape, dtype, scale, dtype == joint::DType::F32 ? 0 : Random(0, High(dtype)));
}

int NetworkBuilder::Like(int x, const std::vector<int>& shape) {
  const auto* quantization = model_.tensors[x]->quantization.get();
  const int index = AddTensor(shape, model_.tensors[x]->dtype, quantization == nullptr ? 0.0F : 1.0F, 0);
  if (quantization != nullptr) *model_.tensors[index]->quantization = *model_.tensors[x]->quantization;
  return index;
}

int NetworkBuilder::StoreConstant(int tensor, std::vector<uint8_t> bytes) {
  model_.tensors[tensor]->bytes = bytes.size();
  model_.tensors[tensor]->constant = static_cast<int>(model_.constants.size());
  auto constant = std::make_unique<joint::ConstantT>();
  constant->data = std::move(bytes);
  model_.constants.push_back(std::move(constant));
  return tensor;
}

int NetworkBuilder::AppendLayer(std::unique_ptr<joint::LayerT> layer, const std::vector<int>& inputs, int output,
                                uint64_t macs) {
  layer->name = std::string(joint::EnumNameOptions(layer->options.type)) + "_" + std::to_string(model_.layers.size());
  layer->inputs = inputs;
  layer->outputs = {output};
  layer->onnx_nodes = {"/model/" + layer->name};
  layer->macs = macs;
  model_.layers.push_back(std::move(layer));
  return output;
}

int NetworkBuilder::Input(const std::vector<int>& shape, float scale, int zero_point, joint::DType dtype) {
  const int tensor = AddTensor(shape, dtype, scale, zero_point);
  auto spec = std::make_unique<joint::InputSpecT>();
  spec->tensor = tensor;
  model_.inputs.push_back(std::move(spec));
  return tensor;
}

int NetworkBuilder::Constant(const std::vector<int>& shape, joint::DType dtype) {
  const int tensor = AddTensor(shape, dtype, 0.02F, Random(0, High(dtype)));
  std::vector<uint8_t> bytes(model_.tensors[tensor]->bytes);
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(Random(0, 255));
  return StoreConstant(tensor, std::move(bytes));
}

void NetworkBuilder::Output(int tensor) {
  auto spec = std::make_unique<joint::OutputSpecT>();
  spec->tensor = tensor;
  model_.outputs.push_back(std::move(spec));
}

int NetworkBuilder::EntriesFor(int x) const { return model_.tensors[x]->dtype == joint::DType::U16 ? 65536 : 256; }

std::vector<uint8_t> NetworkBuilder::Table(joint::DType dtype, int entries) {
  std::vector<uint8_t> table(static_cast<size_t>(entries) * ElementBytes(dtype));
  for (uint8_t& byte : table) byte = static_cast<uint8_t>(Random(0, 255));
  return table;
}

void NetworkBuilder::PlanArena() {
  const int layers = static_cast<int>(model_.layers.size());
  const size_t count = model_.tensors.size();
  std::vector<int> first(count, layers);
  std::vector<int> last(count, -1);
  const auto use = [&](int tensor, int when) {
    const int place = place_[tensor];
    first[place] = std::min(first[place], when);
    last[place] = std::max(last[place], when);
  };
  for (const auto& input : model_.inputs) use(input->tensor, -1);
  for (const auto& output : model_.outputs) use(output->tensor, layers);
  for (int i = 0; i < layers; ++i) {
    for (const int tensor : model_.layers[i]->inputs) use(tensor, i);
    for (const int tensor : model_.layers[i]->outputs) use(tensor, i);
  }
  const auto padded = [&](size_t i) { return (model_.tensors[i]->bytes + 63) / 64 * 64; };
  const auto in_arena = [&](size_t i) {
    return model_.tensors[i]->constant < 0 && place_[i] == static_cast<int>(i) && first[i] <= last[i];
  };
  for (size_t i = 0; i < count; ++i) {
    if (!in_arena(i)) continue;
    uint64_t offset = 0;
    for (bool moved = true; moved;) {
      moved = false;
      for (size_t j = 0; j < i; ++j) {
        if (!in_arena(j) || first[i] > last[j] || first[j] > last[i]) continue;
        const uint64_t at = model_.tensors[j]->arena_offset;
        if (offset < at + padded(j) && at < offset + padded(i)) {
          offset = at + padded(j);
          moved = true;
        }
      }
    }
    model_.tensors[i]->arena_offset = static_cast<int64_t>(offset);
    model_.arena_size = std::max(model_.arena_size, offset + padded(i));
  }
  for (size_t i = 0; i < count; ++i) {
    joint::TensorT& tensor = *model_.tensors[i];
    if (tensor.constant >= 0) continue;
    tensor.arena_offset = model_.tensors[place_[i]]->arena_offset + inside_[i] * ElementBytes(tensor.dtype);
  }
  for (int when = 0; when < layers; ++when) {
    uint64_t alive = 0;
    for (size_t i = 0; i < count; ++i) {
      if (in_arena(i) && first[i] <= when && when <= last[i]) alive += model_.tensors[i]->bytes;
    }
    model_.arena_lower_bound = std::max(model_.arena_lower_bound, alive);
  }
}

void NetworkBuilder::Within(int part, int whole, int64_t elements) {
  joint::TensorT& tensor = *model_.tensors[part];
  const joint::TensorT& around = *model_.tensors[whole];
  place_[part] = place_[whole];
  inside_[part] = inside_[whole] + elements;
  const size_t rank = tensor.shape.size();
  const int pitch = around.strides.empty() ? around.shape.back() : around.strides[rank - 2];
  if (pitch == tensor.shape.back()) return;
  tensor.strides.assign(rank, 1);
  for (size_t axis = rank - 1; axis-- > 0;) {
    tensor.strides[axis] = axis + 2 == rank ? pitch : tensor.strides[axis + 1] * tensor.shape[axis + 1];
  }
}

joint::ModelT NetworkBuilder::Finish() {
  PlanArena();
  std::set<std::string> operators;
  for (const auto& layer : model_.layers) {
    operators.insert(joint::EnumNameOptions(layer->options.type));
    model_.macs += layer->macs;
  }
  model_.operators.assign(operators.begin(), operators.end());
  return std::move(model_);
}

std::vector<uint8_t> Write(const joint::ModelT& model) { return lower::WriteJoint(model); }

}  // namespace lockstep::test
