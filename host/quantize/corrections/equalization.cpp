#include "quantize/corrections/equalization.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include "quantize/corrections/channel_weights.h"
#include "quantize/corrections/function_limits.h"
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

// Convolutions of whose channels none has a factor, by the function that they end in.
std::map<std::string, int> ObstaclesOf(const graph::Graph& graph, const std::vector<ChannelGroup>& groups,
                                       const std::vector<FactorLimits>& limits) {
  std::set<size_t> passed;
  for (size_t i = 0; i < groups.size(); ++i) {
    if (!limits[i].any()) continue;
    for (const ChannelPlace& place : groups[i].makers) passed.insert(place.node);
  }
  std::map<std::string, int> obstacles;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const graph::Node& node = graph.nodes[i];
    if (!HasChannelWeights(graph, node) || PassesFactors(node.activation) || passed.count(i) != 0) continue;
    ++obstacles[graph::ActivationName(node.activation.kind)];
  }
  return obstacles;
}

EqualizationResult EqualizeWithin(graph::Graph& graph, const ScalableChannels& scalable,
                                  const std::vector<FactorLimits>& limits) {
  EqualizationResult result;
  result.obstacles = scalable.ObstacleText();
  const std::vector<ChannelGroup>& groups = scalable.groups;
  result.channels = static_cast<size_t>(
      std::count_if(limits.begin(), limits.end(), [](const FactorLimits& limit) { return limit.any(); }));
  WeightsByNode weights = WeightsOf(graph, groups);
  std::vector<double> factors(groups.size(), 1.0);
  for (double change = 1.0; change > kSettled && result.rounds < kMostRounds; ++result.rounds) {
    change = 0.0;
    for (size_t i = 0; i < groups.size(); ++i) {
      const double wanted = factors[i] * FactorOf(groups[i], weights);
      const double factor = std::clamp(wanted, limits[i].least, limits[i].largest) / factors[i];
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
  if (std::any_of(limits.begin(), limits.end(), [](const FactorLimits& limit) { return limit.limits(); })) {
    result.factors = factors;
  }
  return result;
}

}  // namespace

EqualizationResult Equalize(graph::Graph& graph) {
  const ScalableChannels scalable = FindScalableChannels(graph);
  const FactorLimits none{0.0, std::numeric_limits<double>::infinity()};
  return EqualizeWithin(graph, scalable, std::vector<FactorLimits>(scalable.groups.size(), none));
}

EqualizationResult Equalize(graph::Graph& graph, CalibrationSource& source, int threads) {
  ScalableChannels scalable = FindScalableChannels(graph, FactorsThrough::kAnyFunction);
  const std::vector<FactorLimits> limits = LimitFactors(graph, scalable.groups, source, threads);
  scalable.obstacles = ObstaclesOf(graph, scalable.groups, limits);
  return EqualizeWithin(graph, scalable, limits);
}

void EqualizeBy(graph::Graph& graph, const std::vector<double>& factors, const std::string& source) {
  const std::vector<ChannelGroup> groups = FindScalableChannels(graph, FactorsThrough::kAnyFunction).groups;
  ScaleChannelsBy(graph, groups, factors, "cross_layer_equalization", source);
}

}  // namespace lockstep::quantize
