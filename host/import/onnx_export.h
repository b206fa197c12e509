// Writes the compiler's graph as an ONNX file that other tools open.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "graph/graph.h"

namespace lockstep::importer {

// Of tensors that hold narrower integers than the graph knows: ONNX's number of the type, by tensor.
using NarrowTypes = std::map<graph::TensorId, int64_t>;

// The bytes of the file. Opset 17, and version 1 of the other domains that its operators are of. A fused activation
// becomes ONNX operators again, its input under the name of `pre_activation`; shapes of all tensors are recorded.
// Throws UnsupportedModel if they are more than one file can hold. `source_digest`, the md5 of the file that the graph
// was made from, and `class_names` (class_names.h) go into the metadata unless they are empty.
std::string SerializeOnnx(const graph::Graph& graph, const std::string& source_digest = "",
                          const NarrowTypes& narrow = {}, const std::string& class_names = "");

// Throws BadInput if the file cannot be written; then it does not exist.
void ExportOnnx(const graph::Graph& graph, const std::string& path, const std::string& source_digest = "");

// The source digest in a file that ExportOnnx wrote; empty if there is none, or no such file.
std::string ExportedSourceDigest(const std::string& path);

}  // namespace lockstep::importer
