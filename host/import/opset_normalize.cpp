#include "import/opset_normalize.h"

#include <algorithm>
#include <functional>
#include <map>

#include "graph/error.h"
#include "import/opset_meaning.h"

namespace lockstep::importer {
namespace {

using graph::ElementType;
using graph::Graph;
using graph::kNoTensor;
using graph::Node;
using graph::TensorId;

TensorId AddInts(Graph& graph, const Node& node, const char* key, const std::vector<int64_t>& values) {
  const graph::Shape shape{static_cast<int64_t>(values.size())};
  return graph.AddTensor(
      {graph.UniqueName(node.name + "_" + key), ElementType::kInt64, shape, graph::ConstantData{{}, values}});
}

TensorId AddScalar(Graph& graph, const Node& node, const char* key, float value) {
  return graph.AddTensor(
      {graph.UniqueName(node.name + "_" + key), ElementType::kFloat, {}, graph::ConstantData{{value}, {}}});
}

void SetInput(Node& node, size_t index, TensorId id) {
  if (node.inputs.size() <= index) node.inputs.resize(index + 1, kNoTensor);
  node.inputs[index] = id;
}

// A list attribute of old opsets becomes input `index`; nothing happens if the node has none.
void MoveIntsToInput(Graph& graph, Node& node, const char* key, size_t index) {
  const auto found = node.attributes.find(key);
  if (found == node.attributes.end()) return;
  const std::vector<int64_t> values = node.Ints(key, {});
  node.attributes.erase(found);
  SetInput(node, index, AddInts(graph, node, key, values));
}

void MoveFloatToInput(Graph& graph, Node& node, const char* key, size_t index) {
  const auto found = node.attributes.find(key);
  if (found == node.attributes.end()) return;
  const float value = node.Float(key, 0.0F);
  node.attributes.erase(found);
  SetInput(node, index, AddScalar(graph, node, key, value));
}

// A rule may replace a node by several; what it returns takes the node's place.
using Rule = std::function<std::vector<Node>(Graph&, Node)>;

std::vector<Node> Split(Graph& graph, Node node) {
  MoveIntsToInput(graph, node, "split", 1);
  const auto outputs = static_cast<int64_t>(node.outputs.size());
  if (node.Int("num_outputs", outputs) != outputs) {
    throw BadInput("node '" + node.name + "' (Split): its attribute 'num_outputs' is " +
                   std::to_string(node.Int("num_outputs", outputs)) + ", it has " + std::to_string(outputs) +
                   " outputs; export the model again");
  }
  node.attributes.erase("num_outputs");
  return {std::move(node)};
}

std::vector<Node> Slice(Graph& graph, Node node) {
  MoveIntsToInput(graph, node, "starts", 1);
  MoveIntsToInput(graph, node, "ends", 2);
  MoveIntsToInput(graph, node, "axes", 3);
  return {std::move(node)};
}

std::vector<Node> Clip(Graph& graph, Node node) {
  MoveFloatToInput(graph, node, "min", 1);
  MoveFloatToInput(graph, node, "max", 2);
  return {std::move(node)};
}

std::vector<Node> Pad(Graph& graph, Node node) {
  if (node.attributes.count("pads") != 0) {
    MoveIntsToInput(graph, node, "pads", 1);
    MoveFloatToInput(graph, node, "value", 2);
  }
  return {std::move(node)};
}

std::vector<Node> AxesToInput(Graph& graph, Node node) {
  MoveIntsToInput(graph, node, "axes", 1);
  return {std::move(node)};
}

std::vector<Node> TopK(Graph& graph, Node node) {
  if (node.attributes.count("k") != 0) {
    const int64_t k = node.Int("k", 0);
    node.attributes.erase("k");
    SetInput(node, 1, AddInts(graph, node, "k", {k}));
  }
  return {std::move(node)};
}

std::vector<Node> Reduce(Graph& graph, Node node) {
  const bool given = node.inputs.size() > 1 && node.inputs[1] != kNoTensor && graph.tensor(node.inputs[1]).constant;
  if (given && graph.tensor(node.inputs[1]).type == ElementType::kInt64) {
    node.attributes["axes"] = graph.Ints(node.inputs[1]);
    node.inputs.resize(1);
  }
  return {std::move(node)};
}

std::vector<Node> Scatter(Graph&, Node node) {
  node.op = "ScatterElements";  // its name from opset 11 on
  return {std::move(node)};
}

// The names of its modes from opset 20 on.
std::vector<Node> GridSample(Graph& /*graph*/, Node node) {
  const std::string mode = node.String("mode", "bilinear");
  if (mode == "linear" || mode == "cubic") node.attributes["mode"] = "bi" + mode;
  return {std::move(node)};
}

// From opset 16 on a pixel's middle is at 0.5.
std::vector<Node> RoiAlign(Graph& graph, Node node) {
  if (graph.opset < kFirstOpsetOfHalfPixel) {
    node.attributes.emplace("coordinate_transformation_mode", std::string("output_half_pixel"));
  }
  return {std::move(node)};
}

std::vector<Node> Dropout(Graph& graph, Node node) {
  if (node.inputs.size() > 2 && node.inputs[2] != kNoTensor) {
    const graph::Tensor& training = graph.tensor(node.inputs[2]);
    const bool off = training.constant && training.constant->ints == std::vector<int64_t>{0};
    const TensorId ratio = node.inputs[1];
    const bool keeps_all = ratio != kNoTensor && graph.tensor(ratio).constant &&
                           graph.tensor(ratio).constant->floats == std::vector<float>{0.0F};
    if (!off && !keeps_all) node.op = "Dropout in training mode";
  }
  node.inputs.resize(1);  // the ratio means nothing to inference
  node.attributes.clear();
  return {std::move(node)};
}

TensorId AddComputed(Graph& graph, const std::string& stem) {
  return graph.AddTensor({graph.UniqueName(stem), ElementType::kFloat, graph::kUnknownShape, std::nullopt});
}

// Opset 10 takes the floor along axes that grow and the ceil along axes that shrink. One node has one rounding, so the
// image grows in one and shrinks in another; constant folding drops the one that has nothing to do.
std::vector<Node> GrowThenShrink(Graph& graph, Node node) {
  const TensorId scales = node.inputs[2];
  const std::string name = node.name;
  const TensorId one = AddScalar(graph, node, "one", 1.0F);
  const TensorId grown = AddComputed(graph, name + "_grown");
  const TensorId up = AddComputed(graph, name + "_up");
  const TensorId down = AddComputed(graph, name + "_down");
  std::vector<Node> nodes(4);
  nodes[0] = {"Max", name + "_Max", {scales, one}, {up}, {}, {}, kNoTensor, node.onnx_nodes};
  nodes[1] = {"Min", name + "_Min", {scales, one}, {down}, {}, {}, kNoTensor, node.onnx_nodes};
  nodes[2] = node;
  nodes[2].name = name + "_grow";
  nodes[2].inputs[2] = up;
  nodes[2].outputs = {grown};
  nodes[3] = std::move(node);
  nodes[3].inputs = {grown, kNoTensor, down};
  nodes[3].attributes["nearest_mode"] = std::string("ceil");
  return nodes;
}

std::vector<Node> OldResize(Graph& graph, Node node) {
  const bool upsample = node.op == "Upsample";
  node.op = "Resize";
  TensorId scales = node.inputs.size() > 1 ? node.inputs[1] : kNoTensor;
  const auto found = node.attributes.find("scales");
  if (found != node.attributes.end()) {
    const auto* values = std::get_if<std::vector<float>>(&found->second);
    const std::vector<float> list = values == nullptr ? std::vector<float>{} : *values;
    scales = graph.AddTensor({graph.UniqueName(node.name + "_scales"),
                              ElementType::kFloat,
                              {static_cast<int64_t>(list.size())},
                              graph::ConstantData{list, {}}});
    node.attributes.erase(found);
  }
  node.inputs = {node.inputs.at(0), kNoTensor, scales};
  node.attributes["coordinate_transformation_mode"] = std::string("asymmetric");
  node.attributes["nearest_mode"] = std::string("floor");
  if (node.String("mode", "nearest") == "bilinear") node.attributes["mode"] = std::string("linear");
  const bool nearest = node.String("mode", "nearest") == "nearest";
  if (upsample || !nearest || scales == kNoTensor) return {std::move(node)};
  const auto& constant = graph.tensor(scales).constant;
  if (constant) {
    const auto& list = constant->floats;
    const auto grows = [](float scale) { return scale >= 1.0F; };
    const auto shrinks = [](float scale) { return scale <= 1.0F; };
    if (std::all_of(list.begin(), list.end(), grows)) return {std::move(node)};
    if (std::all_of(list.begin(), list.end(), shrinks)) {
      node.attributes["nearest_mode"] = std::string("ceil");
      return {std::move(node)};
    }
  }
  return GrowThenShrink(graph, std::move(node));
}

std::vector<Node> Resize(Graph& graph, Node node) {
  if (node.op == "Upsample" || graph.opset < kFirstOpsetOfResizeModes) return OldResize(graph, std::move(node));
  // An empty tensor says "not given" as much as an omitted input does.
  for (size_t i = 1; i < node.inputs.size(); ++i) {
    const TensorId id = node.inputs[i];
    if (id != kNoTensor && graph.tensor(id).constant && graph::ElementCount(graph.tensor(id).shape) == 0) {
      node.inputs[i] = kNoTensor;
    }
  }
  return {std::move(node)};
}

// ONNX has no 'padded': the normal form says it where it may.
std::vector<Node> NonMaxSuppression(Graph&, Node node) {
  node.attributes.erase("padded");
  return {std::move(node)};
}

const std::map<std::string, Rule>& Rules() {
  static const std::map<std::string, Rule> kRules = [] {
    std::map<std::string, Rule> rules = {{"Split", Split},
                                         {"Slice", Slice},
                                         {"Clip", Clip},
                                         {"Pad", Pad},
                                         {"Squeeze", AxesToInput},
                                         {"Unsqueeze", AxesToInput},
                                         {"TopK", TopK},
                                         {"Dropout", Dropout},
                                         {"Resize", Resize},
                                         {"Upsample", Resize},
                                         {"GridSample", GridSample},
                                         {"Scatter", Scatter},
                                         {"RoiAlign", RoiAlign},
                                         {"NonMaxSuppression", NonMaxSuppression}};
    for (const char* op : {"ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2",
                           "ReduceLogSum", "ReduceLogSumExp", "ReduceSumSquare"}) {
      rules[op] = Reduce;
    }
    return rules;
  }();
  return kRules;
}

// Omitted inputs and outputs at the end are none, but for the parts of a Split, which all count. Other outputs that the
// file leaves out get a name, so that every output is a tensor.
void SettleOmitted(Graph& graph, Node& node) {
  const auto shorten = [](std::vector<TensorId>& list) {
    while (list.size() > 1 && list.back() == kNoTensor) list.pop_back();
  };
  shorten(node.inputs);
  if (node.op != "Split") shorten(node.outputs);
  for (TensorId& id : node.outputs) {
    if (id == kNoTensor) id = AddComputed(graph, node.name + "_unused");
  }
}

}  // namespace

void NormalizeOpset(Graph& graph) {
  std::vector<Node> normal;
  for (Node& node : graph.nodes) {
    const auto rule = Rules().find(node.op);
    if (rule == Rules().end() || node.inputs.empty()) {
      normal.push_back(std::move(node));
      continue;
    }
    for (Node& made : rule->second(graph, std::move(node))) normal.push_back(std::move(made));
  }
  graph.nodes = std::move(normal);
  for (Node& node : graph.nodes) SettleOmitted(graph, node);
  graph.opset = kNormalOpset;
}

}  // namespace lockstep::importer
