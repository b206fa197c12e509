#include "import/sub_graph.h"

#include <algorithm>
#include <set>

namespace lockstep::importer {
namespace {

// Names that a sub-graph and those around it, up to the node's own graph, make.
using Scope = std::set<std::string>;

class Collector {
 public:
  void VisitNode(const onnx::NodeProto& node, const Scope& scope) {
    for (const auto& attribute : node.attribute()) {
      if (attribute.has_g()) VisitGraph(attribute.g(), scope);
      for (const auto& graph : attribute.graphs()) VisitGraph(graph, scope);
    }
  }

  std::vector<std::string> names;

 private:
  void VisitGraph(const onnx::GraphProto& graph, Scope scope) {
    for (const auto& input : graph.input()) scope.insert(input.name());
    for (const auto& initializer : graph.initializer()) scope.insert(initializer.name());
    for (const auto& initializer : graph.sparse_initializer()) scope.insert(initializer.values().name());
    for (const auto& node : graph.node()) scope.insert(node.output().begin(), node.output().end());
    for (const auto& node : graph.node()) {
      for (const std::string& name : node.input()) Read(name, scope);
      VisitNode(node, scope);
    }
    for (const auto& output : graph.output()) Read(output.name(), scope);  // a branch may hand a tensor through
  }

  void Read(const std::string& name, const Scope& scope) {
    if (name.empty() || scope.count(name) != 0) return;
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
};

}  // namespace

std::vector<std::string> OuterReferences(const onnx::NodeProto& node) {
  Collector collector;
  collector.VisitNode(node, {});
  return collector.names;
}

}  // namespace lockstep::importer
