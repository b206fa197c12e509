#include "engine/reference/reference_engine.h"

#include <utility>

#include "engine/reference/joint_file.h"
#include "engine/reference/layers.h"
#include "graph/error.h"

namespace lockstep::engine {

// Every tensor has memory of its own while it lives: the arena is not used, so that a wrong memory plan shows up as a
// difference between this engine and the runtime.
struct ReferenceEngine::Impl {
  const joint::Model* model = nullptr;
  std::vector<int> last_use;  // per tensor: the last layer that reads it; the layer count for outputs

  const uint8_t* Constant(const joint::Tensor& tensor) const {
    return model->constants()->Get(tensor.constant())->data()->data();
  }
};

namespace {

bool IsConvolution(joint::Options op) { return op == joint::Options::Conv || op == joint::Options::DepthwiseConv; }

int32_t WeightsIndex(const joint::Layer& layer) {
  const joint::Conv* conv = layer.options_as_Conv();
  return conv != nullptr ? conv->weights() : layer.options_as_DepthwiseConv()->weights();
}

void RunLayer(const LayerRun& run) {
  switch (run.layer->options_type()) {
    case joint::Options::Conv:
    case joint::Options::DepthwiseConv:
      return RunConvolution(run);
    case joint::Options::AveragePool:
      return RunAveragePool(run);
    case joint::Options::MaxPool:
    case joint::Options::Concat:
    case joint::Options::Slice:
    case joint::Options::Reshape:
    case joint::Options::Transpose:
    case joint::Options::Resize:
      return RunPlacement(run);
    default:
      return RunElementwise(run);
  }
}

}  // namespace

ReferenceEngine::ReferenceEngine(const uint8_t* file, size_t size, bool check_digest)
    : impl_(std::make_unique<Impl>()) {
  impl_->model = &CheckJointFile(file, size, check_digest);
  const joint::Model& checked = *impl_->model;
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
                                                       const LayerObserver& observer) {
  const joint::Model& model = *impl_->model;
  const auto& tensors = *model.tensors();
  if (inputs.size() != model.inputs()->size()) {
    throw UsageError("the model has " + std::to_string(model.inputs()->size()) + " inputs, " +
                     std::to_string(inputs.size()) + " were given");
  }
  std::vector<std::vector<uint8_t>> values(tensors.size());
  for (size_t i = 0; i < inputs.size(); ++i) {
    const joint::Tensor& tensor = *tensors.Get(model.inputs()->Get(i)->tensor());
    if (inputs[i].size() != tensor.bytes()) {
      throw UsageError("input '" + tensor.name()->str() + "' takes " + std::to_string(tensor.bytes()) + " bytes, " +
                       std::to_string(inputs[i].size()) + " were given");
    }
    values[model.inputs()->Get(i)->tensor()] = inputs[i];
  }
  const auto operand = [&](int32_t index) {
    const joint::Tensor* tensor = tensors.Get(index);
    return Operand{tensor, tensor->constant() >= 0 ? impl_->Constant(*tensor) : values[index].data()};
  };
  for (uint32_t i = 0; i < model.layers()->size(); ++i) {
    LayerRun run;
    run.layer = model.layers()->Get(i);
    for (const int32_t index : *run.layer->inputs()) run.inputs.push_back(operand(index));
    if (IsConvolution(run.layer->options_type())) run.weights = operand(WeightsIndex(*run.layer));
    const int32_t output = run.layer->outputs()->Get(0);
    run.output = tensors.Get(output);
    values[output].resize(run.output->bytes());
    run.result = values[output].data();
    RunLayer(run);
    if (observer) observer(static_cast<int>(i), *run.layer, *run.output, run.result);
    for (const int32_t index : *run.layer->inputs()) {
      if (impl_->last_use[index] == static_cast<int>(i)) std::vector<uint8_t>().swap(values[index]);
    }
    if (impl_->last_use[output] < 0) std::vector<uint8_t>().swap(values[output]);
  }
  std::vector<std::vector<uint8_t>> outputs;
  for (const joint::OutputSpec* output : *model.outputs()) {
    const Operand result = operand(output->tensor());
    outputs.emplace_back(result.data, result.data + result.tensor->bytes());
  }
  return outputs;
}

}  // namespace lockstep::engine
