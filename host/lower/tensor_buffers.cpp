#include "lower/tensor_buffers.h"

#include <numeric>

namespace lockstep::lower {

BufferMap CollectBuffers(const joint::ModelT& model, const Views& views, const std::vector<RowChain>& chains) {
  std::vector<int> moments(model.layers.size());
  std::iota(moments.begin(), moments.end(), 0);
  std::vector<bool> between(model.tensors.size(), false);
  for (const RowChain& chain : chains) {
    for (size_t i = chain.first; i < chain.first + chain.layers; ++i) {
      moments[i] = static_cast<int>(chain.first);
      if (i > chain.first) between[static_cast<size_t>(model.layers[i]->inputs[0])] = true;
    }
  }
  BufferMap map;
  map.of_tensor.assign(model.tensors.size(), -1);
  std::vector<int> of_root(model.tensors.size(), -1);
  const auto use = [&](int32_t tensor, int moment) {
    const auto index = static_cast<size_t>(tensor);
    if (model.tensors[index]->constant >= 0 || between[index]) return;
    const auto root = static_cast<size_t>(views.PlaceOf(tensor).root);
    if (of_root[root] < 0) {
      of_root[root] = static_cast<int>(map.buffers.size());
      map.buffers.push_back({model.tensors[root]->bytes, moment, moment, 0});
    }
    map.of_tensor[index] = of_root[root];
    map.buffers[static_cast<size_t>(of_root[root])].last = moment;
  };
  for (const auto& input : model.inputs) use(input->tensor, -1);
  for (size_t i = 0; i < model.layers.size(); ++i) {
    for (const int32_t input : model.layers[i]->inputs) use(input, moments[i]);
    for (const int32_t output : model.layers[i]->outputs) use(output, moments[i]);
  }
  for (const auto& output : model.outputs) use(output->tensor, static_cast<int>(model.layers.size()));
  return map;
}

}  // namespace lockstep::lower
