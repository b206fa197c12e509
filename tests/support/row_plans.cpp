#include "support/row_plans.h"

#include <memory>

#include "support/joint_models.h"

namespace lockstep::test {

void SetRowPlan(joint::ModelT& model, const std::vector<std::pair<int, int>>& groups) {
  auto plan = std::make_unique<joint::RowPlanT>();
  std::vector<bool> between(model.tensors.size(), false);
  for (const auto& [first, layers] : groups) {
    auto group = std::make_unique<joint::RowGroupT>();
    group->first_layer = first;
    group->layers = layers;
    plan->groups.push_back(std::move(group));
    for (int i = first + 1; i < first + layers; ++i) {
      between[static_cast<size_t>(model.layers[static_cast<size_t>(i)]->inputs[0])] = true;
    }
  }
  for (size_t i = 0; i < model.tensors.size(); ++i) {
    const joint::TensorT& tensor = *model.tensors[i];
    const bool placed = tensor.constant < 0 && !between[i];
    plan->arena_offsets.push_back(placed ? static_cast<int64_t>(plan->arena_size) : -1);
    if (placed) plan->arena_size += (tensor.bytes + 63) / 64 * 64;
  }
  model.row_plan = std::move(plan);
}

joint::ModelT GroupedNetwork() {
  ConvShape wide;
  wide.kernel_h = wide.kernel_w = 1;
  wide.pad_top = wide.pad_left = wide.pad_bottom = wide.pad_right = 0;
  ConvShape narrow = wide;
  wide.oc = 32;
  narrow.oc = 16;
  NetworkBuilder net(63, "grouped");
  const auto block = [&](int x) { return net.Conv(net.DepthwiseConv(net.Conv(x, wide), ConvShape()), narrow); };
  const int x = block(net.Input({1, 16, 12, 16}));
  net.Output(net.Add(x, block(x)));
  joint::ModelT model = net.Finish();
  SetRowPlan(model, {{0, 3}, {3, 3}});
  return model;
}

}  // namespace lockstep::test
