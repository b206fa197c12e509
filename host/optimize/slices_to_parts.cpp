#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <numeric>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "ops/slice.h"
#include "optimize/channel_pieces.h"
#include "optimize/graph_edit.h"
#include "optimize/pass.h"

namespace lockstep::optimize {
namespace {

using graph::Graph;
using graph::kNoTensor;
using graph::Node;
using graph::Shape;
using graph::TensorId;

// `count` elements along `axis`, `step` apart.
struct Piece {
  size_t axis = 0;
  int64_t start = 0, count = 0, step = 1;
};

bool IsPlain(const Node& node) { return node.activation.kind == graph::ActivationKind::kNone; }

// The axis of a Reshape's input whose elements are those along `axis` of its output.
std::optional<size_t> AxisBefore(const Shape& before, const Shape& after, size_t axis) {
  const auto outer = [](const Shape& shape, size_t end) {
    return std::accumulate(shape.begin(), shape.begin() + static_cast<std::ptrdiff_t>(end), int64_t{1},
                           [](int64_t a, int64_t b) { return a * b; });
  };
  for (size_t i = 0; i < before.size(); ++i) {
    if (before[i] == after[axis] && outer(before, i) == outer(after, axis)) return i;
  }
  return std::nullopt;
}

// Takes pieces of tensors by way of what the tensors are made of.
class PieceMaker {
 public:
  PieceMaker(Graph& graph, const graph::Uses& uses, Node origin)
      : graph_(graph), uses_(uses), origin_(std::move(origin)) {}

  // Whether the way back leads to a Concat along the axis, so that a part of it is all that the piece needs, or to a
  // Conv whose other channels have another range.
  bool MeetsParts(TensorId id, const Piece& piece) const {
    const auto known = meets_.find(KeyOf(id, piece));
    if (known != meets_.end()) return known->second;
    return meets_[KeyOf(id, piece)] = FindParts(id, piece);
  }

  // The piece of a tensor. New nodes are collected in `made`, in order.
  TensorId Take(TensorId id, const Piece& piece) {
    known_.clear();
    return Make(id, piece);
  }

  std::vector<Node> made;

 private:
  using Key = std::tuple<TensorId, size_t, int64_t, int64_t, int64_t>;
  static Key KeyOf(TensorId id, const Piece& piece) { return {id, piece.axis, piece.start, piece.count, piece.step}; }

  bool FindParts(TensorId id, Piece piece) const {
    const Node* node = Producer(id);
    if (node == nullptr || !IsPlain(*node)) return false;
    const auto any_input = [&](const std::function<bool(TensorId)>& counts) {
      return std::any_of(node->inputs.begin(), node->inputs.end(),
                         [&](TensorId input) { return counts(input) && MeetsParts(input, piece); });
    };
    if (node->op == "Transpose") {
      piece.axis = PermutedAxis(*node, piece.axis);
      return MeetsParts(node->inputs[0], piece);
    }
    if (IsReshape(node->op)) {
      const auto before = AxisBefore(ShapeOf(node->inputs[0]), ShapeOf(id), piece.axis);
      if (!before) return false;
      piece.axis = *before;
      return MeetsParts(node->inputs[0], piece);
    }
    if (node->op == "Concat") {
      return ConcatAxis(*node) == piece.axis || any_input([](TensorId) { return true; });
    }
    if (!OnlyCut(id)) return false;
    if (node->op == "Conv") return piece.axis == 1 && IsUnequal(graph_, *node, ChannelsOf(piece));
    return IsElementwise(*node) && any_input([&](TensorId input) { return IsWhole(input, id); });
  }

  TensorId Make(TensorId id, const Piece& piece) {
    const Key key = KeyOf(id, piece);
    const auto known = known_.find(key);
    if (known != known_.end()) return known->second;
    return known_[key] = MakeNew(id, piece);
  }

  TensorId MakeNew(TensorId id, const Piece& piece) {
    if (piece.start == 0 && piece.step == 1 && piece.count == ShapeOf(id)[piece.axis]) return id;
    if (!MeetsParts(id, piece)) return Cut(id, piece);
    const Node node = *Producer(id);
    Node copy = node;
    if (node.op == "Transpose") {
      Piece before = piece;
      before.axis = PermutedAxis(node, piece.axis);
      copy.inputs[0] = Make(node.inputs[0], before);
    } else if (IsReshape(node.op)) {
      Piece before = piece;
      before.axis = AxisBefore(ShapeOf(node.inputs[0]), ShapeOf(id), piece.axis).value();
      copy.op = "Reshape";
      copy.inputs = {Make(node.inputs[0], before), AddInts(graph_, node.name + "_shape", PieceShape(id, piece))};
      copy.attributes = {{"allowzero", int64_t{1}}};
    } else if (node.op == "Concat" && ConcatAxis(node) == piece.axis) {
      copy.inputs = PartsOf(node, piece);
      if (copy.inputs.size() == 1) return copy.inputs[0];
    } else if (node.op == "Conv") {
      copy.inputs = InputsOfPiece(graph_, node, ChannelsOf(piece));
    } else {
      // A Concat along another axis, or an elementwise node.
      for (TensorId& input : copy.inputs) {
        if (node.op == "Concat" || IsWhole(input, id)) {
          input = Make(input, piece);
        } else {
          input = CutOfOperand(input, ShapeOf(id).size(), piece);
        }
      }
    }
    return Add(std::move(copy), id, piece);
  }

  const Shape& ShapeOf(TensorId id) const { return graph_.tensor(id).shape; }

  const Node* Producer(TensorId id) const {
    if (id == kNoTensor || uses_.producer.size() <= static_cast<size_t>(id)) return nullptr;
    const int32_t producer = uses_.producer[static_cast<size_t>(id)];
    return producer < 0 ? nullptr : &graph_.nodes[static_cast<size_t>(producer)];
  }

  static ChannelPiece ChannelsOf(const Piece& piece) { return {piece.start, piece.count, piece.step}; }

  static size_t PermutedAxis(const Node& transpose, size_t axis) {
    return static_cast<size_t>(transpose.Ints("perm", {}).at(axis));
  }

  size_t ConcatAxis(const Node& node) const {
    const int64_t axis = node.Int("axis", 0);
    const auto rank = static_cast<int64_t>(ShapeOf(node.outputs[0]).size());
    return static_cast<size_t>(axis < 0 ? axis + rank : axis);
  }

  bool IsElementwise(const Node& node) const {
    if (node.outputs.size() != 1) return false;
    if (graph::ActivationOf(graph_, node).kind != graph::ActivationKind::kNone) return true;
    return node.op == "Add" || node.op == "Sub" || node.op == "Mul" || node.op == "Div";
  }

  // Nothing reads the whole: it is not computed twice.
  bool OnlyCut(TensorId id) const {
    const auto known = only_cut_.find(id);
    if (known != only_cut_.end()) return known->second;
    return only_cut_[id] = ReadersCut(id);
  }

  bool ReadersCut(TensorId id) const {
    const auto at = static_cast<size_t>(id);
    if (uses_.is_output[at]) return false;
    return std::all_of(uses_.consumers[at].begin(), uses_.consumers[at].end(), [&](int32_t consumer) {
      const Node& node = graph_.nodes[static_cast<size_t>(consumer)];
      if (node.op == "Slice" || node.op == "Split") return true;
      const bool passes_on = IsElementwise(node) || IsReshape(node.op) || node.op == "Transpose";
      return passes_on && IsPlain(node) && OnlyCut(node.outputs[0]);
    });
  }

  // An operand that is not broadcast.
  bool IsWhole(TensorId operand, TensorId result) const {
    return operand != kNoTensor && ShapeOf(operand) == ShapeOf(result);
  }

  // What a broadcast operand of a node of `rank` axes has to give: its piece, or all of it where it has one element.
  TensorId CutOfOperand(TensorId operand, size_t rank, Piece piece) {
    if (operand == kNoTensor || graph_.tensor(operand).type != graph::ElementType::kFloat) return operand;
    const size_t missing = rank - ShapeOf(operand).size();
    if (piece.axis < missing || ShapeOf(operand)[piece.axis - missing] == 1) return operand;
    piece.axis -= missing;
    return Cut(operand, piece);
  }

  Shape PieceShape(TensorId id, const Piece& piece) const {
    Shape shape = ShapeOf(id);
    shape[piece.axis] = piece.count;
    return shape;
  }

  // The parts of a Concat along the axis of the piece that it takes something of.
  std::vector<TensorId> PartsOf(const Node& concat, const Piece& piece) {
    std::vector<TensorId> parts;
    int64_t first = 0;  // of the input
    int64_t next = piece.start;
    int64_t left = piece.count;
    for (const TensorId input : concat.inputs) {
      const int64_t extent = ShapeOf(input)[piece.axis];
      const int64_t end = first + extent;
      const int64_t inside = next < end ? std::min(left, (end - next + piece.step - 1) / piece.step) : 0;
      if (inside > 0) {
        parts.push_back(Make(input, {piece.axis, next - first, inside, piece.step}));
        next += inside * piece.step;
        left -= inside;
      }
      first = end;
    }
    return parts;
  }

  TensorId Cut(TensorId id, const Piece& piece) {
    const std::string& name = origin_.name;
    Node slice;
    slice.op = "Slice";
    slice.inputs = {id, AddInts(graph_, name + "_start", {piece.start}),
                    AddInts(graph_, name + "_end", {piece.start + (piece.count - 1) * piece.step + 1}),
                    AddInts(graph_, name + "_axis", {static_cast<int64_t>(piece.axis)}),
                    AddInts(graph_, name + "_step", {piece.step})};
    return Add(std::move(slice), id, piece);
  }

  TensorId Add(Node node, TensorId whole, const Piece& piece) {
    node.name = (node.name.empty() ? origin_.name : node.name) + "_piece" + std::to_string(piece.start);
    node.outputs = {graph_.AddTensor({graph_.UniqueName(graph_.tensor(whole).name + "_piece"),
                                      graph_.tensor(whole).type, PieceShape(whole, piece), std::nullopt})};
    InheritNodes(node, origin_);
    made.push_back(std::move(node));
    return made.back().outputs[0];
  }

  Graph& graph_;
  const graph::Uses& uses_;
  const Node origin_;
  std::map<Key, TensorId> known_;  // of one piece, what was taken on the way
  // What was asked before: a tensor that is read twice is asked about twice, and so is all in front of it.
  mutable std::map<Key, bool> meets_;
  mutable std::map<TensorId, bool> only_cut_;
};

// What a Slice of one axis or a Split gives, one for each output; empty for everything else.
std::vector<Piece> PiecesOf(const Graph& graph, const Node& node) {
  if (node.inputs.empty() || node.inputs[0] == kNoTensor || !graph::IsKnown(graph.tensor(node.inputs[0]).shape)) {
    return {};
  }
  std::vector<Piece> pieces;
  if (node.op == "Split") {
    const auto axis = static_cast<size_t>(node.Int("axis", 0));
    int64_t start = 0;
    for (const TensorId id : node.outputs) {
      if (id == kNoTensor || !graph::IsKnown(graph.tensor(id).shape)) return {};
      pieces.push_back({axis, start, graph.tensor(id).shape.at(axis), 1});
      if (pieces.back().count < 1) return {};
      start += pieces.back().count;
    }
  } else if (node.op == "Slice") {
    for (size_t i = 1; i < node.inputs.size(); ++i) {
      if (node.inputs[i] != kNoTensor && !IsConstant(graph, node.inputs[i])) return {};
    }
    const ops::SliceExtent extent = ops::ResolveSlice(graph, node);
    const Shape& shape = graph.tensor(node.inputs[0]).shape;
    for (size_t axis = 0; axis < shape.size(); ++axis) {
      if (extent.count[axis] == shape[axis] && extent.step[axis] == 1) continue;
      pieces.push_back({axis, extent.start[axis], extent.count[axis], extent.step[axis]});
    }
    if (pieces.size() != 1 || pieces[0].step < 1 || pieces[0].count < 1) return {};
  }
  return pieces;
}

bool Rewrite(Graph& graph, const graph::Uses& uses, size_t index) {
  const Node node = graph.nodes[index];
  const std::vector<Piece> pieces = PiecesOf(graph, node);
  if (pieces.empty()) return false;
  PieceMaker maker(graph, uses, node);
  const bool any = std::any_of(pieces.begin(), pieces.end(),
                               [&](const Piece& piece) { return maker.MeetsParts(node.inputs[0], piece); });
  if (!any) return false;
  for (size_t i = 0; i < pieces.size(); ++i) {
    const size_t before = maker.made.size();
    const TensorId piece = maker.Take(node.inputs[0], pieces[i]);
    // What was made here takes the output's name; what exists is handed on.
    if (maker.made.size() > before && maker.made.back().outputs[0] == piece) {
      maker.made.back().outputs[0] = node.outputs[i];
      continue;
    }
    Node identity;
    identity.op = "Identity";
    identity.name = node.name + "_out" + std::to_string(i);
    identity.inputs = {piece};
    identity.outputs = {node.outputs[i]};
    identity.onnx_nodes = node.onnx_nodes;
    maker.made.push_back(std::move(identity));
  }
  Retire(graph.nodes[index]);
  for (auto it = maker.made.rbegin(); it != maker.made.rend(); ++it) InsertNode(graph, index, std::move(*it));
  return true;
}

}  // namespace

int SlicesToParts(Graph& graph) { return RewriteAll(graph, Rewrite); }

}  // namespace lockstep::optimize
