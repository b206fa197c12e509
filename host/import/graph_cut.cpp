#include "import/graph_cut.h"

#include <algorithm>
#include <set>

#include "graph/error.h"
#include "graph/nearest_name.h"
#include "graph/quoted.h"
#include "import/element_range.h"

namespace lockstep::importer {
namespace {

using graph::Graph;
using graph::kNoTensor;
using graph::Node;
using graph::TensorId;

constexpr int64_t kMostElements = int64_t{1} << 31;  // as of every tensor that a node makes

bool IsInput(const Graph& graph, TensorId id) {
  return std::find(graph.inputs.begin(), graph.inputs.end(), id) != graph.inputs.end();
}

// What can be cut at: everything but constants, and no output where the graph begins.
std::vector<std::string> CutNames(const Graph& graph, bool as_input) {
  std::vector<std::string> names;
  if (as_input) {
    for (const TensorId id : graph.inputs) names.push_back(graph.tensor(id).name);
  }
  for (const Node& node : graph.nodes) {
    names.push_back(node.name);
    for (const TensorId id : node.outputs) {
      if (id != kNoTensor) names.push_back(graph.tensor(id).name);
    }
  }
  return names;
}

std::vector<TensorId> Resolve(const Graph& graph, const std::string& name, bool as_input, const std::string& path) {
  const TensorId id = graph.Find(name);
  if (id != kNoTensor && !graph.tensor(id).constant && (as_input || !IsInput(graph, id))) return {id};
  for (const Node& node : graph.nodes) {
    if (node.name != name) continue;
    std::vector<TensorId> found;
    for (const TensorId end : as_input ? node.inputs : node.outputs) {
      if (end != kNoTensor && !graph.tensor(end).constant) found.push_back(end);
    }
    return found;
  }
  throw UsageError(std::string(as_input ? "--input-nodes" : "--output-nodes") + ": '" + path +
                   "' has no node or tensor " + graph::Quoted(name) + " to be an " + (as_input ? "input" : "output") +
                   graph::DidYouMean(name, CutNames(graph, as_input)));
}

std::vector<TensorId> ResolveAll(const Graph& graph, const std::vector<std::string>& names, bool as_input,
                                 const std::string& path) {
  std::vector<TensorId> ids;
  for (const std::string& name : names) {
    for (const TensorId id : Resolve(graph, name, as_input, path)) {
      if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
    }
  }
  return ids;
}

// The place among the inputs; `flag` is for the message.
std::vector<TensorId>::iterator FindInput(Graph& graph, const std::string& name, const std::string& flag,
                                          const std::string& path) {
  const auto found = std::find_if(graph.inputs.begin(), graph.inputs.end(),
                                  [&](TensorId id) { return graph.tensor(id).name == name; });
  if (found != graph.inputs.end()) return found;
  const TensorId unread = graph.Find(name);
  if (unread != kNoTensor && graph.tensor(unread).onnx_type != 0 && !graph.tensor(unread).constant) {
    throw UsageError(flag + ": nothing of '" + path + "' that is built reads its input " + graph::Quoted(name) +
                     "; leave it out");
  }
  std::vector<std::string> known;
  known.reserve(graph.inputs.size());
  for (const TensorId id : graph.inputs) known.push_back(graph.tensor(id).name);
  throw UsageError(flag + ": '" + path + "' has no input " + graph::Quoted(name) + graph::DidYouMean(name, known));
}

[[noreturn]] void ThrowWrongRank(const graph::Tensor& input, const graph::Shape& given, const std::string& path) {
  throw UsageError("--input-shape: input '" + input.name + "' of '" + path + "' has " +
                   std::to_string(input.shape.size()) + " axes (" + graph::ToString(input.shape) + "), not the " +
                   std::to_string(given.size()) + " of " + graph::ToString(given));
}

// What is known of a shape, and letters for the rest: one picture, if it has the axes of pictures.
std::string WantedShape(const graph::Shape& shape) {
  const bool picture = shape.size() == 4;
  const bool channels_last = picture && shape[1] < 1 && (shape[3] == 1 || shape[3] == 3);
  const std::string letters = !picture ? "1ABCDEFGHIJKLMNOPQRSTUVWXYZ" : channels_last ? "1HWC" : "13HW";
  std::string text;
  for (size_t i = 0; i < shape.size(); ++i) {
    const std::string open(1, letters[i % letters.size()]);
    text += (i == 0 ? "" : "x") + (shape[i] < 1 ? open : std::to_string(shape[i]));
  }
  return text;
}

}  // namespace

void CutGraph(Graph& graph, const ImportOptions& options, const std::string& path) {
  if (!options.output_nodes.empty()) graph.outputs = ResolveAll(graph, options.output_nodes, false, path);
  if (!options.input_nodes.empty()) {
    const std::vector<TensorId> old_inputs = graph.inputs;
    graph.inputs = ResolveAll(graph, options.input_nodes, true, path);
    const std::set<TensorId> cut(graph.inputs.begin(), graph.inputs.end());
    for (Node& node : graph.nodes) {
      for (TensorId& id : node.outputs) {
        if (cut.count(id) == 0) continue;
        // Made outside from now on; what the node itself still makes gets another name.
        graph::Tensor unused = graph.tensor(id);
        unused.name = graph.UniqueName(unused.name + "_unused");
        id = graph.AddTensor(std::move(unused));
      }
    }
    graph::SortAndPrune(graph);
    const graph::Uses uses(graph);
    for (const TensorId id : old_inputs) {
      const auto at = static_cast<size_t>(id);
      if (cut.count(id) != 0 || (uses.consumers[at].empty() && !uses.is_output[at])) continue;
      throw UsageError("'" + path + "': behind the chosen input nodes the graph still needs its input '" +
                       graph.tensor(id).name + "'; add it to --input-nodes, or choose other output nodes");
    }
  }
  graph::SortAndPrune(graph);
  DropUnusedInputs(graph);
}

void DropUnusedInputs(Graph& graph) {
  const graph::Uses uses(graph);
  const auto unused = [&uses](TensorId id) {
    return uses.consumers[static_cast<size_t>(id)].empty() && !uses.is_output[static_cast<size_t>(id)];
  };
  graph.inputs.erase(std::remove_if(graph.inputs.begin(), graph.inputs.end(), unused), graph.inputs.end());
}

void ApplyInputShapes(Graph& graph, const std::map<std::string, graph::Shape>& shapes, const std::string& path) {
  for (const auto& [name, shape] : shapes) {
    graph::Tensor& tensor = graph.tensor(*FindInput(graph, name, "--input-shape", path));
    if (tensor.shape != graph::kUnknownShape && tensor.shape.size() != shape.size()) {
      ThrowWrongRank(tensor, shape, path);
    }
    if (std::any_of(shape.begin(), shape.end(), [](int64_t dimension) { return dimension < 1; })) {
      throw UsageError("--input-shape: the shape of input '" + name + "' has a dimension below 1");
    }
    tensor.shape = shape;
  }
}

void FixInputValues(Graph& graph, const std::map<std::string, double>& values, const std::string& path) {
  for (const auto& [name, value] : values) {
    const auto found = FindInput(graph, name, "--input-value", path);
    graph::Tensor& tensor = graph.tensor(*found);
    if (!graph::IsKnown(tensor.shape)) {
      throw UsageError("--input-value: the shape of input '" + name + "' is open; set it with --input-shape " + name +
                       ":" + (tensor.shape == graph::kUnknownShape ? "AxBx..." : WantedShape(tensor.shape)));
    }
    const std::string unheld = WhyNotHeld(tensor.type, tensor.onnx_type, value);
    if (!unheld.empty()) throw UsageError("--input-value: input '" + name + "' of '" + path + "' " + unheld);
    const bool floats = tensor.type == graph::ElementType::kFloat;
    const auto count = static_cast<size_t>(graph::ElementCount(tensor.shape));
    tensor.constant.emplace();
    if (floats) tensor.constant->floats.assign(count, static_cast<float>(value));
    if (!floats) tensor.constant->ints.assign(count, static_cast<int64_t>(value));
    graph.inputs.erase(found);
  }
}

void RequireInputSizes(const Graph& graph, const std::string& path) {
  for (const TensorId id : graph.inputs) {
    const graph::Tensor& tensor = graph.tensor(id);
    if (!graph::IsKnown(tensor.shape) || graph::ElementCount(tensor.shape) <= kMostElements) continue;
    throw BadInput("'" + path + "': its input '" + tensor.name + "' is " + graph::ToString(tensor.shape) +
                   ", more than a tensor can have; give it another shape with --input-shape");
  }
}

void RequireInputShapes(const Graph& graph, const std::string& path) {
  std::string open;
  std::string flags;
  for (const TensorId id : graph.inputs) {
    const graph::Tensor& tensor = graph.tensor(id);
    if (graph::IsKnown(tensor.shape)) continue;
    const bool ranked = tensor.shape != graph::kUnknownShape;
    open += (open.empty() ? "'" : ", '") + tensor.name + "' (" +
            (ranked ? graph::ToString(tensor.shape) : std::string("no shape at all")) + ")";
    flags += " --input-shape " + tensor.name + ":" + (ranked ? WantedShape(tensor.shape) : "AxBx...");
  }
  if (open.empty()) return;
  throw UsageError("'" + path + "' leaves the shape of an input open: " + open + "; give all its dimensions with" +
                   flags);
}

}  // namespace lockstep::importer
