#include "layerwise/outliers.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "graph/quoted.h"
#include "layerwise/channel_peaks.h"
#include "quantize/channel_order.h"
#include "quantize/corrections/scalable_channels.h"
#include "quantize/operator_classes.h"
#include "quantize/policy_settings.h"

namespace lockstep::layerwise {
namespace {

// Of the channels have 4 of 8 bits or fewer: that many are no exception which the layer behind can do without.
constexpr double kManyAtLevel4 = 0.25;

bool Needed(const Outliers& outliers) { return outliers.shares[1] >= kManyAtLevel4; }

// The nodes whose channels the corrections of a build can scale.
std::set<size_t> ScalableNodes(const graph::Graph& graph) {
  std::set<size_t> nodes;
  for (const quantize::ChannelGroup& group : quantize::FindScalableChannels(graph).groups) {
    for (const quantize::ChannelPlace& place : group.makers) nodes.insert(place.node);
  }
  return nodes;
}

// What the settings of a build can do for an activation; floats and 16 bits have levels for every channel.
std::string ActivationHint(const graph::Graph& graph, const std::set<size_t>& scalable, const Row& row) {
  if (row.node < 0 || !row.levels || row.levels->bits > quantize::kByteBits) return "";
  const auto place = static_cast<size_t>(row.node);
  const graph::Node& node = graph.nodes[place];
  if (quantize::SharesScale(node)) return "";  // said of what it copies
  if (scalable.count(place) != 0) {
    return quantize::SumsProducts(node) ? "--cross-layer-equalization or --smooth-quant" : "--smooth-quant";
  }
  return "--activation-bits " + graph::Quoted("tensor:" + row.layer.tensor + "=16");
}

// The largest |weight| of each output channel.
std::vector<double> WeightPeaks(const graph::Node& node, const graph::Tensor& weights) {
  const quantize::ChannelOrder order = quantize::OrderByChannel(node, weights.shape);
  std::vector<float> by_channel;
  by_channel.reserve(order.places.size());
  for (const size_t at : order.places) by_channel.push_back(weights.constant->floats[at]);
  const graph::Shape shape{static_cast<int64_t>(order.channels), static_cast<int64_t>(order.per_channel())};
  return ChannelPeaks(shape, 0, by_channel.data());
}

}  // namespace

void CountLevels(const std::vector<double>& peaks, Outliers& outliers) {
  outliers.channels = peaks.size();
  if (peaks.empty()) return;
  const double largest = *std::max_element(peaks.begin(), peaks.end());
  const auto share = [&](auto holds) {
    return static_cast<double>(std::count_if(peaks.begin(), peaks.end(), holds)) / static_cast<double>(peaks.size());
  };
  outliers.dead = share([](double peak) { return peak == 0.0; });
  for (size_t i = 0; i < kLevels.size(); ++i) {
    outliers.shares[i] = share([&](double peak) { return peak > 0.0 && std::log2(largest / peak) >= kLevels[i]; });
  }
}

std::vector<Outliers> FindOutliers(const std::vector<Row>& rows, const std::vector<std::vector<RowMetrics>>& by_row,
                                   const quantize::QuantizedGraph& quantized) {
  const graph::Graph& graph = quantized.graph;
  const std::set<size_t> scalable = ScalableNodes(graph);
  std::vector<Outliers> found;
  for (size_t i = 0; i < rows.size(); ++i) {
    const Row& row = rows[i];
    if (row.before_table || by_row[i].empty()) continue;
    std::vector<double> peaks = by_row[i].front().channel_peaks;
    for (const RowMetrics& picture : by_row[i]) {
      for (size_t c = 0; c < peaks.size(); ++c) peaks[c] = std::max(peaks[c], picture.channel_peaks[c]);
    }
    Outliers outliers;
    outliers.tensor = row.layer.tensor;
    outliers.node = row.node < 0 ? "" : graph.nodes[static_cast<size_t>(row.node)].name;
    outliers.op = row.layer.op;
    CountLevels(peaks, outliers);
    if (Needed(outliers)) outliers.hint = ActivationHint(graph, scalable, row);
    found.push_back(std::move(outliers));
  }
  for (const graph::Node& node : graph.nodes) {
    const int operand = quantize::TraitsOf(node).weights;
    if (operand < 0) continue;
    const graph::Tensor& weights = graph.tensor(node.inputs.at(static_cast<size_t>(operand)));
    if (!weights.constant) continue;
    Outliers outliers;
    outliers.tensor = weights.name;
    outliers.node = node.name;
    outliers.op = node.op;
    outliers.weights = true;
    CountLevels(WeightPeaks(node, weights), outliers);
    const auto integers = quantized.weights.find({node.name, static_cast<size_t>(operand)});
    const bool one_scale = integers != quantized.weights.end() && integers->second.format.axis < 0;
    if (Needed(outliers) && one_scale) outliers.hint = "--weight-scales per_channel";
    found.push_back(std::move(outliers));
  }
  return found;
}

}  // namespace lockstep::layerwise
