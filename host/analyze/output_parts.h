// The parts of a network's outputs (parts.h), along all axes at once. Boxes in pixels beside probabilities have
// one energy and one cosine as a whole, in which the probabilities do not count; each part is judged by itself.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "graph/graph.h"

namespace lockstep::analyze {

struct OutputPart {
  std::string name;            // "output0", or of a part "output0[:, 4:84]"
  std::vector<int64_t> begin;  // by axis
  std::vector<int64_t> end;
};

// By output; at least one: the whole. Where there would be more than 16 parts the axes with most pieces stay whole.
std::map<std::string, std::vector<OutputPart>> OutputParts(const graph::Graph& graph);

// Calls visit(first element, number of elements) for each run of neighbouring elements of the part.
template <typename Visit>
void ForEachRun(const graph::Shape& shape, const OutputPart& part, Visit visit) {
  if (shape.empty()) return visit(size_t{0}, size_t{1});
  const size_t last = shape.size() - 1;
  std::vector<int64_t> at = part.begin;
  while (true) {
    int64_t first = 0;
    for (size_t i = 0; i < shape.size(); ++i) first = first * shape[i] + at[i];
    visit(static_cast<size_t>(first), static_cast<size_t>(part.end[last] - part.begin[last]));
    size_t axis = last;
    while (axis > 0 && ++at[axis - 1] == part.end[axis - 1]) {
      at[axis - 1] = part.begin[axis - 1];
      --axis;
    }
    if (axis == 0) return;
  }
}

}  // namespace lockstep::analyze
