#include "memory/savings.h"

#include <algorithm>
#include <array>
#include <functional>
#include <numeric>

#include "lower/memory_plan.h"

namespace lockstep::memory {
namespace {

// Layers whose output could be written over an input of as many bytes: every element comes from that of its place.
constexpr std::array kElementwise = {"Add",   "Mul",   "Lookup",  "ChannelLookup", "Rescale",
                                     "Unary", "PRelu", "Maximum", "Quantize",      "Dequantize"};

bool IsElementwise(const std::string& op) {
  return std::find(kElementwise.begin(), kElementwise.end(), op) != kElementwise.end();
}

std::vector<lower::Buffer> BuffersOf(const std::vector<Block>& blocks) {
  std::vector<lower::Buffer> buffers;
  buffers.reserve(blocks.size());
  for (const Block& block : blocks) buffers.push_back({block.bytes, block.first_layer, block.last_layer, 0});
  return buffers;
}

// The arena with each block's bytes as `resize` has them.
uint64_t Resized(const Plan& plan, const std::function<uint64_t(const PlannedTensor& root)>& resize) {
  std::vector<Block> blocks = plan.blocks;
  for (Block& block : blocks) block.bytes = resize(plan.Tensor(block.root));
  return ArenaOf(blocks);
}

// "a, b and 3 more": the largest of the tensors that are alive at the peak and of which `is` holds.
std::string Largest(const Plan& plan, const std::function<bool(const PlannedTensor&)>& is) {
  constexpr int kNamed = 2;
  std::string names;
  int count = 0;
  for (const Block& block : plan.AliveAt(plan.PeakLayers().front())) {
    const PlannedTensor& tensor = plan.Tensor(block.root);
    if (!is(tensor)) continue;
    if (++count <= kNamed) names += (names.empty() ? "" : ", ") + tensor.name;
  }
  if (count > kNamed) names += " and " + std::to_string(count - kNamed) + " more";
  return names.empty() ? "" : "; at the peak: " + names;
}

Saving Narrower(const Plan& plan) {
  const auto is_wide = [](const PlannedTensor& tensor) { return tensor.dtype == "u16" || tensor.dtype == "s16"; };
  return {"8 bits instead of 16 (--activation-bits, policies)" + Largest(plan, is_wide),
          Resized(plan, [&](const PlannedTensor& root) { return is_wide(root) ? root.bytes / 2 : root.bytes; })};
}

Saving RawOutputs(const Plan& plan) {
  const auto is_float = [](const PlannedTensor& tensor) { return tensor.output && tensor.dtype == "f32"; };
  return {"outputs as the integers of the last layer (--output-format raw)" + Largest(plan, is_float),
          Resized(plan, [&](const PlannedTensor& root) { return is_float(root) ? root.bytes / 4 : root.bytes; })};
}

// Layers that hand on the pixels of a picture in whatever shape.
constexpr std::array kHandOn = {"Reshape", "Concat", "Slice", "Transpose", "Softmax"};

// By tensor, whether its bytes grow with the rows and columns of the input: pictures (N,H,W,C) and what is made of
// their pixels.
std::vector<bool> GrowWithPictures(const Plan& plan) {
  std::vector<bool> grow(static_cast<size_t>(plan.tensors.back().index) + 1);
  for (const PlannedTensor& tensor : plan.tensors) {
    const std::vector<int>& shape = tensor.shape;
    grow[static_cast<size_t>(tensor.index)] = shape.size() == 4 && shape[1] > 1 && shape[2] > 1;
  }
  for (const PlannedLayer& layer : plan.layers) {
    if (!IsElementwise(layer.op) && std::find(kHandOn.begin(), kHandOn.end(), layer.op) == kHandOn.end()) continue;
    const bool any = std::any_of(layer.inputs.begin(), layer.inputs.end(), [&](int input) {
      return plan.Find(input) != nullptr && grow[static_cast<size_t>(input)];
    });
    for (const int output : layer.outputs) grow[static_cast<size_t>(output)] = grow[static_cast<size_t>(output)] || any;
  }
  return grow;
}

Saving SmallerInput(const Plan& plan) {
  const std::vector<bool> grow = GrowWithPictures(plan);
  const auto grows = [&](const PlannedTensor& tensor) { return grow[static_cast<size_t>(tensor.index)]; };
  const auto smaller = [&](const PlannedTensor& root) { return grows(root) ? root.bytes * 9 / 16 : root.bytes; };
  const bool any = std::any_of(plan.tensors.begin(), plan.tensors.end(),
                               [&](const PlannedTensor& tensor) { return tensor.input && grows(tensor); });
  return {"an input of 3/4 of the rows and columns (--input-shape), about",
          any ? Resized(plan, smaller) : plan.arena_bytes};
}

// Every layer that could writes over an input that nobody reads behind it.
Saving InPlace(const Plan& plan) {
  std::vector<Block> blocks = plan.blocks;
  const auto block_of = [&](int root) {
    return std::find_if(blocks.begin(), blocks.end(), [root](const Block& block) { return block.root == root; });
  };
  std::vector<int> now(static_cast<size_t>(plan.tensors.back().index) + 1);  // by root, whose block it is part of
  std::iota(now.begin(), now.end(), 0);
  const auto block_of_tensor = [&](const PlannedTensor& tensor) {
    return block_of(now[static_cast<size_t>(tensor.root)]);
  };
  int layers = 0;
  std::string first;
  for (size_t i = 0; i < plan.layers.size(); ++i) {
    const PlannedLayer& layer = plan.layers[i];
    if (!IsElementwise(layer.op)) continue;
    for (const int input : layer.inputs) {
      const PlannedTensor* tensor = plan.Find(input);
      if (tensor == nullptr) continue;
      const auto from = block_of_tensor(*tensor);
      const auto to = block_of_tensor(plan.Tensor(layer.outputs.front()));
      const int here = static_cast<int>(i);
      if (from == to || from->last_layer != here || to->first_layer != here || from->bytes != to->bytes) continue;
      if (layers++ == 0) first = layer.name;
      from->last_layer = to->last_layer;
      std::replace(now.begin(), now.end(), to->root, from->root);
      blocks.erase(to);
      break;
    }
  }
  return {std::to_string(layers) + " layers could write over an input that nobody reads later, the first is " + first,
          layers == 0 ? plan.arena_bytes : ArenaOf(blocks), false};
}

Saving ByRows(const Plan& plan) {
  return {"groups of layers that run row by row (run_joint_release --group-rows)", plan.arena_bytes_by_rows};
}

Saving PerfectPlan(const Plan& plan) {
  return {"a plan without gaps", lower::LowerBound(BuffersOf(plan.blocks)), false};
}

}  // namespace

uint64_t ArenaOf(const std::vector<Block>& blocks) {
  std::vector<lower::Buffer> buffers = BuffersOf(blocks);
  return lower::PlaceBuffers(buffers);
}

std::vector<Saving> FindSavings(const Plan& plan) {
  std::vector<Saving> savings;
  for (const Saving& saving :
       {Narrower(plan), RawOutputs(plan), SmallerInput(plan), ByRows(plan), InPlace(plan), PerfectPlan(plan)}) {
    if (saving.arena_bytes < plan.arena_bytes) savings.push_back(saving);
  }
  std::stable_sort(savings.begin(), savings.end(),
                   [](const Saving& a, const Saving& b) { return a.arena_bytes < b.arena_bytes; });
  return savings;
}

}  // namespace lockstep::memory
