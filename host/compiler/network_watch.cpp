#include "compiler/network_watch.h"

#include <algorithm>

#include "graph/maker.h"
#include "graph/quoted.h"
#include "quantize/operator_classes.h"
#include "report/table.h"

namespace lockstep::compiler {
namespace {

constexpr size_t kNamed = 5;

std::string NameOf(const graph::Node& node) { return "node " + graph::Quoted(node.name) + " (" + node.op + ")"; }

std::vector<std::string> ConstantActivations(const graph::Graph& graph, const quantize::Calibration& observed) {
  std::vector<std::string> doubts;
  for (const auto& [id, statistics] : observed.statistics) {
    if (statistics.empty() || statistics.extremes().low != statistics.extremes().high) continue;
    if (id >= graph.tensor_count() || graph::ElementCount(graph.tensor(id).shape) < 2) continue;
    const graph::Node* maker = graph::MakerOf(graph, id);
    if (maker == nullptr) continue;  // an input: the pictures are told of elsewhere
    doubts.push_back(
        "constant activation: tensor " + graph::Quoted(graph.tensor(id).name) + " of " + NameOf(*maker) + " is " +
        report::ShortNumber(statistics.extremes().low) +
        " everywhere on every calibration picture, and its range says nothing of others; check the weights in "
        "front of it, and that the pictures are of the kind that the network will see");
  }
  return doubts;
}

// Of `weights`, along `axis`.
size_t DeadChannels(const graph::Tensor& weights, size_t axis) {
  size_t inner = 1;
  for (size_t i = axis + 1; i < weights.shape.size(); ++i) inner *= static_cast<size_t>(weights.shape[i]);
  const auto extent = static_cast<size_t>(weights.shape[axis]);
  std::vector<bool> alive(extent, false);
  const std::vector<float>& values = weights.constant->floats;
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i] != 0.0F) alive[i / inner % extent] = true;
  }
  return static_cast<size_t>(std::count(alive.begin(), alive.end(), false));
}

std::vector<std::string> DeadWeights(const graph::Graph& graph) {
  std::vector<std::string> doubts;
  for (const graph::Node& node : graph.nodes) {
    const int operand = quantize::TraitsOf(node).weights;
    if (operand < 0) continue;
    const graph::Tensor& weights = graph.tensor(node.inputs.at(static_cast<size_t>(operand)));
    if (!weights.constant) continue;
    const auto axis = static_cast<size_t>(quantize::TraitsOf(node).weights_axis);
    const size_t dead = DeadChannels(weights, axis);
    if (dead == 0) continue;
    doubts.push_back("dead channels: " + std::to_string(dead) + " of " + std::to_string(weights.shape[axis]) +
                     " output channels of " + NameOf(node) +
                     " have weights of 0 alone and give their bias everywhere; if that is not meant, check the export");
  }
  return doubts;
}

void Append(std::vector<std::string> more, std::vector<std::string>& doubts) {
  const size_t count = more.size();
  more.resize(std::min(count, kNamed));
  doubts.insert(doubts.end(), more.begin(), more.end());
  if (count > kNamed) doubts.push_back("and " + std::to_string(count - kNamed) + " more of the same kind");
}

}  // namespace

std::vector<std::string> NetworkDoubts(const graph::Graph& graph, const quantize::Calibration& observed) {
  std::vector<std::string> doubts;
  Append(ConstantActivations(graph, observed), doubts);
  Append(DeadWeights(graph), doubts);
  return doubts;
}

}  // namespace lockstep::compiler
