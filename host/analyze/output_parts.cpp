#include "analyze/output_parts.h"

#include <algorithm>
#include <map>
#include <utility>

#include "analyze/parts.h"

namespace lockstep::analyze {
namespace {

constexpr size_t kMostPieces = 16;

using Cuts = std::vector<std::vector<int64_t>>;  // by axis: where another piece begins, 0 left out

size_t CountParts(const Cuts& cuts) {
  size_t parts = 1;
  for (const auto& of_axis : cuts) parts *= of_axis.size() + 1;
  return parts;
}

std::string NameOf(const std::string& output, const graph::Shape& shape, const OutputPart& part) {
  std::string name;
  bool whole = true;
  for (size_t i = 0; i < shape.size(); ++i) {
    const bool all = part.begin[i] == 0 && part.end[i] == shape[i];
    whole = whole && all;
    name += i == 0 ? "" : ", ";
    name += all ? ":" : std::to_string(part.begin[i]) + ":" + std::to_string(part.end[i]);
  }
  return whole ? output : output + "[" + name + "]";
}

std::vector<OutputPart> Pieces(const graph::Tensor& tensor, const std::vector<Partition>& partitions) {
  Cuts cuts(tensor.shape.size());
  for (const Partition& partition : partitions) {
    cuts[static_cast<size_t>(partition.axis)].assign(partition.ends.begin(), partition.ends.end() - 1);
  }
  while (CountParts(cuts) > kMostPieces) {
    std::max_element(cuts.begin(), cuts.end(), [](const auto& a, const auto& b) {
      return a.size() < b.size();
    })->clear();
  }
  std::vector<OutputPart> parts{{"", graph::Shape(tensor.shape.size(), 0), tensor.shape}};
  for (size_t axis = 0; axis < cuts.size(); ++axis) {
    std::vector<OutputPart> finer;
    for (const OutputPart& part : parts) {
      OutputPart piece = part;
      for (const int64_t cut : cuts[axis]) {
        piece.end[axis] = cut;
        finer.push_back(piece);
        piece.begin[axis] = cut;
      }
      piece.end[axis] = tensor.shape[axis];
      finer.push_back(piece);
    }
    parts = std::move(finer);
  }
  for (OutputPart& part : parts) part.name = NameOf(tensor.name, tensor.shape, part);
  return parts;
}

}  // namespace

std::map<std::string, std::vector<OutputPart>> OutputParts(const graph::Graph& graph) {
  const auto partitions = FindParts(graph);
  std::map<std::string, std::vector<OutputPart>> parts;
  for (const graph::TensorId output : graph.outputs) {
    const auto found = partitions.find(output);
    const graph::Tensor& tensor = graph.tensor(output);
    parts[tensor.name] = Pieces(tensor, found == partitions.end() ? std::vector<Partition>() : found->second);
  }
  return parts;
}

}  // namespace lockstep::analyze
