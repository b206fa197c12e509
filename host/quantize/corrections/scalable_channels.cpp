#include "quantize/corrections/scalable_channels.h"

#include <algorithm>

#include "graph/counted.h"
#include "graph/error.h"
#include "quantize/corrections/channel_weights.h"

namespace lockstep::quantize {

ScalableChannels FindScalableChannels(const graph::Graph& graph, FactorsThrough functions) {
  const ChannelFactors factors(graph, functions);
  std::map<size_t, ChannelGroup> by_class;
  ScalableChannels result;
  const auto add = [&](graph::TensorId id, size_t node, std::vector<ChannelPlace> ChannelGroup::*places) {
    const std::vector<size_t>& classes = factors.ChannelsOf(id).classes;
    for (size_t channel = 0; channel < classes.size(); ++channel) {
      const size_t one = factors.Of(classes[channel]);
      if (one != ChannelFactors::kFixed) (by_class[one].*places).push_back({node, channel});
    }
  };
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const graph::Node& node = graph.nodes[i];
    const bool weights = HasChannelWeights(graph, node);
    if (weights) add(node.inputs[0], i, &ChannelGroup::readers);
    if (!weights && !HasChannelGains(graph, node)) continue;
    if ((weights && functions == FactorsThrough::kAnyFunction) || PassesFactors(node.activation)) {
      add(node.outputs[0], i, &ChannelGroup::makers);
    } else {
      ++result.obstacles[graph::ActivationName(node.activation.kind)];
    }
  }
  for (auto& [one, group] : by_class) {
    if (!group.makers.empty() && !group.readers.empty()) result.groups.push_back(std::move(group));
  }
  return result;
}

std::string ScalableChannels::ObstacleText() const {
  std::string text;
  for (const auto& [function, count] : obstacles) {
    text += (text.empty() ? "" : ", ") + graph::Counted(static_cast<size_t>(count), "convolution") +
            (count == 1 ? " ends in " : " end in ") + function;
  }
  return text;
}

void ScaleChannels(graph::Graph& graph, const std::vector<ChannelGroup>& groups, const std::vector<double>& factors) {
  std::map<size_t, ChannelWeights> changed;
  const auto weights_of = [&](size_t node) -> ChannelWeights& {
    const auto found = changed.find(node);
    return found != changed.end() ? found->second
                                  : changed.emplace(node, ChannelWeights(graph, graph.nodes[node])).first->second;
  };
  for (size_t i = 0; i < groups.size(); ++i) {
    if (factors[i] == 1.0) continue;
    for (const ChannelPlace& place : groups[i].makers) weights_of(place.node).DivideOutput(place.channel, factors[i]);
    for (const ChannelPlace& place : groups[i].readers) weights_of(place.node).MultiplyInput(place.channel, factors[i]);
  }
  for (const auto& [node, weights] : changed) weights.Store(graph, graph.nodes[node]);
}

void ScaleChannelsBy(graph::Graph& graph, const std::vector<ChannelGroup>& groups, const std::vector<double>& factors,
                     const std::string& setting, const std::string& source) {
  const bool positive = std::all_of(factors.begin(), factors.end(), [](double factor) { return factor > 0.0; });
  if (factors.size() != groups.size() || !positive) {
    throw UsageError(source + ": the factors of " + setting + " are not those of this network; calibrate again");
  }
  ScaleChannels(graph, groups, factors);
}

std::string NodesOf(const graph::Graph& graph, const std::vector<ChannelPlace>& places) {
  constexpr size_t kNamed = 3;
  std::vector<std::string> names;
  for (const ChannelPlace& place : places) {
    const std::string& name = graph.nodes[place.node].name;
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  std::string text;
  for (size_t i = 0; i < std::min(names.size(), kNamed); ++i) text += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > kNamed) text += " and " + std::to_string(names.size() - kNamed) + " more";
  return text;
}

}  // namespace lockstep::quantize
