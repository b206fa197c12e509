#include "optimize/channel_affine.h"
#include "optimize/graph_edit.h"
#include "optimize/pass.h"

namespace lockstep::optimize {
namespace {

using graph::Graph;
using graph::Node;
using graph::TensorId;

std::vector<float> ToFloats(const std::vector<double>& values) { return {values.begin(), values.end()}; }

bool Rewrite(Graph& graph, const graph::Uses&, size_t index) {
  if (graph.nodes[index].op != "BatchNormalization") return false;
  const auto affine = AffineOf(graph, graph.nodes[index]);
  if (!affine) return false;
  const graph::Shape shape = graph.tensor(affine->input).shape;
  const int64_t channels = shape[1];
  const std::string name = graph.nodes[index].name;
  if (shape.size() == 4) {
    const TensorId w = AddFloats(graph, name + "_weights", {channels, 1, 1, 1}, ToFloats(affine->scale));
    const TensorId b = AddFloats(graph, name + "_bias", {channels}, ToFloats(affine->offset));
    Node& node = graph.nodes[index];
    node.op = "Conv";
    node.inputs = {affine->input, w, b};
    node.outputs.resize(1);
    node.attributes = {{"group", channels}};
    return true;
  }
  graph::Shape broadcast(shape.size() - 1, 1);
  broadcast[0] = channels;
  const TensorId scale = AddFloats(graph, name + "_scale", broadcast, ToFloats(affine->scale));
  const TensorId offset = AddFloats(graph, name + "_offset", broadcast, ToFloats(affine->offset));
  const TensorId scaled = AddLike(graph, name + "_scaled", affine->input);
  Node mul{"Mul", name + "_Mul",    {affine->input, scale},       {scaled}, {},
           {},    graph::kNoTensor, graph.nodes[index].onnx_nodes};
  Node& node = graph.nodes[index];
  node.op = "Add";
  node.inputs = {scaled, offset};
  node.outputs.resize(1);
  node.attributes.clear();
  InsertNode(graph, index, std::move(mul));
  return true;
}

}  // namespace

int ReplaceBatchNorm(Graph& graph) { return RewriteAll(graph, Rewrite); }

}  // namespace lockstep::optimize
