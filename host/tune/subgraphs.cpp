#include "tune/subgraphs.h"

#include <algorithm>

namespace lockstep::tune {
namespace {

// For every node the nodes that read its outputs.
std::vector<std::vector<size_t>> ReadersOf(const graph::Graph& graph) {
  const graph::Uses uses(graph);
  std::vector<std::vector<size_t>> readers(graph.nodes.size());
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    for (const graph::TensorId id : graph.nodes[i].outputs) {
      if (id == graph::kNoTensor) continue;
      for (const int32_t reader : uses.consumers[static_cast<size_t>(id)])
        readers[i].push_back(static_cast<size_t>(reader));
    }
  }
  return readers;
}

// Nodes stand in the order of execution, so one pass finds what a node leads to.
std::vector<bool> Behind(const std::vector<std::vector<size_t>>& readers, size_t from) {
  std::vector<bool> behind(readers.size(), false);
  behind[from] = true;
  for (size_t i = from; i < readers.size(); ++i) {
    if (!behind[i]) continue;
    for (const size_t reader : readers[i]) behind[reader] = true;
  }
  return behind;
}

std::vector<bool> LeadingTo(const std::vector<std::vector<size_t>>& readers, size_t to) {
  std::vector<bool> leads(readers.size(), false);
  leads[to] = true;
  for (size_t i = to; i-- > 0;) {
    leads[i] = std::any_of(readers[i].begin(), readers[i].end(), [&](size_t reader) { return leads[reader]; });
  }
  return leads;
}

// Groups of raised nodes that are connected directly.
std::vector<std::set<size_t>> Groups(const std::vector<std::vector<size_t>>& readers, const std::set<size_t>& raised) {
  std::vector<size_t> group(readers.size());
  for (size_t i = 0; i < group.size(); ++i) group[i] = i;
  for (const size_t node : raised) {
    for (const size_t reader : readers[node]) {
      if (raised.count(reader) == 0) continue;
      const size_t from = group[reader];
      std::replace(group.begin(), group.end(), from, group[node]);
    }
  }
  std::vector<std::set<size_t>> groups(readers.size());
  for (const size_t node : raised) groups[group[node]].insert(node);
  groups.erase(std::remove_if(groups.begin(), groups.end(), [](const auto& of) { return of.size() < 2; }),
               groups.end());
  return groups;
}

}  // namespace

std::vector<Subgraph> ProposeSubgraphs(const graph::Graph& graph, const std::set<size_t>& raised) {
  const std::vector<std::vector<size_t>> readers = ReadersOf(graph);
  std::vector<Subgraph> subgraphs;
  for (const std::set<size_t>& group : Groups(readers, raised)) {
    const size_t first = *group.begin();
    const size_t last = *group.rbegin();
    const std::vector<bool> behind = Behind(readers, first);
    const std::vector<bool> leads = LeadingTo(readers, last);
    Subgraph subgraph{graph.nodes[first].name, graph.nodes[last].name, 0, 0};
    for (size_t i = first; i <= last; ++i) {
      if (!behind[i] || !leads[i]) continue;
      ++subgraph.nodes;
      subgraph.raised += group.count(i);
    }
    if (subgraph.raised > 1) subgraphs.push_back(subgraph);
  }
  std::stable_sort(subgraphs.begin(), subgraphs.end(),
                   [](const Subgraph& a, const Subgraph& b) { return a.raised > b.raised; });
  return subgraphs;
}

}  // namespace lockstep::tune
