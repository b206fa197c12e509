#include "lower/row_plan.h"

#include <algorithm>
#include <memory>

#include "joint_elements.h"
#include "lower/tensor_buffers.h"

namespace lockstep::lower {
namespace {

// Less is not worth reading rows' weights again and again, nor the rows that lie in scratch memory instead.
bool IsWorthIt(uint64_t with, uint64_t without) { return with <= without - without / 8; }

// Scratch memory for the rows between layers, at least: of the chain that needs most.
uint64_t WindowBytes(const joint::ModelT& model, const std::vector<RowChain>& chains) {
  uint64_t most = 0;
  for (const RowChain& chain : chains) {
    uint64_t bytes = 0;
    int64_t rows = 1;
    for (size_t i = chain.first + chain.layers - 1; i > chain.first; --i) {
      const joint::LayerT& layer = *model.layers[i];
      const joint::TensorT& x = *model.tensors[static_cast<size_t>(layer.inputs[0])];
      const joint::DepthwiseConvT* conv = layer.options.AsDepthwiseConv();
      const int32_t kernel_h = model.tensors[static_cast<size_t>(layer.inputs[1])]->shape[1];
      if (conv != nullptr) rows = (rows - 1) * conv->stride_h + int64_t{kernel_h - 1} * conv->dilation_h + 1;
      rows = std::min<int64_t>(rows, x.shape[1]);
      bytes += x.bytes / static_cast<uint64_t>(x.shape[1]) * static_cast<uint64_t>(rows);
    }
    most = std::max(most, bytes);
  }
  return most;
}

// Without those that the lower bound does not need.
std::vector<RowChain> FewestChains(const joint::ModelT& model, const Views& views, std::vector<RowChain> chains) {
  const uint64_t bound = LowerBound(CollectBuffers(model, views, chains).buffers);
  for (size_t i = chains.size(); i-- > 0;) {
    std::vector<RowChain> fewer = chains;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    if (LowerBound(CollectBuffers(model, views, fewer).buffers) <= bound) chains = std::move(fewer);
  }
  return chains;
}

}  // namespace

void PlanRows(joint::ModelT& model, const Views& views) {
  const std::vector<RowChain> chains = FewestChains(model, views, FindRowChains(model, views));
  if (chains.empty()) return;
  BufferMap map = CollectBuffers(model, views, chains);
  const uint64_t size = PlaceBuffers(map.buffers);
  if (!IsWorthIt(size + WindowBytes(model, chains), model.arena_size)) return;
  auto plan = std::make_unique<joint::RowPlanT>();
  plan->arena_size = size;
  for (const RowChain& chain : chains) {
    auto group = std::make_unique<joint::RowGroupT>();
    group->first_layer = static_cast<int32_t>(chain.first);
    group->layers = static_cast<int32_t>(chain.layers);
    plan->groups.push_back(std::move(group));
  }
  for (size_t i = 0; i < model.tensors.size(); ++i) {
    int64_t offset = -1;
    if (map.of_tensor[i] >= 0) {
      const Views::Place place = views.PlaceOf(static_cast<int32_t>(i));
      offset = static_cast<int64_t>(map.buffers[static_cast<size_t>(map.of_tensor[i])].offset) +
               place.offset * joint::ElementBytes(model.tensors[i]->dtype);
    }
    plan->arena_offsets.push_back(offset);
  }
  model.row_plan = std::move(plan);
}

}  // namespace lockstep::lower
