#include "import/old_opsets.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "graph/constants.h"
#include "graph/error.h"
#include "import/opset_meaning.h"
#include "optimize/infer_shapes.h"

namespace lockstep::importer {
namespace {

using graph::Graph;
using graph::kNoTensor;
using graph::Node;
using graph::TensorId;

using Rule = void (*)(Graph&, Node&);

void BatchNormalization(Graph& graph, Node& node) {
  // Without this flag it is training, which takes the statistics from the batch.
  if (graph.opset < kFirstOpsetOfBroadcast && node.Int("is_test", 0) == 0)
    node.attributes["training_mode"] = int64_t{1};
  if (node.Int("spatial", 1) == 0) node.op += " with spatial 0";
  node.attributes.erase("is_test");
  node.attributes.erase("spatial");
}

void Concat(Graph& graph, Node& node) {
  if (graph.opset < kFirstOpsetOfConcatAxis) node.attributes.emplace("axis", int64_t{1});
}

void Reshape(Graph& graph, Node& node) {
  const auto shape = node.attributes.find("shape");
  if (shape == node.attributes.end() || node.inputs.empty()) return;
  const std::vector<int64_t> target = node.Ints("shape", {});
  node.attributes.erase(shape);
  node.inputs.resize(2, kNoTensor);
  node.inputs[1] = graph::AddInts(graph, node.name + "_shape", target);
}

void Pad(Graph& /*graph*/, Node& node) {
  const auto paddings = node.attributes.find("paddings");
  if (paddings == node.attributes.end()) return;
  node.attributes["pads"] = paddings->second;
  node.attributes.erase("paddings");
}

void Upsample(Graph& /*graph*/, Node& node) {
  if (node.attributes.count("height_scale") == 0) return;
  node.attributes["scales"] =
      std::vector<float>{1.0F, 1.0F, node.Float("height_scale", 1.0F), node.Float("width_scale", 1.0F)};
  node.attributes.erase("height_scale");
  node.attributes.erase("width_scale");
}

// The p of a norm was a float.
void Norm(Graph& /*graph*/, Node& node) {
  constexpr float kLargestNorm = 1e6F;
  const auto p = node.attributes.find("p");
  if (p == node.attributes.end()) return;
  const float* real = std::get_if<float>(&p->second);
  // Any other number stays one of the wrong type.
  if (real != nullptr && *real == std::trunc(*real) && std::abs(*real) <= kLargestNorm) {
    p->second = static_cast<int64_t>(*real);
  }
}

void Selu(Graph& graph, Node& node) {
  if (graph.opset >= kFirstOpsetOfLongNumbers) return;
  node.attributes.emplace("alpha", 1.6732F);
  node.attributes.emplace("gamma", 1.0507F);
}

void Gemm(Graph& /*graph*/, Node& node) { node.attributes.erase("broadcast"); }

const std::map<std::string, Rule> kRules = {{"BatchNormalization", BatchNormalization},
                                            {"Concat", Concat},
                                            {"Gemm", Gemm},
                                            {"GlobalLpPool", Norm},
                                            {"LpPool", Norm},
                                            {"Pad", Pad},
                                            {"Reshape", Reshape},
                                            {"Selu", Selu},
                                            {"Upsample", Upsample}};

// The axis of the first operand at which those of the second begin, -1 where their last axes are one another's.
int64_t BroadcastAxis(const Graph& graph, const Node& node) {
  if (node.op == "PRelu") {  // a list of slopes is one for each channel
    const graph::Shape& slopes = graph.tensor(node.inputs[1]).shape;
    return slopes.size() == 1 && slopes[0] != 1 ? 1 : -1;
  }
  return node.Int("broadcast", 0) == 0 ? -1 : node.Int("axis", -1);
}

bool Broadcasts(const Node& node) {
  if (node.inputs.size() != 2 || node.inputs[0] == kNoTensor || node.inputs[1] == kNoTensor) return false;
  static constexpr const char* kOperators[] = {"Add", "And", "Div", "Equal", "Greater", "Less",
                                               "Mul", "Or",  "Pow", "PRelu", "Sub",     "Xor"};
  return std::any_of(std::begin(kOperators), std::end(kOperators), [&](const char* one) { return node.op == one; });
}

// The second operand with as many axes of 1 behind it as make it fit.
void GiveShape(Graph& graph, Node& node, std::vector<Node>& nodes) {
  const graph::Shape& first = graph.tensor(node.inputs[0]).shape;
  graph::Shape second = graph.tensor(node.inputs[1]).shape;
  const int64_t axis = BroadcastAxis(graph, node);
  if (axis < 0) return;
  const auto rank = static_cast<int64_t>(first.size());
  const auto given = static_cast<int64_t>(second.size());
  if (axis + given > rank) {
    throw BadInput("node '" + node.name + "' (" + node.op + "): its second input of shape " + graph::ToString(second) +
                   " does not fit axis " + std::to_string(axis) + " of " + graph::ToString(first));
  }
  if (axis + given == rank) return;
  second.resize(static_cast<size_t>(rank - axis), 1);
  const TensorId shaped = graph.AddTensor(
      {graph.UniqueName(node.name + "_operand"), graph.tensor(node.inputs[1]).type, second, std::nullopt});
  const TensorId target = graph::AddInts(graph, node.name + "_shape", second);
  nodes.push_back(
      {"Reshape", node.name + "_Reshape", {node.inputs[1], target}, {shaped}, {}, {}, kNoTensor, node.onnx_nodes});
  node.inputs[1] = shaped;
}

}  // namespace

void NormalizeOldOpset(Graph& graph) {
  for (Node& node : graph.nodes) {
    node.attributes.erase("consumed_inputs");
    const auto rule = kRules.find(node.op);
    if (rule != kRules.end()) rule->second(graph, node);
  }
}

void ExpandOldBroadcast(Graph& graph) {
  optimize::KnownValues values(graph, std::numeric_limits<int16_t>::max());
  std::vector<Node> nodes;
  for (Node& node : graph.nodes) {
    // Where the shapes are not known yet, the attributes are kept for when they are.
    if (Broadcasts(node) && graph::IsKnown(graph.tensor(node.inputs[0]).shape) &&
        graph::IsKnown(graph.tensor(node.inputs[1]).shape)) {
      GiveShape(graph, node, nodes);
      node.attributes.erase("broadcast");
      node.attributes.erase("axis");
    }
    optimize::InferNode(graph, node, values);
    values.Evaluate(node);
    nodes.push_back(std::move(node));
  }
  graph.nodes = std::move(nodes);
}

}  // namespace lockstep::importer
