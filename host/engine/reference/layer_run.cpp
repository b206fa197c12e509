#include "engine/reference/layer_run.h"

namespace lockstep::engine {

LayerRun DescribeRun(const joint::Model& model, const joint::Layer& layer) {
  const auto tensor = [&](int32_t index) { return model.tensors()->Get(static_cast<uint32_t>(index)); };
  LayerRun run;
  run.model = &model;
  run.layer = &layer;
  for (const int32_t index : *layer.inputs()) run.inputs.push_back({tensor(index), nullptr});
  for (const int32_t index : *layer.outputs()) run.outputs.push_back({tensor(index), nullptr});
  return run;
}

Operand ConstantOperand(const joint::Model& model, int32_t index) {
  const joint::Tensor* tensor = model.tensors()->Get(static_cast<uint32_t>(index));
  return {tensor, model.constants()->Get(static_cast<uint32_t>(tensor->constant()))->data()->data()};
}

}  // namespace lockstep::engine
