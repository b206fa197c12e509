// An ONNX file with notes on its nodes, which viewers such as Netron show as metadata.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace lockstep::importer {

using Notes = std::vector<std::pair<std::string, std::string>>;  // key and value

struct AnnotatedOnnx {
  std::string file;  // its bytes
  int nodes = 0;     // of the graph
  int annotated = 0;
};

// The file as it is, but for the notes on the nodes whose names are listed; what they had of these keys is replaced.
// Throws BadInput if it cannot be read, is no ONNX model, or its weights lie in other files (they would be lost).
AnnotatedOnnx AnnotateOnnx(const std::string& path, const std::map<std::string, Notes>& by_node);

// The notes on the nodes that have any, by name.
std::map<std::string, Notes> NotesOf(const std::string& file);

}  // namespace lockstep::importer
