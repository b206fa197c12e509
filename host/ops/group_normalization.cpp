// GroupNormalization: Y. Wu, K. He, "Group Normalization", 2018, section 3.
#include <cmath>

#include "graph/constants.h"
#include "ops/op.h"
#include "ops/op_table.h"

namespace lockstep::ops {
namespace {

using graph::Shape;

// Inputs: x, scale, bias; these by channel or, up to opset 20, by group.
void Infer(InferContext& context) {
  context.RequireOneType(0);
  context.RequireType(0, graph::ElementType::kFloat);
  context.Real("epsilon", 1e-5F);
  context.Int("stash_type", 1, 1, kLargestEntry);
  const Shape& shape = context.Shape(0);
  context.Require(shape.size() >= 2, "its input of shape " + graph::ToString(shape) + " has no channels");
  const int64_t groups = context.Int("num_groups", 0, 1, kLargestEntry);
  context.Require(shape[1] % groups == 0, "its attribute 'num_groups' is " + std::to_string(groups) +
                                              "; allowed: divisors of its " + std::to_string(shape[1]) + " channels");
  for (size_t i = 1; i < 3; ++i) {
    context.Require(context.Shape(i) == Shape{shape[1]} || context.Shape(i) == Shape{groups},
                    "its input " + std::to_string(i) + " has shape " + graph::ToString(context.Shape(i)) + " for " +
                        std::to_string(shape[1]) + " channels in " + std::to_string(groups) + " groups");
  }
  context.SetLikeInput();
}

Results Evaluate(const Call& call) {
  if (!call.AllFloat() || call.In(0).count() == 0) return std::nullopt;
  Value result = call.In(0);
  const double epsilon = call.node.Float("epsilon", 1e-5F);
  const int64_t channels = result.shape[1];
  const int64_t groups = call.node.Int("num_groups", 1);
  const int64_t rows = result.shape[0] * groups;
  const int64_t size = result.count() / rows;
  const int64_t plane = size / (channels / groups);
  for (int64_t row = 0; row < rows; ++row) {
    float* x = result.data.floats.data() + row * size;
    double mean = 0.0;
    for (int64_t i = 0; i < size; ++i) mean += x[i] / static_cast<double>(size);
    double variance = 0.0;
    for (int64_t i = 0; i < size; ++i) variance += (x[i] - mean) * (x[i] - mean) / static_cast<double>(size);
    const double factor = 1.0 / std::sqrt(variance + epsilon);
    for (int64_t i = 0; i < size; ++i) {
      const int64_t channel = row % groups * (channels / groups) + i / plane;
      const auto entry = [&](size_t input) {
        const std::vector<float>& all = call.In(input).data.floats;
        const auto per_entry = channels / static_cast<int64_t>(all.size());
        return all[static_cast<size_t>(channel / per_entry)];
      };
      x[i] = static_cast<float>((x[i] - mean) * factor * entry(1) + entry(2));
    }
  }
  return One(std::move(result));
}

// Scale and bias by channel.
bool Normalize(graph::Graph& graph, graph::Node& node) {
  const int64_t channels = graph.tensor(node.inputs[0]).shape[1];
  bool changed = false;
  for (size_t input = 1; input < 3; ++input) {
    const graph::TensorId id = node.inputs[input];
    const int64_t entries = graph.tensor(id).shape[0];
    if (entries == channels || !graph::IsConstant(graph, id)) continue;
    std::vector<float> all;
    for (const float value : graph.tensor(id).constant->floats) {
      all.insert(all.end(), static_cast<size_t>(channels / entries), value);
    }
    const std::string name = node.name + (input == 1 ? "_scale" : "_bias");
    node.inputs[input] = graph::AddFloats(graph, name, {channels}, std::move(all));
    changed = true;
  }
  return changed;
}

std::string Unsupported(const graph::Graph& graph, const graph::Node& node) {
  const Shape channels{graph.tensor(node.inputs[0]).shape[1]};
  const bool fits = graph.tensor(node.inputs[1]).shape == channels && graph.tensor(node.inputs[2]).shape == channels;
  return fits ? ""
              : "its scale or bias by group is computed; export the network for opset 21, where they are by channel";
}

}  // namespace

constexpr Op kGroupNormalization = Op({3, 3}, Infer, Evaluate, LayoutKind::kUnsupported, Unsupported).Normal(Normalize);

}  // namespace lockstep::ops
