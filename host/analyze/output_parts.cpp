#include "analyze/output_parts.h"

#include <algorithm>
#include <set>

namespace lockstep::analyze {
namespace {

constexpr size_t kMostParts = 16;
constexpr int kDeepest = 16;

using Cuts = std::vector<std::set<int64_t>>;  // by axis: where another piece begins, 0 left out

int64_t Product(const graph::Shape& shape, size_t first, size_t last) {
  int64_t product = 1;
  for (size_t i = first; i < last; ++i) product *= shape[i];
  return product;
}

class Search {
 public:
  explicit Search(const graph::Graph& graph) : graph_(graph), uses_(graph) {}

  Cuts Of(graph::TensorId id, int depth = 0) const {
    const graph::Shape& shape = graph_.tensor(id).shape;
    Cuts cuts(shape.size());
    const int32_t producer = uses_.producer[static_cast<size_t>(id)];
    if (producer < 0 || depth == kDeepest) return cuts;
    const graph::Node& node = graph_.nodes[static_cast<size_t>(producer)];
    if (node.op == "Concat") return OfConcat(node, shape, depth);
    if (node.op == "Transpose") return OfTranspose(node, shape, depth);
    if (node.op == "Reshape" || node.op == "Flatten" || node.op == "Squeeze" || node.op == "Unsqueeze") {
      return OfReshape(node, shape, depth);
    }
    return cuts;
  }

 private:
  Cuts OfConcat(const graph::Node& node, const graph::Shape& shape, int depth) const {
    Cuts cuts(shape.size());
    const int64_t given = node.Int("axis", 0);
    const auto axis = static_cast<size_t>(given < 0 ? given + static_cast<int64_t>(shape.size()) : given);
    int64_t begin = 0;
    for (const graph::TensorId input : node.inputs) {
      const Cuts inner = Of(input, depth + 1);
      for (size_t i = 0; i < shape.size(); ++i) {
        for (const int64_t cut : inner[i]) cuts[i].insert(i == axis ? begin + cut : cut);
      }
      if (begin > 0) cuts[axis].insert(begin);
      begin += graph_.tensor(input).shape[axis];
    }
    return cuts;
  }

  Cuts OfTranspose(const graph::Node& node, const graph::Shape& shape, int depth) const {
    std::vector<int64_t> reversed(shape.size());
    for (size_t i = 0; i < shape.size(); ++i) reversed[i] = static_cast<int64_t>(shape.size() - 1 - i);
    const std::vector<int64_t> order = node.Ints("perm", reversed);
    const Cuts inner = Of(node.inputs[0], depth + 1);
    Cuts cuts(shape.size());
    for (size_t i = 0; i < shape.size(); ++i) cuts[i] = inner[static_cast<size_t>(order[i])];
    return cuts;
  }

  // An axis lives on where as many elements stand in front of it and behind it as before.
  Cuts OfReshape(const graph::Node& node, const graph::Shape& shape, int depth) const {
    const graph::Shape& from = graph_.tensor(node.inputs[0]).shape;
    const Cuts inner = Of(node.inputs[0], depth + 1);
    Cuts cuts(shape.size());
    for (size_t i = 0; i < shape.size(); ++i) {
      for (size_t j = 0; j < from.size(); ++j) {
        if (shape[i] != from[j] || shape[i] == 1) continue;
        if (Product(shape, i + 1, shape.size()) == Product(from, j + 1, from.size())) cuts[i] = inner[j];
      }
    }
    return cuts;
  }

  const graph::Graph& graph_;
  graph::Uses uses_;
};

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

}  // namespace

std::vector<OutputPart> PartsOf(const graph::Graph& graph, graph::TensorId output) {
  const graph::Tensor& tensor = graph.tensor(output);
  Cuts cuts = Search(graph).Of(output);
  while (CountParts(cuts) > kMostParts) {
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

}  // namespace lockstep::analyze
