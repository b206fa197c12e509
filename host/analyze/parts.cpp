#include "analyze/parts.h"

#include <algorithm>
#include <optional>

#include "ops/slice.h"

namespace lockstep::analyze {
namespace {

using graph::Graph;
using graph::Node;
using graph::Shape;
using Partitions = std::vector<Partition>;

int64_t Product(const Shape& shape, size_t end) {
  return graph::ElementCount(Shape(shape.begin(), shape.begin() + static_cast<std::ptrdiff_t>(end)));
}

// What is left of it between two places, counted from the first.
Partition Within(const Partition& whole, int64_t begin, int64_t end) {
  Partition cut;
  cut.axis = whole.axis;
  int64_t start = 0;
  for (size_t i = 0; i < whole.ends.size(); ++i) {
    const int64_t low = std::max(start, begin);
    const int64_t high = std::min(whole.ends[i], end);
    if (low < high) {
      cut.ends.push_back(high - begin);
      cut.names.push_back(whole.names[i]);
    }
    start = whole.ends[i];
  }
  return cut;
}

// An axis of the same extent with as many elements in front of it.
std::optional<int> SameAxis(const Shape& from, int axis, const Shape& to) {
  const int64_t before = Product(from, static_cast<size_t>(axis));
  for (size_t i = 0; i < to.size(); ++i) {
    if (to[i] == from[static_cast<size_t>(axis)] && Product(to, i) == before) return static_cast<int>(i);
  }
  return std::nullopt;
}

class Finder {
 public:
  explicit Finder(const Graph& graph) : graph_(graph) {}

  std::map<graph::TensorId, Partitions> Find() {
    for (const Node& node : graph_.nodes) Follow(node);
    return std::move(found_);
  }

 private:
  const Shape& ShapeOf(graph::TensorId id) const { return graph_.tensor(id).shape; }
  Partitions Of(graph::TensorId id) const {
    const auto found = found_.find(id);
    return found == found_.end() ? Partitions{} : found->second;
  }
  void Put(graph::TensorId id, Partition partition) {
    Partitions& all = found_[id];
    const auto same = [&](const Partition& other) { return other.axis == partition.axis; };
    if (partition.ends.size() < 2 || partition.ends.size() > kMostParts || std::any_of(all.begin(), all.end(), same)) {
      return;
    }
    all.push_back(std::move(partition));
  }

  void Join(const Node& node) {
    const auto rank = static_cast<int64_t>(ShapeOf(node.outputs[0]).size());
    const int64_t given = node.Int("axis", 0);
    const int axis = static_cast<int>(given < 0 ? given + rank : given);
    Partition joined;
    joined.axis = axis;
    int64_t begin = 0;
    for (const graph::TensorId id : node.inputs) {
      const Partitions inner = Of(id);
      const auto along = std::find_if(inner.begin(), inner.end(), [&](const auto& cut) { return cut.axis == axis; });
      const int64_t extent = ShapeOf(id)[static_cast<size_t>(axis)];
      const std::vector<int64_t> ends = along == inner.end() ? std::vector<int64_t>{extent} : along->ends;
      for (size_t i = 0; i < ends.size(); ++i) {
        joined.ends.push_back(begin + ends[i]);
        joined.names.push_back(along == inner.end() ? graph_.tensor(id).name : along->names[i]);
      }
      begin += extent;
    }
    Put(node.outputs[0], std::move(joined));
    for (const Partition& across : Of(node.inputs[0])) {
      if (across.axis != axis) Put(node.outputs[0], across);
    }
  }

  void Follow(const Node& node) {
    if (node.outputs.empty() || node.outputs[0] == graph::kNoTensor) return;
    if (node.op == "Concat") return Join(node);
    if (node.inputs.empty() || node.inputs[0] == graph::kNoTensor) return;
    const graph::TensorId x = node.inputs[0];
    const graph::TensorId y = node.outputs[0];
    if (node.op == "Transpose") {
      std::vector<int64_t> perm = node.Ints("perm", {});
      if (perm.empty()) {
        for (size_t i = ShapeOf(x).size(); i-- > 0;) perm.push_back(static_cast<int64_t>(i));
      }
      for (Partition cut : Of(x)) {
        cut.axis = static_cast<int>(std::find(perm.begin(), perm.end(), cut.axis) - perm.begin());
        Put(y, std::move(cut));
      }
    } else if (node.op == "Slice") {
      const ops::SliceExtent extent = ops::ResolveSlice(graph_, node);
      for (const Partition& cut : Of(x)) {
        const auto axis = static_cast<size_t>(cut.axis);
        if (extent.step[axis] == 1) Put(y, Within(cut, extent.start[axis], extent.start[axis] + extent.count[axis]));
      }
    } else if (node.op == "Split") {
      FollowSplit(node);
    } else if (graph::ElementCount(ShapeOf(x)) == graph::ElementCount(ShapeOf(y)) && IsView(node)) {
      for (Partition cut : Of(x)) {
        const std::optional<int> axis = SameAxis(ShapeOf(x), cut.axis, ShapeOf(y));
        if (!axis) continue;
        cut.axis = *axis;
        Put(y, std::move(cut));
      }
    } else if (IsElementwise(node)) {
      for (const graph::TensorId input : node.inputs) {
        if (input == graph::kNoTensor || ShapeOf(input) != ShapeOf(y)) continue;
        for (const Partition& cut : Of(input)) Put(y, cut);
      }
    }
  }

  void FollowSplit(const Node& node) {
    const auto rank = static_cast<int64_t>(ShapeOf(node.inputs[0]).size());
    const int64_t given = node.Int("axis", 0);
    const auto split = static_cast<size_t>(given < 0 ? given + rank : given);
    int64_t begin = 0;
    for (const graph::TensorId id : node.outputs) {
      if (id == graph::kNoTensor) return;
      const int64_t extent = ShapeOf(id)[split];
      for (const Partition& cut : Of(node.inputs[0])) {
        Put(id, static_cast<size_t>(cut.axis) == split ? Within(cut, begin, begin + extent) : cut);
      }
      begin += extent;
    }
  }

  static bool IsView(const Node& node) {
    return node.op == "Reshape" || node.op == "Flatten" || node.op == "Squeeze" || node.op == "Unsqueeze";
  }
  bool IsElementwise(const Node& node) const {
    static const char* const kBinary[] = {"Add", "Sub", "Mul", "Div", "Min", "Max", "Pow", "PRelu"};
    return graph::ActivationOf(graph_, node).kind != graph::ActivationKind::kNone ||
           std::find(std::begin(kBinary), std::end(kBinary), node.op) != std::end(kBinary);
  }

  const Graph& graph_;
  std::map<graph::TensorId, Partitions> found_;
};

}  // namespace

std::map<graph::TensorId, std::vector<Partition>> FindParts(const Graph& graph) { return Finder(graph).Find(); }

}  // namespace lockstep::analyze
