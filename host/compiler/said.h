// Of which numbers of a network the settings say something, so that nothing else may decide about them.
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "graph/graph.h"
#include "quantize/quantize.h"
#include "sensitivity/node_simulation.h"

namespace lockstep::compiler {

// Bits of a node's table input, output or weights that are said by anything narrower than the whole network, or an
// output that is delivered as integers.
class Said {
 public:
  // Both must outlive it.
  Said(const graph::Graph& graph, const quantize::QuantizeOptions& options);

  bool operator()(const graph::Node& node, sensitivity::Part part) const;

 private:
  const graph::Graph& graph_;
  const quantize::QuantizeOptions& options_;
  quantize::Policy policy_;
  std::map<std::string, size_t> places_;  // of nodes
};

}  // namespace lockstep::compiler
