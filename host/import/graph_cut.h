// Inputs and outputs that the user chose: cutting the graph, and the shapes of its inputs.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "import/onnx_import.h"

namespace lockstep::importer {

// Makes the named tensors or nodes the graph's inputs and outputs and drops what is not needed. `path` is for messages.
// Throws UsageError for a name that the graph does not have (with the nearest one) and for outputs that still need an
// input which is not among the chosen ones.
void CutGraph(graph::Graph& graph, const ImportOptions& options, const std::string& path);

// Inputs that no node reads and that are no outputs are none of the graph.
void DropUnusedInputs(graph::Graph& graph);

// Sets the shapes of graph inputs. Throws UsageError for an unknown name or a rank that the file contradicts.
void ApplyInputShapes(graph::Graph& graph, const std::map<std::string, graph::Shape>& shapes, const std::string& path);

// Throws BadInput for an input that is larger than a tensor can be.
void RequireInputSizes(const graph::Graph& graph, const std::string& path);

// Makes inputs constants with the given value in every element. Throws UsageError for an unknown name, an open shape
// and a value that the input's type does not hold.
void FixInputValues(graph::Graph& graph, const std::map<std::string, double>& values, const std::string& path);

// Throws UsageError naming every input whose shape is still open, and what to pass.
void RequireInputShapes(const graph::Graph& graph, const std::string& path);

}  // namespace lockstep::importer
