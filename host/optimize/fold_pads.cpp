#include <algorithm>

#include "ops/pad.h"
#include "optimize/graph_edit.h"
#include "optimize/never_negative.h"
#include "optimize/pass.h"

namespace lockstep::optimize {
namespace {

using graph::Graph;
using graph::Node;
using graph::TensorId;

// Paddings of the spatial axes (begins, then ends), nothing if others are padded or one cuts.
std::vector<int64_t> SpatialPads(const Graph& graph, const Node& pad) {
  if (!IsConstant(graph, pad.inputs[1])) return {};
  const std::vector<int64_t>& all = graph.Ints(pad.inputs[1]);
  const size_t rank = all.size() / 2;
  if (rank < 3 || *std::min_element(all.begin(), all.end()) < 0) return {};
  if (all[0] != 0 || all[1] != 0 || all[rank] != 0 || all[rank + 1] != 0) return {};
  std::vector<int64_t> pads(all.begin() + 2, all.begin() + static_cast<std::ptrdiff_t>(rank));
  pads.insert(pads.end(), all.begin() + static_cast<std::ptrdiff_t>(rank) + 2, all.end());
  return pads;
}

// Whether the pool gives the same mean if zeros of a Pad count as padding: padding of its own counts or is not there.
bool CountsZeros(const Node& pool, const std::vector<int64_t>& pads) {
  const bool none = std::all_of(pads.begin(), pads.end(), [](int64_t pad) { return pad == 0; });
  return (none || pool.Int("count_include_pad", 0) != 0) && pool.Int("ceil_mode", 0) == 0;
}

// Whether no window of a pool lies in the padding, where it has no element and no pool is a layer.
bool WindowsReachInput(const Node& pool, const std::vector<int64_t>& pads) {
  const std::vector<int64_t> kernel = pool.Ints("kernel_shape", {1});
  const std::vector<int64_t> dilations = pool.Ints("dilations", {});
  for (size_t i = 0; i < pads.size(); ++i) {
    if (pads[i] >= kernel[i % kernel.size()]) return false;
  }
  return std::all_of(dilations.begin(), dilations.end(), [](int64_t dilation) { return dilation == 1; });
}

bool Rewrite(Graph& graph, const graph::Uses& uses, size_t index) {
  Node& node = graph.nodes[index];
  const bool average = node.op == "AveragePool";
  if (node.op != "Conv" && node.op != "MaxPool" && !average) return false;
  const Node* pad = ProducerOf(graph, uses, node.inputs[0]);
  if (pad == nullptr || pad->op != "Pad" || pad->String("mode", "constant") != "constant" || pad->inputs.size() > 3) {
    return false;
  }
  const std::vector<int64_t> extra = SpatialPads(graph, *pad);
  std::vector<int64_t> pads = node.Ints("pads", {});
  if (extra.empty() || pads.size() != extra.size()) return false;
  const bool computed =
      pad->inputs.size() > 2 && pad->inputs[2] != graph::kNoTensor && !IsConstant(graph, pad->inputs[2]);
  if (computed) return false;
  const double value = ops::PadValue(graph, *pad);
  bool allowed = value == 0.0 && (!average || CountsZeros(node, pads));
  for (size_t i = 0; i < pads.size(); ++i) pads[i] += extra[i];
  if (node.op == "MaxPool") {
    const bool lowest = value <= -ops::kAsGoodAsInfinity;
    const bool harmless = value == 0.0 && NeverNegative(graph, uses, pad->inputs[0], {});
    allowed = lowest || harmless;
  }
  if (node.op != "Conv") allowed = allowed && WindowsReachInput(node, pads);
  if (!allowed) return false;
  node.attributes["pads"] = pads;
  if (average) node.attributes["count_include_pad"] = int64_t{1};
  node.inputs[0] = pad->inputs[0];
  std::vector<std::string> names = pad->onnx_nodes;
  names.insert(names.end(), node.onnx_nodes.begin(), node.onnx_nodes.end());
  node.onnx_nodes = std::move(names);
  return true;
}

}  // namespace

int FoldPads(Graph& graph) { return RewriteAll(graph, Rewrite); }

}  // namespace lockstep::optimize
