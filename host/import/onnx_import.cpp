#include "import/onnx_import.h"

#include <stdexcept>

#include "graph/error.h"
#include "import/choose_branches.h"
#include "import/graph_cut.h"
#include "import/graph_reader.h"
#include "import/model_file.h"
#include "import/old_opsets.h"
#include "import/old_softmax.h"
#include "import/opset_meaning.h"
#include "import/opset_normalize.h"
#include "optimize/optimize.h"

namespace lockstep::importer {
namespace {

using graph::Graph;
using graph::kNoTensor;
using graph::Node;
using graph::TensorId;

// A shape that was given for an input changes those of the outputs.
void RequireDeclaredOutputs(const ReadGraph& read, bool shapes, const std::string& path) {
  for (const TensorId id : read.graph.outputs) {
    const graph::Tensor& output = read.graph.tensor(id);
    const auto found = read.declared.find(output.name);
    if (found == read.declared.end() || !graph::IsKnown(output.shape)) continue;
    const DeclaredOutput& declared = found->second;
    const bool same_shape = !shapes || !declared.shape || *declared.shape == output.shape;
    if (same_shape && (!declared.type || *declared.type == output.type)) continue;
    const bool blame_type = same_shape;
    throw BadInput("'" + path + "' declares its output '" + output.name + "' as " +
                   (blame_type ? graph::KindName(*declared.type) : graph::ToString(*declared.shape)) +
                   ", but its nodes make " +
                   (blame_type ? graph::KindName(output.type) : graph::ToString(output.shape)) +
                   "; the file is damaged, export the model again");
  }
}

bool AllInputsKnown(const Graph& graph) {
  for (const TensorId id : graph.inputs) {
    if (!graph::IsKnown(graph.tensor(id).shape)) return false;
  }
  return true;
}

// The shapes that options give to inputs that the graph has now; others may come to be by cutting.
std::map<std::string, graph::Shape> ShapesOfOwnInputs(const Graph& graph, const ImportOptions& options) {
  std::map<std::string, graph::Shape> shapes;
  for (const TensorId id : graph.inputs) {
    const auto found = options.input_shapes.find(graph.tensor(id).name);
    if (found != options.input_shapes.end()) shapes.insert(*found);
  }
  return shapes;
}

// Returns only if the network fails without the given shapes too.
void BlameInputShapes(const std::string& path, ImportOptions options, const std::string& reason) {
  std::string given;
  for (const auto& [name, shape] : options.input_shapes) given += " " + name + ":" + graph::ToString(shape);
  options.input_shapes.clear();
  std::string own;
  try {
    const Graph graph = ImportOnnx(path, options);
    for (const TensorId id : graph.inputs) {
      own += (own.empty() ? "" : ", ") + graph.tensor(id).name + ":" + graph::ToString(graph.tensor(id).shape);
    }
  } catch (const UsageError&) {  // it leaves its shapes open
  } catch (const Error&) {
    return;
  }
  throw UsageError("--input-shape" + given + " (configuration key input_shape) does not suit '" + path +
                   "': " + reason + "; give another shape" +
                   (own.empty() ? "" : ", or leave it out: the network's own is " + own));
}

ImportOptions WithModelShapes(ImportOptions options, const Graph& graph) {
  for (const TensorId id : graph.inputs) {
    const graph::Tensor& tensor = graph.tensor(id);
    const auto found = options.model_shapes.find(tensor.name);
    if (found == options.model_shapes.end() || found->second == tensor.shape) continue;
    if (tensor.shape != graph::kUnknownShape && tensor.shape.size() != found->second.size()) continue;
    options.input_shapes.insert(*found);
  }
  options.model_shapes.clear();
  return options;
}

Graph Import(const std::string& path, const ImportOptions& given) {
  ReadGraph read = ReadOnnxGraph(ReadModel(path), path);
  Graph& graph = read.graph;
  const ImportOptions options = WithModelShapes(given, graph);
  const bool old_softmax = graph.opset < kFirstOpsetOfOneAxis;
  const bool old_broadcast = graph.opset < kFirstOpsetOfBroadcast;
  try {
    NormalizeOldOpset(graph);
    NormalizeOpset(graph);
    if (old_softmax) SetOldSoftmaxAxes(graph);
    graph::SortAndPrune(graph);
  } catch (const BadInput& error) {
    throw BadInput("'" + path + "': " + error.what());
  } catch (const std::logic_error& error) {
    throw BadInput("'" + path + "': " + error.what());
  }
  const auto infer = [&] {
    try {
      ChooseBranches(graph);
      if (old_broadcast) ExpandOldBroadcast(graph);
      optimize::InferShapes(graph);
    } catch (const BadInput& error) {
      if (!options.input_shapes.empty()) BlameInputShapes(path, options, error.what());
      throw BadInput("'" + path + "': " + error.what());
    }
  };
  if (!options.input_nodes.empty()) {  // what is cut off still tells the shapes of the new inputs
    ApplyInputShapes(graph, ShapesOfOwnInputs(graph, options), path);
    if (AllInputsKnown(graph)) infer();
  }
  CutGraph(graph, options, path);
  ApplyInputShapes(graph, options.input_shapes, path);
  RequireInputSizes(graph, path);
  FixInputValues(graph, options.input_values, path);
  if (!options.open_inputs) RequireInputShapes(graph, path);
  infer();
  DropUnusedInputs(graph);
  if (old_softmax && ExpandOldSoftmax(graph)) infer();
  RequireDeclaredOutputs(read, options.input_shapes.empty(), path);
  return std::move(read.graph);
}

}  // namespace

bool HasInputSettings(const ImportOptions& options) {
  return !options.input_shapes.empty() || !options.input_values.empty();
}

Graph ImportOnnx(const std::string& path, const ImportOptions& options) {
  if (options.model_shapes.empty()) return Import(path, options);
  try {
    return Import(path, options);
  } catch (const Error&) {  // the model was made from another network
    ImportOptions own = options;
    own.model_shapes.clear();
    return Import(path, own);
  }
}

}  // namespace lockstep::importer
