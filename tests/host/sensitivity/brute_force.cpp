#include "brute_force.h"

#include <utility>

#include "sensitivity/rounded_weights.h"
#include "sensitivity/trial_worker.h"

namespace lockstep::sensitivity {
namespace {

using quantize::AffineParams;
using quantize::QuantizedGraph;

class Rounding {
 public:
  Rounding(const QuantizedGraph& quantized, const graph::Node& node)
      : quantized_(quantized), node_(node), graph_(quantized.graph) {}

  graph::Graph Make() {
    const std::vector<graph::Node> nodes = std::move(graph_.nodes);
    graph_.nodes.clear();
    for (const graph::Node& node : nodes) {
      if (node.name == node_.name) {
        AddRounded(node);
      } else {
        graph_.nodes.push_back(node);
      }
    }
    return std::move(graph_);
  }

 private:
  const AffineParams* Levels(graph::TensorId id) {
    const auto found = quantized_.formats.find(id);
    if (id == graph::kNoTensor || found == quantized_.formats.end() || !found->second.is_affine()) return nullptr;
    params_ = found->second.affine();
    return &params_;
  }

  graph::TensorId Like(graph::TensorId id) {
    graph::Tensor tensor;
    tensor.name = graph_.UniqueName(graph_.tensor(id).name + "_rounding");
    tensor.shape = graph_.tensor(id).shape;
    return graph_.AddTensor(std::move(tensor));
  }

  graph::TensorId Scalar(double value) {
    graph::Tensor tensor;
    tensor.name = graph_.UniqueName("rounding_constant");
    tensor.constant = graph::ConstantData{{static_cast<float>(value)}, {}};
    return graph_.AddTensor(std::move(tensor));
  }

  graph::TensorId Apply(const std::string& op, const std::vector<graph::TensorId>& inputs, graph::TensorId output) {
    graph::Node node;
    node.op = op;
    node.name = "round " + std::to_string(graph_.nodes.size()) + " of " + node_.name;
    node.inputs = inputs;
    node.outputs = {output};
    graph_.nodes.push_back(std::move(node));
    return output;
  }

  // scale * (clip(floor(x / scale + zero_point + 1/2)) - zero_point) becomes `output`.
  void Round(graph::TensorId x, const AffineParams& params, graph::TensorId output) {
    x = Apply("Mul", {x, Scalar(1.0 / params.scale)}, Like(x));
    x = Apply("Add", {x, Scalar(params.zero_point + 0.5)}, Like(x));
    x = Apply("Floor", {x}, Like(x));
    x = Apply("Clip", {x, Scalar(0.0), Scalar(params.high())}, Like(x));
    x = Apply("Add", {x, Scalar(-params.zero_point)}, Like(x));
    Apply("Mul", {x, Scalar(params.scale)}, output);
  }

  void AddRounded(graph::Node node) {
    RoundWeights(quantized_, node_, graph_, node);
    const std::vector<graph::TensorId> outputs = node.outputs;
    const AffineParams* in_front = Levels(node.pre_activation);
    const graph::Activation function = node.activation;
    for (graph::TensorId& id : node.outputs) {
      if (Levels(id) != nullptr) id = Like(id);
    }
    const std::vector<graph::TensorId> raw = node.outputs;
    const bool with_table = in_front != nullptr && raw[0] != outputs[0];
    graph::TensorId first = raw[0];
    if (with_table) {
      const AffineParams params = *Levels(node.pre_activation);
      const graph::TensorId before = Like(outputs[0]);
      node.outputs[0] = before;
      node.activation = {};
      node.pre_activation = graph::kNoTensor;
      graph_.nodes.push_back(std::move(node));
      Round(before, params, first);
      graph_.nodes.back().activation = function;
    } else {
      node.pre_activation = graph::kNoTensor;
      graph_.nodes.push_back(std::move(node));
    }
    for (size_t i = 0; i < outputs.size(); ++i) {
      if (raw[i] != outputs[i]) Round(raw[i], *Levels(outputs[i]), outputs[i]);
    }
  }

  const QuantizedGraph& quantized_;
  const graph::Node& node_;
  graph::Graph graph_;
  AffineParams params_;
};

}  // namespace

graph::Graph WithNodeRounded(const QuantizedGraph& quantized, const graph::Node& node) {
  return Rounding(quantized, node).Make();
}

std::vector<Trial> MeasureByBruteForce(const QuantizedGraph& quantized,
                                       const std::vector<quantize::CalibrationInput>& pictures, int threads) {
  engine::FloatEngineOptions options;
  options.threads = threads;
  engine::FloatEngine network(quantized.graph, options);
  std::vector<Tensors> truth;
  for (const quantize::CalibrationInput& picture : pictures) truth.push_back(network.Run(picture.tensors));
  const auto parts = analyze::OutputParts(quantized.graph);
  std::vector<Trial> trials;
  for (const graph::Node& node : quantized.graph.nodes) {
    if (!NodeSimulation::Exists(quantized, node, Part::kNode)) continue;
    engine::FloatEngine rounded(WithNodeRounded(quantized, node), options);
    OutputSums sums;
    for (size_t i = 0; i < pictures.size(); ++i) {
      const Tensors outputs = rounded.Run(pictures[i].tensors);
      for (const auto& [name, tensor] : truth[i]) AddParts(tensor, outputs.at(name), parts.at(name), sums);
    }
    Trial trial{node.name, node.op, node.onnx_nodes, quantized.graph.tensor(node.outputs[0]).name, {}, Part::kNode};
    for (const auto& [name, sum] : sums) trial.outputs[name] = sum.Finish();
    trials.push_back(std::move(trial));
  }
  return trials;
}

}  // namespace lockstep::sensitivity
