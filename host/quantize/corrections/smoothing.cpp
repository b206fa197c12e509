#include "quantize/corrections/smoothing.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "graph/error.h"
#include "quantize/corrections/channel_statistics.h"
#include "quantize/corrections/channel_weights.h"
#include "quantize/corrections/scalable_channels.h"
#include "quantize/tensor_format.h"

namespace lockstep::quantize {
namespace {

constexpr int kAlphaSteps = 20;
constexpr double kWorthwhile = 0.9;  // of the expected error may be left by a searched alpha

class Smoother {
 public:
  Smoother(const graph::Graph& graph, const Policy& policy, const std::vector<ChannelGroup>& groups,
           std::map<graph::TensorId, ChannelStatistics> seen)
      : graph_(graph), policy_(policy), groups_(groups), seen_(std::move(seen)) {
    for (size_t i = 0; i < groups.size(); ++i) {
      for (const ChannelPlace& place : groups[i].readers) {
        if (readers_.count(place.node) == 0)
          readers_[place.node].weights = ChannelWeights(graph, graph.nodes[place.node]);
        readers_.at(place.node).group_of[place.channel] = i;
      }
    }
  }

  // Groups by part: those that a node reads together.
  std::vector<std::vector<size_t>> Parts() const {
    std::vector<size_t> parent(groups_.size());
    std::iota(parent.begin(), parent.end(), size_t{0});
    const auto root = [&](size_t i) {
      while (parent[i] != i) i = parent[i];
      return i;
    };
    for (const auto& [node, reader] : readers_) {
      for (const auto& [channel, group] : reader.group_of) {
        const size_t a = root(reader.group_of.begin()->second);
        const size_t b = root(group);
        parent[std::max(a, b)] = std::min(a, b);
      }
    }
    std::map<size_t, std::vector<size_t>> parts;
    for (size_t i = 0; i < groups_.size(); ++i) parts[root(i)].push_back(i);
    std::vector<std::vector<size_t>> result;
    for (auto& [first, members] : parts) result.push_back(std::move(members));
    return result;
  }

  double FactorOf(size_t group, double alpha) const {
    double reached = 0.0;
    double weight = 0.0;
    for (const ChannelPlace& place : groups_[group].readers) {
      const OfReader& reader = readers_.at(place.node);
      reached = std::max(reached, Seen(place.node).largest[place.channel]);
      weight = std::max(weight, reader.weights.LargestOfInput(place.channel));
    }
    if (!(reached > 0.0) || !(weight > 0.0)) return 1.0;
    return std::pow(reached, alpha) / std::pow(weight, 1.0 - alpha);
  }

  // Of what the part's readers compute, with these factors by group.
  double ExpectedError(const std::vector<size_t>& part, const std::map<size_t, double>& factors) const {
    std::set<size_t> nodes;
    for (const size_t group : part) {
      for (const ChannelPlace& place : groups_[group].readers) nodes.insert(place.node);
    }
    double error = 0.0;
    for (const size_t node : nodes) error += ErrorOf(node, factors);
    return error;
  }

 private:
  struct OfReader {
    ChannelWeights weights;
    std::map<size_t, size_t> group_of;  // by input channel; others cannot be scaled
  };

  const ChannelStatistics& Seen(size_t node) const { return seen_.at(graph_.nodes[node].inputs[0]); }

  double ErrorOf(size_t node, const std::map<size_t, double>& factors) const {
    const OfReader& reader = readers_.at(node);
    const ChannelStatistics& seen = Seen(node);
    const double levels = std::pow(2.0, policy_.For(node, &Choices::activation_bits).value_or(kByteBits)) - 1.0;
    const double highest = HighestWeight(policy_.For(node, &Choices::weight_bits).value_or(kByteBits));
    std::vector<double> factor(reader.weights.inputs(), 1.0);
    for (const auto& [channel, group] : reader.group_of) factor[channel] = factors.at(group);
    double reached = 0.0;
    double squared_weights = 0.0;
    std::vector<double> largest(reader.weights.outputs(), 0.0);
    std::vector<double> squared_inputs(reader.weights.outputs(), 0.0);
    for (size_t channel = 0; channel < factor.size(); ++channel) {
      reached = std::max(reached, seen.largest[channel] / factor[channel]);
      reader.weights.ForInput(channel, [&](size_t output, double weight) {
        const double scaled = weight * factor[channel];
        squared_weights += scaled * scaled;
        largest[output] = std::max(largest[output], std::abs(scaled));
        squared_inputs[output] += seen.mean_square[channel] / (factor[channel] * factor[channel]);
      });
    }
    double error = reached * reached / (levels * levels) * squared_weights;
    for (size_t output = 0; output < largest.size(); ++output) {
      error += largest[output] * largest[output] / (highest * highest) * squared_inputs[output];
    }
    return error / 12.0;
  }

  const graph::Graph& graph_;
  const Policy& policy_;
  const std::vector<ChannelGroup>& groups_;
  std::map<graph::TensorId, ChannelStatistics> seen_;
  std::map<size_t, OfReader> readers_;
};

std::map<size_t, double> FactorsOf(const Smoother& smoother, const std::vector<size_t>& part, double alpha) {
  std::map<size_t, double> factors;
  for (const size_t group : part) factors[group] = smoother.FactorOf(group, alpha);
  return factors;
}

}  // namespace

SmoothingResult Smooth(graph::Graph& graph, const Policy& policy, std::optional<double> alpha,
                       CalibrationSource& source, int threads) {
  const ScalableChannels scalable = FindScalableChannels(graph);
  const std::vector<ChannelGroup>& groups = scalable.groups;
  SmoothingResult result;
  result.obstacles = scalable.ObstacleText();
  if (groups.empty()) return result;
  std::set<graph::TensorId> read;
  for (const ChannelGroup& group : groups) {
    for (const ChannelPlace& place : group.readers) read.insert(graph.nodes[place.node].inputs[0]);
  }
  const Smoother smoother(graph, policy, groups, ObserveChannels(graph, {read.begin(), read.end()}, source, threads));

  std::vector<double> factors(groups.size(), 1.0);
  for (const std::vector<size_t>& part : smoother.Parts()) {
    std::map<size_t, double> best;
    for (const size_t group : part) best[group] = 1.0;
    const double before = smoother.ExpectedError(part, best);
    double least = alpha ? before : kWorthwhile * before;
    double chosen = -1.0;
    for (int step = 0; step <= kAlphaSteps; ++step) {
      const double tried = alpha.value_or(static_cast<double>(step) / kAlphaSteps);
      const std::map<size_t, double> found = FactorsOf(smoother, part, tried);
      const double error = smoother.ExpectedError(part, found);
      if (!alpha && !(error < least)) continue;
      least = error;
      chosen = tried;
      best = found;
      if (alpha) break;
    }
    if (chosen < 0.0) {
      ++result.left;
      continue;
    }
    std::vector<ChannelPlace> makers;
    std::vector<ChannelPlace> readers;
    SmoothedPart smoothed{
        "", "", part.size(), chosen, before > 0.0 ? least / before : 1.0, best.begin()->second, best.begin()->second};
    for (const auto& [group, factor] : best) {
      factors[group] = factor;
      smoothed.least_factor = std::min(smoothed.least_factor, factor);
      smoothed.largest_factor = std::max(smoothed.largest_factor, factor);
      makers.insert(makers.end(), groups[group].makers.begin(), groups[group].makers.end());
      readers.insert(readers.end(), groups[group].readers.begin(), groups[group].readers.end());
    }
    smoothed.makers = NodesOf(graph, makers);
    smoothed.readers = NodesOf(graph, readers);
    result.parts.push_back(std::move(smoothed));
  }
  ScaleChannels(graph, groups, factors);
  result.factors = std::move(factors);
  return result;
}

void SmoothBy(graph::Graph& graph, const std::vector<double>& factors, const std::string& source) {
  ScaleChannelsBy(graph, FindScalableChannels(graph).groups, factors, "smooth_quant", source);
}

}  // namespace lockstep::quantize
