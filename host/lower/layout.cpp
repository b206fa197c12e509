#include "lower/layout.h"

#include <algorithm>
#include <numeric>

#include "ops/op_table.h"

namespace lockstep::lower {
namespace {

using graph::Graph;
using graph::Node;
using graph::Shape;
using graph::TensorId;
using ops::LayoutKind;

LayoutKind KindOf(const Node& node) {
  const ops::Op* op = ops::FindOp(node.op);
  return op != nullptr ? op->layout : LayoutKind::kUnsupported;
}

// The axes with an extent above 1, in physical order.
Axes Occupied(const Shape& shape, const Axes& axes) {
  Axes result;
  std::copy_if(axes.begin(), axes.end(), std::back_inserter(result), [&](uint8_t axis) { return shape.at(axis) != 1; });
  return result;
}

// Axes of one side of a reshape whose product equals that of axes of the other side; as small as possible.
struct AxisGroup {
  Axes from, to;
};

std::vector<AxisGroup> MatchAxes(const Shape& from, const Shape& to) {
  const Axes left = Occupied(from, OnnxOrder(from.size()));
  const Axes right = Occupied(to, OnnxOrder(to.size()));
  std::vector<AxisGroup> groups;
  size_t i = 0;
  size_t j = 0;
  while (i < left.size() && j < right.size()) {
    AxisGroup group;
    int64_t a = from[left[i]];
    int64_t b = to[right[j]];
    group.from.push_back(left[i++]);
    group.to.push_back(right[j++]);
    while (a != b) {
      if (a < b && i < left.size()) {
        a *= from[left[i]];
        group.from.push_back(left[i++]);
      } else if (b < a && j < right.size()) {
        b *= to[right[j]];
        group.to.push_back(right[j++]);
      } else {
        return groups;  // element counts differ; the importer refuses such a reshape
      }
    }
    groups.push_back(group);
  }
  return groups;
}

// The groups in the order in which their first axes lie in memory.
std::vector<AxisGroup> InMemoryOrder(std::vector<AxisGroup> groups, const Axes& axes) {
  const auto place = [&](const AxisGroup& group) {
    return std::find_first_of(axes.begin(), axes.end(), group.from.begin(), group.from.end()) - axes.begin();
  };
  std::stable_sort(groups.begin(), groups.end(),
                   [&](const AxisGroup& a, const AxisGroup& b) { return place(a) < place(b); });
  return groups;
}

// Axes of extent 1 first, then the given ones.
Axes WithUnitAxes(const Shape& shape, const Axes& occupied) {
  Axes axes;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == 1) axes.push_back(static_cast<uint8_t>(i));
  }
  axes.insert(axes.end(), occupied.begin(), occupied.end());
  return axes;
}

class LayoutChoice {
 public:
  LayoutChoice(const Graph& graph, const std::set<TensorId>& floats) : graph_(graph), floats_(floats) {
    for (const TensorId output : graph.outputs) {
      if (floats.count(output) != 0) wanted_[output] = OnnxOrder(Rank(output));
    }
    for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) WantInput(*node);
  }

  Layout Run() {
    for (const TensorId input : graph_.inputs) {
      layout_.stored[input] = graph::IsChannelsLast(graph_, input) ? OnnxOrder(Rank(input)) : ChannelsLast(Rank(input));
    }
    for (const Node& node : graph_.nodes) {
      NodeLayout chosen = Choose(node);
      for (const TensorId output : node.outputs) layout_.stored[output] = chosen.output;
      layout_.nodes.push_back(std::move(chosen));
    }
    return std::move(layout_);
  }

 private:
  const Shape& ShapeOf(TensorId id) const { return graph_.tensor(id).shape; }
  size_t Rank(TensorId id) const { return ShapeOf(id).size(); }
  bool IsData(TensorId id) const { return id != graph::kNoTensor && layout_.stored.count(id) != 0; }

  // What is wanted of a view is wanted of its input, and of a Concat of its float inputs.
  void WantInput(const Node& node) {
    if (node.inputs.empty() || wanted_.count(node.outputs[0]) == 0) return;
    const Axes output = wanted_.at(node.outputs[0]);
    const LayoutKind kind = KindOf(node);
    if (kind == LayoutKind::kTranspose) {
      const std::vector<int64_t> perm = node.Ints("perm", {});
      Axes input;
      for (const uint8_t axis : output) input.push_back(static_cast<uint8_t>(perm[axis]));
      wanted_[node.inputs[0]] = input;
    } else if (kind == LayoutKind::kReshape) {
      const auto input = ViewAxes(ShapeOf(node.outputs[0]), output, ShapeOf(node.inputs[0]));
      if (input) wanted_[node.inputs[0]] = *input;
    } else if (kind == LayoutKind::kConcat) {
      for (const TensorId input : node.inputs) {
        if (floats_.count(input) != 0) wanted_[input] = output;
      }
    }
  }

  // A layout in which the first input is read in order `input`.
  NodeLayout FirstInput(const Node& node, Axes input, Axes output) const {
    NodeLayout layout;
    layout.inputs.resize(node.inputs.size());
    if (!layout.inputs.empty()) layout.inputs[0] = std::move(input);
    layout.output = std::move(output);
    return layout;
  }

  NodeLayout Choose(const Node& node) const {
    const LayoutKind kind = KindOf(node);
    if (kind == LayoutKind::kOnnxOrder) return InOnnxOrder(node);
    if (!IsData(node.inputs.at(0)) && kind != LayoutKind::kBinary && kind != LayoutKind::kConcat) {
      return FirstInput(node, {}, OnnxOrder(Rank(node.outputs[0])));  // the emitter refuses it
    }
    switch (kind) {
      case LayoutKind::kWindow:
        return Window(node);
      case LayoutKind::kSampled:
        return Sampled(node);
      case LayoutKind::kBinary:
      case LayoutKind::kConcat:
        return Shared(node);
      case LayoutKind::kReshape:
        return Reshape(node);
      case LayoutKind::kTranspose:
        return Transpose(node);
      case LayoutKind::kSoftmax:
        return Softmax(node);
      case LayoutKind::kUnary:
      case LayoutKind::kSlice:
      case LayoutKind::kSplit:
        return FirstInput(node, layout_.stored.at(node.inputs[0]), layout_.stored.at(node.inputs[0]));
      case LayoutKind::kReduce:
        return Reduce(node);
      case LayoutKind::kOnnxOrder:
      case LayoutKind::kUnsupported:
        break;
    }
    return FirstInput(node, OnnxOrder(Rank(node.inputs[0])), OnnxOrder(Rank(node.outputs[0])));
  }

  // Convolutions, pools and resizes need the channels last; height and width may be swapped, for their parameters are
  // swapped then too.
  NodeLayout Window(const Node& node) const {
    const Shape& shape = ShapeOf(node.inputs[0]);
    const Axes& stored = layout_.stored.at(node.inputs[0]);
    Axes wanted = ChannelsLast(shape.size());
    const Axes swapped = {0, 3, 2, 1};
    if (shape.size() == 4 && !SameBytes(shape, stored, wanted) && SameBytes(shape, stored, swapped)) wanted = swapped;
    return FirstInput(node, wanted, wanted);
  }

  // Its second input says where the pixels are, row by row.
  NodeLayout Sampled(const Node& node) const {
    const Axes image = ChannelsLast(Rank(node.inputs[0]));
    NodeLayout layout = FirstInput(node, image, image);
    layout.inputs[1] = OnnxOrder(Rank(node.inputs[1]));
    return layout;
  }

  // All inputs and the output in one order: the one that costs the fewest bytes of copies.
  NodeLayout Shared(const Node& node) const {
    const size_t rank = Rank(node.outputs[0]);
    std::vector<Axes> candidates;
    if (wanted_.count(node.outputs[0]) != 0) {
      candidates.push_back(wanted_.at(node.outputs[0]));
    } else {
      for (const TensorId input : node.inputs) {
        if (IsData(input)) candidates.push_back(Padded(input, rank).second);
      }
    }
    if (candidates.empty()) candidates.push_back(OnnxOrder(rank));
    const auto cost = [&](const Axes& axes) {
      int64_t bytes = 0;
      for (const TensorId input : node.inputs) {
        if (!IsData(input)) continue;
        const auto [shape, stored] = Padded(input, rank);
        if (!SameBytes(shape, stored, axes)) bytes += graph::ElementCount(shape);
      }
      return bytes;
    };
    const Axes best = *std::min_element(candidates.begin(), candidates.end(),
                                        [&](const Axes& a, const Axes& b) { return cost(a) < cost(b); });
    NodeLayout layout;
    for (const TensorId input : node.inputs) layout.inputs.push_back(input == graph::kNoTensor ? Axes{} : best);
    layout.output = best;
    return layout;
  }

  std::pair<Shape, Axes> Padded(TensorId id, size_t rank) const {
    Shape shape = ShapeOf(id);
    const size_t missing = rank > shape.size() ? rank - shape.size() : 0;
    Axes axes = OnnxOrder(missing);
    for (const uint8_t axis : layout_.stored.at(id)) axes.push_back(static_cast<uint8_t>(axis + missing));
    shape.insert(shape.begin(), missing, 1);
    return {shape, axes};
  }

  NodeLayout Reshape(const Node& node) const {
    const Shape& from = ShapeOf(node.inputs[0]);
    const Shape& to = ShapeOf(node.outputs[0]);
    const Axes& stored = layout_.stored.at(node.inputs[0]);
    if (const auto view = ViewAxes(from, stored, to)) return FirstInput(node, stored, *view);
    // The axes that the reshape joins must become neighbours in ONNX order.
    Axes gathered;
    for (const AxisGroup& group : InMemoryOrder(MatchAxes(from, to), stored)) {
      gathered.insert(gathered.end(), group.from.begin(), group.from.end());
    }
    gathered = WithUnitAxes(from, gathered);
    return FirstInput(node, gathered, ViewAxes(from, gathered, to).value_or(OnnxOrder(to.size())));
  }

  // The same bytes under other names.
  NodeLayout Transpose(const Node& node) const {
    const Axes& stored = layout_.stored.at(node.inputs[0]);
    const std::vector<int64_t> perm = node.Ints("perm", {});
    Axes output;
    for (const uint8_t axis : stored) {
      output.push_back(static_cast<uint8_t>(std::find(perm.begin(), perm.end(), axis) - perm.begin()));
    }
    return FirstInput(node, stored, output);
  }

  NodeLayout Softmax(const Node& node) const {
    const Axes& stored = layout_.stored.at(node.inputs[0]);
    const auto last = static_cast<uint8_t>(node.Int("axis", 0));
    Axes wanted;
    std::copy_if(stored.begin(), stored.end(), std::back_inserter(wanted), [&](uint8_t axis) { return axis != last; });
    wanted.push_back(last);
    return FirstInput(node, wanted, wanted);
  }

  // The axes that stay, in the order in which they lie.
  NodeLayout Reduce(const Node& node) const {
    const Axes& stored = layout_.stored.at(node.inputs[0]);
    if (node.Int("keepdims", 1) != 0) return FirstInput(node, stored, stored);
    const std::vector<int64_t> gone = node.Ints("axes", {});
    Axes output;
    for (const uint8_t axis : stored) {
      if (std::count(gone.begin(), gone.end(), axis) != 0) continue;
      const auto before = std::count_if(gone.begin(), gone.end(), [&](int64_t other) { return other < axis; });
      output.push_back(static_cast<uint8_t>(axis - before));
    }
    return FirstInput(node, stored, output);
  }

  NodeLayout InOnnxOrder(const Node& node) const {
    NodeLayout layout;
    for (const TensorId input : node.inputs) {
      layout.inputs.push_back(input == graph::kNoTensor ? Axes{} : OnnxOrder(Rank(input)));
    }
    layout.output = OnnxOrder(Rank(node.outputs[0]));
    return layout;
  }

  const Graph& graph_;
  const std::set<TensorId>& floats_;
  std::map<TensorId, Axes> wanted_;  // of float tensors
  Layout layout_;
};

}  // namespace

Layout ChooseLayout(const Graph& graph, const std::set<TensorId>& floats) { return LayoutChoice(graph, floats).Run(); }

Axes OnnxOrder(size_t rank) {
  Axes axes(rank);
  std::iota(axes.begin(), axes.end(), uint8_t{0});
  return axes;
}

Axes ChannelsLast(size_t rank) {
  Axes axes = OnnxOrder(rank);
  if (rank == 4) axes = {0, 2, 3, 1};
  return axes;
}

bool SameBytes(const Shape& shape, const Axes& a, const Axes& b) { return Occupied(shape, a) == Occupied(shape, b); }

Shape Permuted(const Shape& shape, const Axes& axes) {
  Shape result;
  for (const uint8_t axis : axes) result.push_back(shape[axis]);
  return result;
}

std::optional<Axes> ViewAxes(const Shape& from, const Axes& axes, const Shape& to) {
  const Axes occupied = Occupied(from, axes);
  Axes result;
  size_t position = 0;
  for (const AxisGroup& group : InMemoryOrder(MatchAxes(from, to), axes)) {
    if (position + group.from.size() > occupied.size() ||
        !std::equal(group.from.begin(), group.from.end(), occupied.begin() + static_cast<std::ptrdiff_t>(position))) {
      return std::nullopt;
    }
    position += group.from.size();
    result.insert(result.end(), group.to.begin(), group.to.end());
  }
  return WithUnitAxes(to, result);
}

}  // namespace lockstep::lower
