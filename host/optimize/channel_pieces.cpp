#include "optimize/channel_pieces.h"

#include <algorithm>
#include <cmath>

#include "optimize/graph_edit.h"

namespace lockstep::optimize {
namespace {

using graph::Graph;
using graph::Node;
using graph::TensorId;

bool HasBias(const Node& conv) { return conv.inputs.size() > 2 && conv.inputs[2] != graph::kNoTensor; }

// What inputs between -1 and 1 can make of a channel.
double Reach(const Graph& graph, const Node& conv, size_t channel) {
  const std::vector<float>& weights = graph.tensor(conv.inputs[1]).constant->floats;
  const size_t row = weights.size() / static_cast<size_t>(graph.tensor(conv.inputs[1]).shape[0]);
  double reach = HasBias(conv) ? std::abs(graph.tensor(conv.inputs[2]).constant->floats[channel]) : 0.0;
  for (size_t i = channel * row; i < (channel + 1) * row; ++i) reach += std::abs(weights[i]);
  return reach;
}

TensorId RowsOf(Graph& graph, TensorId constant, const ChannelPiece& piece) {
  graph::Shape shape = graph.tensor(constant).shape;
  const std::vector<float> all = graph.tensor(constant).constant->floats;
  const size_t row = all.size() / static_cast<size_t>(shape[0]);
  std::vector<float> some;
  for (int64_t i = 0; i < piece.count; ++i) {
    const auto first = all.begin() + static_cast<std::ptrdiff_t>(row) * (piece.start + i * piece.step);
    some.insert(some.end(), first, first + static_cast<std::ptrdiff_t>(row));
  }
  shape[0] = piece.count;
  return AddFloats(graph, graph.tensor(constant).name + "_piece", shape, std::move(some));
}

}  // namespace

bool IsUnequal(const Graph& graph, const Node& conv, const ChannelPiece& piece) {
  if (conv.op != "Conv" || conv.Int("group", 1) != 1 || !IsConstant(graph, conv.inputs[1])) return false;
  if (HasBias(conv) && !IsConstant(graph, conv.inputs[2])) return false;
  double inside = 0.0;
  double outside = 0.0;
  for (int64_t channel = 0; channel < graph.tensor(conv.inputs[1]).shape[0]; ++channel) {
    const int64_t place = channel - piece.start;
    const bool taken = place >= 0 && place % piece.step == 0 && place / piece.step < piece.count;
    double& largest = taken ? inside : outside;
    largest = std::max(largest, Reach(graph, conv, static_cast<size_t>(channel)));
  }
  return inside > 0.0 && outside > 0.0 && (inside > kUnequal * outside || outside > kUnequal * inside);
}

std::vector<TensorId> InputsOfPiece(Graph& graph, const Node& conv, const ChannelPiece& piece) {
  std::vector<TensorId> inputs = {conv.inputs[0], RowsOf(graph, conv.inputs[1], piece)};
  if (HasBias(conv)) inputs.push_back(RowsOf(graph, conv.inputs[2], piece));
  return inputs;
}

}  // namespace lockstep::optimize
