#include "quantize/channel_scales.h"

#include <algorithm>

#include "quantize/affine.h"
#include "quantize/channel_levels.h"
#include "quantize/operator_classes.h"

namespace lockstep::quantize {
namespace {

constexpr double kLeastGain = 0.1;       // bits
constexpr double kLeastTableGain = 1.0;  // bits

bool Makes(const graph::Node& node) {
  using Kind = graph::ActivationKind;
  if (node.op != "Conv" && node.op != "ConvTranspose") return false;
  // Limits are levels, the same for all channels: 0 is one, and the upper end is the last one or beyond it.
  return node.activation.kind != Kind::kClip || node.activation.alpha == 0.0F;
}

bool Reads(const graph::Node& node, graph::TensorId id, int64_t channels) {
  return node.op == "Conv" && node.Int("group", 1) == channels && node.inputs[0] == id &&
         std::count(node.inputs.begin(), node.inputs.end(), id) == 1;
}

std::vector<Range> Within(const std::vector<Range>& ranges, const Range& whole) {
  std::vector<Range> cut;
  for (const Range& range : ranges) {
    cut.push_back({std::clamp(range.low, whole.low, whole.high), std::clamp(range.high, whole.low, whole.high)});
  }
  return cut;
}

class Chooser {
 public:
  Chooser(const ChannelScaleChoice& choice, ActivationParams& params) : choice_(choice), params_(params) {}

  ChannelScales Choose() {
    for (const auto& [id, node] : choice_.tensors) {
      const auto seen = choice_.seen.find(SeenFor(*node));
      if (seen == choice_.seen.end()) continue;
      NeedsTable(node->activation) ? ChooseWithTable(id, *node, seen->second) : ChoosePlain(id, seen->second);
    }
    return std::move(result_);
  }

 private:
  ChannelLevels LevelsOf(graph::TensorId id, const std::vector<Range>& ranges) const {
    const AffineParams& common = params_.at(id);
    const bool symmetric = choice_.methods.Of(id).symmetric;
    return ChooseChannelLevels(Within(ranges, RangeOf(common)), common,
                               symmetric ? std::optional<int32_t>(common.zero_point) : std::nullopt);
  }

  void ChoosePlain(graph::TensorId id, const std::vector<Range>& seen) {
    const ChannelLevels levels = LevelsOf(id, seen);
    if (BitsGained(levels, params_.at(id)) >= kLeastGain) Store(id, levels);
  }

  void ChooseWithTable(graph::TensorId id, const graph::Node& node, const std::vector<Range>& seen) {
    const auto f = [&](double x) { return graph::Evaluate(node.activation, x); };
    std::vector<Range> images;
    for (const Range& range : seen) images.push_back(ImageOf(range, f));
    const ChannelLevels output = LevelsOf(id, images);
    std::vector<Range> visible;
    for (size_t c = 0; c < seen.size(); ++c) {
      const Range levels = RangeOf({output.scales[c], output.zero_point, params_.at(id).bits});
      const auto cut = [&](double x) { return std::clamp(f(x), levels.low, levels.high); };
      visible.push_back(VisibleRange(seen[c], cut, output.scales[c] / 2));
    }
    const AffineParams& before = params_.at(node.pre_activation);
    const ChannelLevels input = ChooseChannelLevels(visible, before);
    if (std::max(BitsGained(output, params_.at(id)), BitsGained(input, before)) < kLeastTableGain) return;
    Store(id, output);
    Store(node.pre_activation, input);
  }

  void Store(graph::TensorId id, const ChannelLevels& levels) {
    AffineParams& params = params_.at(id);
    params.zero_point = levels.zero_point;
    params.scale = *std::max_element(levels.scales.begin(), levels.scales.end());
    result_[id] = levels.scales;
  }

  const ChannelScaleChoice& choice_;
  ActivationParams& params_;
  ChannelScales result_;
};

}  // namespace

std::map<graph::TensorId, const graph::Node*> ChannelScaleTensors(const graph::Graph& graph, const FloatNodes& floats) {
  const graph::Uses uses(graph);
  std::map<graph::TensorId, const graph::Node*> tensors;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const graph::Node& node = graph.nodes[i];
    if (!Makes(node) || IsFloat(floats, i)) continue;
    const graph::TensorId id = node.outputs[0];
    const graph::Shape& shape = graph.tensor(id).shape;
    const std::vector<int32_t>& readers = uses.consumers[static_cast<size_t>(id)];
    if (shape.size() != 4 || shape[1] < 2 || readers.empty() || uses.is_output[static_cast<size_t>(id)]) continue;
    const bool depthwise = std::all_of(readers.begin(), readers.end(), [&](int32_t reader) {
      return !IsFloat(floats, static_cast<size_t>(reader)) &&
             Reads(graph.nodes[static_cast<size_t>(reader)], id, shape[1]);
    });
    if (depthwise) tensors[id] = &node;
  }
  return tensors;
}

graph::TensorId SeenFor(const graph::Node& node) {
  return NeedsTable(node.activation) ? node.pre_activation : node.outputs[0];
}

ChannelScales ChooseChannelScales(const ChannelScaleChoice& choice, ActivationParams& params) {
  return Chooser(choice, params).Choose();
}

bool HasChannelTables(const QuantizedGraph& quantized, const graph::Node& node) {
  if (!NeedsTable(node.activation)) return false;
  const auto scales = [&](graph::TensorId id) {
    const auto found = quantized.formats.find(id);
    return found != quantized.formats.end() && found->second.has_channel_scales();
  };
  return scales(node.outputs[0]) || scales(node.pre_activation);
}

}  // namespace lockstep::quantize
