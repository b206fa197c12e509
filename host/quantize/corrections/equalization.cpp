#include "quantize/corrections/equalization.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "quantize/corrections/channel_weights.h"
#include "quantize/corrections/scalable_channels.h"

namespace lockstep::quantize {
namespace {

constexpr int kMostRounds = 100;
constexpr double kSettled = 1e-3;

using WeightsByNode = std::map<size_t, ChannelWeights>;

WeightsByNode WeightsOf(const graph::Graph& graph, const std::vector<ChannelGroup>& groups) {
  WeightsByNode weights;
  for (const ChannelGroup& group : groups) {
    for (const auto* places : {&group.makers, &group.readers}) {
      for (const ChannelPlace& place : *places) {
        if (weights.count(place.node) == 0) weights.emplace(place.node, ChannelWeights(graph, graph.nodes[place.node]));
      }
    }
  }
  return weights;
}

// 1 for a channel that nothing is made into or that nothing reads.
double FactorOf(const ChannelGroup& group, const WeightsByNode& weights) {
  double makers = 0.0;
  double readers = 0.0;
  for (const ChannelPlace& place : group.makers) {
    makers = std::max(makers, weights.at(place.node).LargestOfOutput(place.channel));
  }
  for (const ChannelPlace& place : group.readers) {
    readers = std::max(readers, weights.at(place.node).LargestOfInput(place.channel));
  }
  return makers > 0.0 && readers > 0.0 ? std::sqrt(makers / readers) : 1.0;
}

}  // namespace

EqualizationResult Equalize(graph::Graph& graph) {
  const ScalableChannels scalable = FindScalableChannels(graph);
  EqualizationResult result;
  result.obstacles = scalable.ObstacleText();
  const std::vector<ChannelGroup>& groups = scalable.groups;
  result.channels = groups.size();
  WeightsByNode weights = WeightsOf(graph, groups);
  std::vector<double> factors(groups.size(), 1.0);
  for (double change = 1.0; change > kSettled && result.rounds < kMostRounds; ++result.rounds) {
    change = 0.0;
    for (size_t i = 0; i < groups.size(); ++i) {
      const double factor = FactorOf(groups[i], weights);
      for (const ChannelPlace& place : groups[i].makers) weights.at(place.node).DivideOutput(place.channel, factor);
      for (const ChannelPlace& place : groups[i].readers) weights.at(place.node).MultiplyInput(place.channel, factor);
      factors[i] *= factor;
      change = std::max(change, std::abs(std::log(factor)));
    }
  }
  ScaleChannels(graph, groups, factors);

  std::map<std::pair<std::string, std::string>, size_t> known;
  for (size_t i = 0; i < groups.size(); ++i) {
    if (std::abs(std::log(factors[i])) <= kSettled) continue;
    const std::string makers = NodesOf(graph, groups[i].makers);
    const std::string readers = NodesOf(graph, groups[i].readers);
    const auto [found, added] = known.emplace(std::make_pair(makers, readers), result.pairs.size());
    if (added) result.pairs.push_back({makers, readers, 0, factors[i], factors[i]});
    EqualizedPair& pair = result.pairs[found->second];
    ++pair.channels;
    pair.least_factor = std::min(pair.least_factor, factors[i]);
    pair.largest_factor = std::max(pair.largest_factor, factors[i]);
  }
  return result;
}

}  // namespace lockstep::quantize
