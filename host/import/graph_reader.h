// The message of an ONNX file as the compiler's graph, node by node, before anything is normalised.
#pragma once

#define ONNX_ML 1
#define ONNX_NAMESPACE onnx
#include <onnx/onnx_pb.h>

#include <map>
#include <optional>
#include <string>

#include "graph/graph.h"

namespace lockstep::importer {

// What the file says of an output beside the nodes that make it.
struct DeclaredOutput {
  std::optional<graph::ElementType> type;
  std::optional<graph::Shape> shape;  // only where it is given in full
};

struct ReadGraph {
  graph::Graph graph;
  std::map<std::string, DeclaredOutput> declared;
};

// Constant nodes and initializers become constants. What the sub-graphs of a node read from outside stands behind the
// node's own inputs, so that it counts as used. Errors as ImportOnnx; `path` names the file.
ReadGraph ReadOnnxGraph(const onnx::ModelProto& model, const std::string& path);

}  // namespace lockstep::importer
