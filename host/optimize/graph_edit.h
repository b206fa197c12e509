// The moves that passes are made of.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "graph/constants.h"
#include "graph/graph.h"

namespace lockstep::optimize {

// Calls `rewrite` for every node with the uses of the current graph until no call returns true any more; then sorts,
// drops dead nodes and infers shapes if anything changed. `rewrite` may change the graph only if it returns true, and
// may add nodes and take nodes out of use (Retire), but not erase any. Returns the number of calls that returned true.
int RewriteAll(graph::Graph& graph,
               const std::function<bool(graph::Graph&, const graph::Uses&, size_t index)>& rewrite);

// Puts `node` before graph.nodes[index]; references into graph.nodes become invalid.
void InsertNode(graph::Graph& graph, size_t index, graph::Node node);

// Takes a node out of use.
void Retire(graph::Node& node);

// Everything that reads `from` reads `to`. Graph outputs are left alone.
void ReplaceUses(graph::Graph& graph, graph::TensorId from, graph::TensorId to);

// `into` stands for the ONNX nodes of `from` too; those of `from` come last.
void InheritNodes(graph::Node& into, const graph::Node& from);

// The only consumer of `id`, -1 if there are several or none or if it is a graph output.
int32_t OnlyConsumer(const graph::Uses& uses, graph::TensorId id);

// The node that makes `id`, null if none does.
graph::Node* ProducerOf(graph::Graph& graph, const graph::Uses& uses, graph::TensorId id);

// A new tensor under a unique name that begins with `stem`, of the type and shape of another.
graph::TensorId AddLike(graph::Graph& graph, const std::string& stem, graph::TensorId like);

// The same with a shape of its own.
graph::TensorId NewTensor(graph::Graph& graph, const std::string& stem, graph::TensorId like,
                          const graph::Shape& shape);

// A node named `origin.name` and `suffix`, which stands for the ONNX nodes that `origin` stands for.
graph::Node HelperNode(const graph::Node& origin, const std::string& op, const std::string& suffix,
                       std::vector<graph::TensorId> inputs, graph::TensorId output,
                       std::map<std::string, graph::Attribute> attributes);
graph::Node ReshapeNode(graph::Graph& graph, const graph::Node& origin, const std::string& suffix, graph::TensorId from,
                        graph::TensorId to);

// Gives the elements another shape and leaves them where they are.
bool IsReshape(const std::string& op);

// Drops tensors that nothing refers to; all ids change.
void DropUnusedTensors(graph::Graph& graph);

}  // namespace lockstep::optimize
