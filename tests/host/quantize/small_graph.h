// Builds small graphs by hand.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "graph/graph.h"

namespace lockstep::quantize {

class SmallGraph {
 public:
  graph::Graph graph;

  graph::TensorId Input(const std::string& name, graph::Shape shape) {
    graph.inputs.push_back(Tensor(name, std::move(shape)));
    return graph.inputs.back();
  }
  graph::TensorId Constant(const std::string& name, graph::Shape shape, std::vector<float> values) {
    const graph::TensorId id = Tensor(name, std::move(shape));
    graph.tensor(id).constant = graph::ConstantData{std::move(values), {}};
    return id;
  }
  graph::TensorId Integers(const std::string& name, std::vector<int64_t> values) {
    const graph::TensorId id = Tensor(name, {static_cast<int64_t>(values.size())});
    graph.tensor(id).type = graph::ElementType::kInt64;
    graph.tensor(id).constant = graph::ConstantData{{}, std::move(values)};
    return id;
  }
  // A node with one output, named like the node.
  graph::TensorId Node(const std::string& op, const std::string& name, std::vector<graph::TensorId> inputs,
                       graph::Shape shape) {
    graph::Node node;
    node.op = op;
    node.name = name;
    node.inputs = std::move(inputs);
    node.outputs = {Tensor(name, std::move(shape))};
    graph.nodes.push_back(std::move(node));
    return graph.nodes.back().outputs[0];
  }
  // A 1x1 convolution of an NCHW tensor with the given weights (output channels x input channels).
  graph::TensorId Conv(const std::string& name, graph::TensorId input, int64_t channels, std::vector<float> weights,
                       std::vector<float> bias = {}) {
    const graph::Shape& shape = graph.tensor(input).shape;
    const graph::Shape output{1, channels, shape[2], shape[3]};
    std::vector<graph::TensorId> inputs{input,
                                        Constant(name + ".weight", {channels, shape[1], 1, 1}, std::move(weights))};
    if (!bias.empty()) inputs.push_back(Constant(name + ".bias", {channels}, std::move(bias)));
    const graph::TensorId id = Node("Conv", name, inputs, output);
    auto& attributes = graph.nodes.back().attributes;
    attributes["kernel_shape"] = std::vector<int64_t>{1, 1};
    attributes["strides"] = std::vector<int64_t>{1, 1};
    attributes["dilations"] = std::vector<int64_t>{1, 1};
    attributes["pads"] = std::vector<int64_t>{0, 0, 0, 0};
    attributes["group"] = int64_t{1};
    return id;
  }
  // Fuses an activation behind the last node; the tensor before it is called "<name>.pre".
  graph::TensorId Fuse(graph::ActivationKind kind) {
    graph::Node& node = graph.nodes.back();
    node.activation.kind = kind;
    const graph::Tensor output = graph.tensor(node.outputs[0]);
    node.pre_activation = Tensor(output.name + ".pre", output.shape);
    return node.pre_activation;
  }
  void Output(graph::TensorId id) { graph.outputs.push_back(id); }
  graph::TensorId Id(const std::string& name) const { return graph.Find(name); }

 private:
  graph::TensorId Tensor(const std::string& name, graph::Shape shape) {
    graph::Tensor tensor;
    tensor.name = name;
    tensor.shape = std::move(shape);
    return graph.AddTensor(std::move(tensor));
  }
};

}  // namespace lockstep::quantize
