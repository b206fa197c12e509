#include "engine/reference/reference_engine.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "engine/reference/extents.h"
#include "engine/reference/joint_file.h"
#include "engine/reference/layer_table.h"
#include "graph/counted.h"
#include "graph/error.h"

namespace lockstep::engine {

// Every tensor has memory of its own while it lives: the arena is not used, so that a wrong memory plan shows up as a
// difference between this engine and the runtime.
struct ReferenceEngine::Impl {
  const joint::Model* model = nullptr;
  std::vector<int>
      last_use;  // per tensor: the last layer that reads it, -1 for none; the layer count for the model's outputs
};

namespace {

void AssertFits(const joint::Model& model, const joint::Layer& layer) {
  const LayerRun run = DescribeRun(model, layer);
  const auto has_rank = [](const auto& tensor) { return tensor.tensor->shape()->size() <= kMaxRank; };
  if (!std::all_of(run.inputs.begin(), run.inputs.end(), has_rank) ||
      !std::all_of(run.outputs.begin(), run.outputs.end(), has_rank) || !OperatorOf(layer.options_type()).fits(run)) {
    throw std::logic_error("layer '" + layer.name()->str() +
                           "' passed the check of a model, but the reference engine " + "cannot run it");
  }
}

}  // namespace

ReferenceEngine::ReferenceEngine(const uint8_t* file, size_t size, bool check_digest)
    : ReferenceEngine(CheckJointFile(file, size, check_digest)) {}

ReferenceEngine::ReferenceEngine(const joint::Model& checked) : impl_(std::make_unique<Impl>()) {
  impl_->model = &checked;
  for (const joint::Layer* layer : *checked.layers()) AssertFits(checked, *layer);
  impl_->last_use.assign(checked.tensors()->size(), -1);
  for (uint32_t i = 0; i < checked.layers()->size(); ++i) {
    for (const int32_t index : *checked.layers()->Get(i)->inputs()) impl_->last_use[index] = static_cast<int>(i);
  }
  for (const joint::OutputSpec* output : *checked.outputs()) {
    impl_->last_use[output->tensor()] = static_cast<int>(checked.layers()->size());
  }
}

ReferenceEngine::~ReferenceEngine() = default;

const joint::Model& ReferenceEngine::model() const { return *impl_->model; }

std::vector<std::vector<uint8_t>> ReferenceEngine::Run(const std::vector<std::vector<uint8_t>>& inputs,
                                                       const LayerObserver& observer, const LayerFeed& feed) {
  const joint::Model& model = *impl_->model;
  const auto& tensors = *model.tensors();
  if (inputs.size() != model.inputs()->size()) {
    throw UsageError("the model has " + graph::Counted(model.inputs()->size(), "input") + ", " +
                     std::to_string(inputs.size()) + " were given");
  }
  std::vector<std::vector<uint8_t>> values(tensors.size());
  for (size_t i = 0; i < inputs.size(); ++i) {
    const joint::Tensor& tensor = *tensors.Get(model.inputs()->Get(i)->tensor());
    if (inputs[i].size() != tensor.bytes()) {
      throw UsageError("input '" + tensor.name()->str() + "' takes " + graph::Counted(tensor.bytes(), "byte") + ", " +
                       std::to_string(inputs[i].size()) + " were given");
    }
    values[model.inputs()->Get(i)->tensor()] = inputs[i];
  }
  const auto data_of = [&](int32_t index) {
    return tensors.Get(index)->constant() >= 0 ? ConstantOperand(model, index).data : values[index].data();
  };
  for (uint32_t i = 0; i < model.layers()->size(); ++i) {
    const joint::Layer& layer = *model.layers()->Get(i);
    LayerRun run = DescribeRun(model, layer);
    std::vector<std::vector<uint8_t>> fed(run.inputs.size());
    for (uint32_t j = 0; j < run.inputs.size(); ++j) {
      const int32_t input = layer.inputs()->Get(j);
      if (feed && tensors.Get(input)->constant() < 0) fed[j] = feed(input);
      if (!fed[j].empty() && fed[j].size() != tensors.Get(input)->bytes()) {
        throw UsageError("tensor '" + tensors.Get(input)->name()->str() + "' is fed with another number of bytes");
      }
      run.inputs[j].data = fed[j].empty() ? data_of(input) : fed[j].data();
    }
    for (uint32_t j = 0; j < run.outputs.size(); ++j) {
      std::vector<uint8_t>& value = values[layer.outputs()->Get(j)];
      value.resize(run.outputs[j].tensor->bytes());
      run.outputs[j].data = value.data();
    }
    OperatorOf(layer.options_type()).run(run);
    for (size_t j = 0; observer && j < run.outputs.size(); ++j) {
      observer(static_cast<int>(i), static_cast<int>(j), layer, *run.outputs[j].tensor, run.outputs[j].data);
    }
    for (const auto* indices : {layer.inputs(), layer.outputs()}) {
      for (const int32_t index : *indices) {
        if (impl_->last_use[index] <= static_cast<int>(i)) std::vector<uint8_t>().swap(values[index]);
      }
    }
  }
  std::vector<std::vector<uint8_t>> outputs;
  for (const joint::OutputSpec* output : *model.outputs()) {
    const uint8_t* data = data_of(output->tensor());
    outputs.emplace_back(data, data + tensors.Get(output->tensor())->bytes());
  }
  return outputs;
}

}  // namespace lockstep::engine
