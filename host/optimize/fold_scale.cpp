#include <algorithm>
#include <cmath>
#include <limits>

#include "ops/op_table.h"
#include "optimize/given_scales.h"
#include "optimize/graph_edit.h"
#include "optimize/pass.h"

namespace lockstep::optimize {
namespace {

using graph::Graph;
using graph::kNoTensor;
using graph::Node;
using graph::TensorId;

constexpr float kSmallest = std::numeric_limits<float>::min();  // with all digits

bool IsPlain(const Node* node) { return node != nullptr && node->activation.kind == graph::ActivationKind::kNone; }

bool IsConstantOrNone(const Graph& graph, const Node& node, size_t input) {
  return node.inputs.size() <= input || node.inputs[input] == kNoTensor || IsConstant(graph, node.inputs[input]);
}

// A convolution, and the views that move its elements to a tensor, last to first, each with the output that is read.
struct Source {
  Node* conv = nullptr;
  std::vector<std::pair<const Node*, size_t>> views;
  bool parted = false;  // one of them is a Split
};

// The source of `id`, or of one of a MatMul's factors, where nothing else reads what is on the way.
Source SourceOf(Graph& graph, const graph::Uses& uses, TensorId id) {
  Source source;
  while (OnlyConsumer(uses, id) >= 0) {
    Node* maker = ProducerOf(graph, uses, id);
    if (!IsPlain(maker)) return {};
    if (maker->op == "Conv" || maker->op == "ConvTranspose") {
      const bool constant = IsConstant(graph, maker->inputs[1]) && IsConstantOrNone(graph, *maker, 2);
      if (constant) source.conv = maker;
      return source;
    }
    if (maker->op == "MatMul") {
      // The other parts of a product take the number too, and the product of a tensor with itself takes it twice.
      if (source.parted || maker->inputs[0] == maker->inputs[1]) return {};
      const Source first = SourceOf(graph, uses, maker->inputs[0]);
      return first.conv != nullptr ? first : SourceOf(graph, uses, maker->inputs[1]);
    }
    if (!IsReshape(maker->op) && maker->op != "Transpose" && maker->op != "Split") return {};
    source.parted = source.parted || maker->op == "Split";
    const auto output = std::find(maker->outputs.begin(), maker->outputs.end(), id) - maker->outputs.begin();
    source.views.emplace_back(maker, static_cast<size_t>(output));
    id = maker->inputs[0];
  }
  return {};
}

// Which of a Conv's channels are in the tensor behind the views: all their elements; empty if some are only in part.
std::vector<bool> ChannelsOf(const Graph& graph, const Source& source) {
  const graph::Shape& shape = graph.tensor(source.conv->outputs[0]).shape;
  if (source.conv->op != "Conv" || !graph::IsKnown(shape) || graph::ElementCount(shape) == 0) return {};
  // Every element is its channel's number; the views carry it along.
  ops::Value numbers = ops::MakeValue(graph::ElementType::kInt64, shape);
  const int64_t area = graph::ElementCount(shape) / (shape[0] * shape[1]);
  for (int64_t i = 0; i < numbers.count(); ++i) numbers.data.ints[static_cast<size_t>(i)] = i / area % shape[1];
  for (auto view = source.views.rbegin(); view != source.views.rend(); ++view) {
    const Node& node = *view->first;
    std::vector<ops::Value> constants(node.inputs.size());
    ops::ValueInputs inputs = {&numbers};
    for (size_t i = 1; i < node.inputs.size(); ++i) {
      if (!IsConstant(graph, node.inputs[i])) return {};
      const graph::Tensor& tensor = graph.tensor(node.inputs[i]);
      constants[i] = {tensor.type, tensor.shape, *tensor.constant};
      inputs.push_back(&constants[i]);
    }
    ops::Results moved = ops::EvaluateNode(graph, node, inputs);
    if (!moved) return {};
    numbers = std::move(moved->at(view->second));
  }
  std::vector<int64_t> counts(static_cast<size_t>(shape[1]), 0);
  for (const int64_t channel : numbers.data.ints) ++counts[static_cast<size_t>(channel)];
  std::vector<bool> channels;
  for (const int64_t count : counts) {
    if (count != 0 && count != shape[0] * area) return {};
    channels.push_back(count != 0);
  }
  return channels;
}

// A constant times a number, in the given channels of its first axis or everywhere; kNoTensor if that is too large for
// a float, or so small that digits are lost.
TensorId Scaled(Graph& graph, TensorId constant, double by, const std::vector<bool>& channels) {
  const graph::Tensor& tensor = graph.tensor(constant);
  std::vector<float> values = tensor.constant.value().floats;
  float before = 0.0F;
  float after = 0.0F;
  for (size_t i = 0; i < values.size(); ++i) {
    if (!channels.empty() && !channels[i / (values.size() / channels.size())]) continue;
    const bool finite = std::isfinite(values[i]);
    before = std::max(before, std::abs(values[i]));
    values[i] = static_cast<float>(values[i] * by);
    after = std::max(after, std::abs(values[i]));
    if (finite && !std::isfinite(values[i])) return kNoTensor;
  }
  if (by != 0.0 && before >= kSmallest && after < kSmallest) return kNoTensor;
  std::vector<double> factors{by};
  if (!channels.empty()) {
    factors.clear();
    for (const bool within : channels) factors.push_back(within ? by : 1.0);
  }
  auto scales = ScalesTimes(tensor, 0, factors);
  const TensorId scaled = AddFloats(graph, tensor.name + "_scaled", graph::Shape(tensor.shape), std::move(values));
  graph.tensor(scaled).given_scales = std::move(scales);
  return scaled;
}

bool Rewrite(Graph& graph, const graph::Uses& uses, size_t index) {
  Node& node = graph.nodes[index];
  if (node.op != "Mul" || !IsPlain(&node) || node.inputs.size() != 2) return false;
  double number = 0.0;
  const size_t side = IsUniform(graph, node.inputs[1], &number) ? 1 : 0;
  if (!IsUniform(graph, node.inputs[side], &number) || !std::isfinite(number)) return false;
  const TensorId x = node.inputs[1 - side];
  if (x == kNoTensor || graph.tensor(x).shape != graph.tensor(node.outputs[0]).shape) return false;
  const Source source = SourceOf(graph, uses, x);
  Node* conv = source.conv;
  // A Conv right in front takes any Mul (FoldAffineIntoConv).
  if (conv == nullptr || conv->outputs[0] == x) return false;
  const std::vector<bool> channels = source.parted ? ChannelsOf(graph, source) : std::vector<bool>{};
  if (source.parted && channels.empty()) return false;
  const TensorId weights = Scaled(graph, conv->inputs[1], number, channels);
  const bool biased = conv->inputs.size() > 2 && conv->inputs[2] != kNoTensor;
  const TensorId bias = biased && weights != kNoTensor ? Scaled(graph, conv->inputs[2], number, channels) : kNoTensor;
  if (weights == kNoTensor || (biased && bias == kNoTensor)) return false;
  conv->inputs[1] = weights;
  if (biased) conv->inputs[2] = bias;
  Node* last = ProducerOf(graph, uses, x);
  std::replace(last->outputs.begin(), last->outputs.end(), x, node.outputs[0]);
  InheritNodes(*last, node);
  Retire(node);
  return true;
}

}  // namespace

int FoldScale(Graph& graph) { return RewriteAll(graph, Rewrite); }

}  // namespace lockstep::optimize
