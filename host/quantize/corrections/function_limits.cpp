#include "quantize/corrections/function_limits.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "quantize/corrections/channel_factors.h"
#include "quantize/corrections/channel_statistics.h"

namespace lockstep::quantize {
namespace {

constexpr double kShareOfStep = 0.1;
constexpr double kSteps = 255.0;
constexpr int kPlaces = 512;  // of a range at which functions are compared
constexpr double kFarthest = 1e4;
constexpr int kHalvings = 16;
constexpr double kWorthwhile = 1.1;  // a smaller factor gains nothing
constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Channel {
  graph::Activation function;
  double low = 0.0;
  double high = 0.0;
  double tolerance = 0.0;

  double At(int place) const { return low + (high - low) * place / kPlaces; }

  bool Allows(double factor) const {
    const auto near = [&](double x) {
      return std::abs(factor * graph::Evaluate(function, x / factor) - graph::Evaluate(function, x)) <= tolerance;
    };
    // What is farthest off is at an end as a rule.
    if (!near(low) || !near(high)) return false;
    for (int i = 1; i < kPlaces; ++i) {
      if (!near(At(i))) return false;
    }
    return true;
  }
};

// The difference grows with the distance from 1 on either side.
double Farthest(const Channel& channel, double end) {
  if (channel.Allows(end)) return end > 1.0 ? kInfinity : 0.0;
  double allowed = 0.0;
  double refused = 1.0;
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = (allowed + refused) / 2.0;
    (channel.Allows(std::pow(end, middle)) ? allowed : refused) = middle;
  }
  const double farthest = std::pow(end, allowed);
  return std::abs(std::log(farthest)) < std::log(kWorthwhile) ? 1.0 : farthest;
}

// Of the function's values over all channels.
double Tolerance(const graph::Activation& function, const ChannelStatistics& seen) {
  double low = 0.0;
  double high = 0.0;
  for (size_t channel = 0; channel < seen.low.size(); ++channel) {
    const Channel one{function, seen.low[channel], seen.high[channel], 0.0};
    for (int i = 0; i <= kPlaces; ++i) {
      const double value = graph::Evaluate(function, one.At(i));
      low = std::min(low, value);
      high = std::max(high, value);
    }
  }
  return kShareOfStep * (high - low) / kSteps;
}

}  // namespace

bool FactorLimits::limits() const { return least > 0.0 || largest < kInfinity; }

std::vector<FactorLimits> LimitFactors(const graph::Graph& graph, const std::vector<ChannelGroup>& groups,
                                       CalibrationSource& source, int threads) {
  std::vector<FactorLimits> limits(groups.size(), FactorLimits{0.0, kInfinity});
  std::set<size_t> nodes;
  for (const ChannelGroup& group : groups) {
    for (const ChannelPlace& place : group.makers) {
      if (!PassesFactors(graph.nodes[place.node].activation)) nodes.insert(place.node);
    }
  }
  if (nodes.empty()) return limits;
  std::vector<graph::TensorId> tensors;
  for (const size_t node : nodes) tensors.push_back(graph.nodes[node].pre_activation);
  const std::map<graph::TensorId, ChannelStatistics> seen = ObserveChannels(graph, tensors, source, threads);
  std::map<size_t, double> tolerances;
  for (const size_t node : nodes) {
    tolerances[node] = Tolerance(graph.nodes[node].activation, seen.at(graph.nodes[node].pre_activation));
  }
  for (size_t i = 0; i < groups.size(); ++i) {
    for (const ChannelPlace& place : groups[i].makers) {
      const graph::Node& node = graph.nodes[place.node];
      if (nodes.count(place.node) == 0) continue;
      const ChannelStatistics& statistics = seen.at(node.pre_activation);
      const Channel channel{node.activation, statistics.low[place.channel], statistics.high[place.channel],
                            tolerances.at(place.node)};
      limits[i].least = std::max(limits[i].least, Farthest(channel, 1.0 / kFarthest));
      limits[i].largest = std::min(limits[i].largest, Farthest(channel, kFarthest));
    }
  }
  return limits;
}

}  // namespace lockstep::quantize
