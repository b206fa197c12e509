#include "quantize/split_names.h"

#include <algorithm>
#include <string>

namespace lockstep::quantize {

const graph::Node* SplitNode(const graph::Graph& graph, const graph::Node& part) {
  for (const std::string suffix : {kLowSuffix, kSumSuffix}) {
    if (part.name.size() <= suffix.size()) continue;
    const size_t length = part.name.size() - suffix.size();
    if (part.name.compare(length, suffix.size(), suffix) != 0) continue;
    const std::string whole = part.name.substr(0, length);
    const auto found = std::find_if(graph.nodes.begin(), graph.nodes.end(),
                                    [&](const graph::Node& node) { return node.name == whole; });
    if (found != graph.nodes.end()) return &*found;
  }
  return nullptr;
}

}  // namespace lockstep::quantize
