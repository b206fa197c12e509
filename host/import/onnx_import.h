// Reads an ONNX file into the compiler's graph.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "graph/graph.h"

namespace lockstep::importer {

struct ImportOptions {
  // Shapes by graph input, for inputs whose shape the file leaves open (or to replace a fixed batch or size).
  std::map<std::string, graph::Shape> input_shapes;
  // The inputs of a model that was made from the network. What `input_shapes` or the network itself decides otherwise,
  // by name or by the number of axes, is ignored, and all of them where the network cannot have them.
  std::map<std::string, graph::Shape> model_shapes;
  // Inputs that have one value always: constants from here on, and no inputs of the graph.
  std::map<std::string, double> input_values;
  // Where to cut the graph: names of tensors or of nodes. A node among `input_nodes` means its data inputs, among
  // `output_nodes` all its outputs. Empty: the graph's own inputs and outputs.
  std::vector<std::string> input_nodes;
  std::vector<std::string> output_nodes;
  // Inputs may be left open: their shapes, and those of what follows from them, stay unknown.
  bool open_inputs = false;
};

// Whether shapes or values of inputs are given.
bool HasInputSettings(const ImportOptions& options);

// Opsets 1 to 22, brought to the normal form that optimize/optimize.h describes; shapes are inferred. Element types
// become float (all floating types), int64 (all integers) and bool. Constant nodes and initializers are constants.
//
// Throws BadInput for a file that is missing, cut short, not ONNX or contradicts itself; UnsupportedModel for what ONNX
// has and this importer does not (external data, other opsets, sequences); UsageError for options that name what the
// graph does not have, and for inputs whose shape is open. Operators that nobody knows are imported as they are.
graph::Graph ImportOnnx(const std::string& path, const ImportOptions& options);

}  // namespace lockstep::importer
