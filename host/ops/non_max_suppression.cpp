#include <algorithm>
#include <cmath>

#include "graph/constants.h"
#include "ops/op.h"
#include "ops/op_table.h"

namespace lockstep::ops {
namespace {

using graph::ElementType;

// Of a node in normal form whose output has a shape: as many rows as there can be.
constexpr const char* kPadded = "padded";

int64_t MostOfClass(int64_t most, int64_t boxes) { return std::clamp<int64_t>(most, 0, boxes); }

// Inputs: boxes (batch, n, 4), scores (batch, classes, n), the most boxes of a class, the IoU above which a box is
// dropped, the score that a box must exceed. Output: rows of batch, class, box; their number follows from the elements.
void Infer(InferContext& context) {
  const graph::Shape& boxes = context.Shape(0);
  const graph::Shape& scores = context.Shape(1);
  context.Require(
      boxes.size() == 3 && boxes[2] == 4 && scores.size() == 3 && scores[0] == boxes[0] && scores[2] == boxes[1],
      "its boxes " + graph::ToString(boxes) + " and scores " + graph::ToString(scores) +
          " do not fit; allowed: BxNx4 and BxCxN");
  context.RequireType(0, ElementType::kFloat);
  context.RequireType(1, ElementType::kFloat);
  context.RequireType(2, ElementType::kInt64);
  for (size_t i = 2; i < context.node.inputs.size(); ++i) {
    if (!context.Has(i)) continue;
    context.Require(graph::ElementCount(context.Shape(i)) == 1,
                    "its input " + std::to_string(i) + " is not one number");
  }
  context.Flag("center_point_box", false);
  int64_t rows = -1;
  const std::vector<int64_t>* most = context.Ints(2);
  if (context.Flag(kPadded, false) && most != nullptr) rows = boxes[0] * scores[1] * MostOfClass((*most)[0], boxes[1]);
  context.Set(ElementType::kInt64, {rows, 3});
}

// Whether a node hands rows on, as they are or, of the `whole` ones, some of their columns.
bool HandsOn(const graph::Graph& graph, const graph::Node& node, bool whole) {
  constexpr const char* kViews[] = {"Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose"};
  if (std::any_of(std::begin(kViews), std::end(kViews), [&](const char* view) { return node.op == view; })) return true;
  if (!whole) return false;
  const bool by_input = node.op == "Slice" && HasInput(node, 3) && graph::IsConstant(graph, node.inputs[3]);
  const bool by_attribute = node.op == "Gather" || node.op == "Split";
  const std::vector<int64_t> axes =
      by_input ? graph.Ints(node.inputs[3]) : std::vector<int64_t>{by_attribute ? node.Int("axis", 0) : 0};
  return std::all_of(axes.begin(), axes.end(), [](int64_t axis) { return axis == 1 || axis == -1; });
}

// Whether all that reads the rows hands them on, so that it may be told from rows of -1 which of them are none. Names
// a node that does not.
const graph::Node* ReaderOfRows(const graph::Graph& graph, graph::TensorId rows) {
  const graph::Uses uses(graph);
  std::vector<graph::TensorId> moved = {rows};
  while (!moved.empty()) {
    const graph::TensorId tensor = moved.back();
    moved.pop_back();
    for (const int32_t consumer : uses.consumers[static_cast<size_t>(tensor)]) {
      const graph::Node& node = graph.nodes[static_cast<size_t>(consumer)];
      if (!HandsOn(graph, node, tensor == rows) || node.inputs[0] != tensor) return &node;
      for (const graph::TensorId output : node.outputs) {
        if (output != graph::kNoTensor) moved.push_back(output);
      }
    }
  }
  return nullptr;
}

// Where the rows go nowhere but out of the network, there are as many as there can be, those behind the last of -1.
bool Normalize(graph::Graph& graph, graph::Node& node) {
  const bool changed = SetAttribute(node, "center_point_box", node.Int("center_point_box", 0));
  if (node.attributes.count(kPadded) != 0 || !HasInput(node, 2) || !graph::IsConstant(graph, node.inputs[2])) {
    return changed;
  }
  if (ReaderOfRows(graph, node.outputs[0]) != nullptr) return changed;
  return SetAttribute(node, kPadded, int64_t{1}) || changed;
}

// Of an operand that has to be constant.
std::string Computed(const graph::Graph& graph, graph::TensorId operand, const std::string& what) {
  const std::string& name = graph.tensor(operand).name;
  if (std::count(graph.inputs.begin(), graph.inputs.end(), operand) != 0) {
    return "its " + what + " is the network's input '" + name + "'; give it a value with --input-value " + name +
           "=NUMBER";
  }
  return "its " + what + " '" + name +
         "' is computed; export it as a constant, or end the network in front of it with --output-nodes";
}

std::string Unshaped(const graph::Graph& graph, const graph::Node& node) {
  constexpr const char* kMost = "max_output_boxes_per_class";
  if (!HasInput(node, 2)) {
    return std::string("it has no ") + kMost + ", which is 0 then: it selects nothing; export it with how many boxes";
  }
  if (!graph::IsConstant(graph, node.inputs[2])) return Computed(graph, node.inputs[2], kMost);
  const graph::Node* reader = ReaderOfRows(graph, node.outputs[0]);
  const std::string by = reader == nullptr ? "" : ", and node '" + reader->name + "' (" + reader->op + ") reads them";
  return "how many rows it gives is known only when it runs" + by + "; end the network here with --output-nodes '" +
         node.name + "': then it gives rows of -1 behind the last box";
}

std::string Unsupported(const graph::Graph& graph, const graph::Node& node) {
  constexpr int64_t kMostBoxes = int64_t{1} << 24;  // indices stay exact where an engine holds them as floats
  const char* const names[] = {"iou_threshold", "score_threshold"};
  for (size_t i = 3; i < 5; ++i) {
    if (HasInput(node, i) && !graph::IsConstant(graph, node.inputs[i])) {
      return Computed(graph, node.inputs[i], names[i - 3]);
    }
  }
  const int64_t boxes = graph.tensor(node.inputs[0]).shape[1];
  if (boxes <= kMostBoxes) return {};
  return "it has " + std::to_string(boxes) + " boxes; at most " + std::to_string(kMostBoxes) + " are supported; " +
         "keep the best ones in front of it (TopK), or end the network there with --output-nodes";
}

struct Box {
  double left, top, right, bottom;
  double area() const { return (right - left) * (bottom - top); }
};

// Two corners in any order, or the middle with width and height.
Box BoxOf(const float* at, bool center) {
  if (center) return {at[0] - at[2] / 2.0, at[1] - at[3] / 2.0, at[0] + at[2] / 2.0, at[1] + at[3] / 2.0};
  return {std::min(at[1], at[3]), std::min(at[0], at[2]), std::max(at[1], at[3]), std::max(at[0], at[2])};
}

double Overlap(const Box& a, const Box& b) {
  const double width = std::min(a.right, b.right) - std::max(a.left, b.left);
  const double height = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
  if (width <= 0.0 || height <= 0.0) return 0.0;
  const double common = width * height;
  return common / (a.area() + b.area() - common);
}

Results Evaluate(const Call& call) {
  const Value& boxes = call.In(0);
  const Value& scores = call.In(1);
  const auto number = [&](size_t input, double fallback) {
    return call.Has(input) ? call.In(input).Number(0) : fallback;
  };
  const auto most = static_cast<int64_t>(number(2, 0.0));
  const double most_overlap = number(3, 0.0);
  const bool center = call.node.Int("center_point_box", 0) != 0;
  const int64_t count = boxes.shape[1];
  const int64_t classes = scores.shape[1];
  std::vector<int64_t> rows;
  for (int64_t list = 0; list < boxes.shape[0] * classes; ++list) {
    const float* score = scores.data.floats.data() + list * count;
    const float* first = boxes.data.floats.data() + list / classes * count * 4;
    std::vector<int64_t> order;
    for (int64_t i = 0; i < count; ++i) {
      if (call.Has(4) ? score[i] > number(4, 0.0) : !std::isnan(score[i])) order.push_back(i);
    }
    std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) { return score[a] > score[b]; });
    std::vector<Box> kept;
    for (const int64_t i : order) {
      if (static_cast<int64_t>(kept.size()) >= most) break;
      const Box box = BoxOf(first + 4 * i, center);
      if (std::any_of(kept.begin(), kept.end(), [&](const Box& one) { return Overlap(box, one) > most_overlap; }))
        continue;
      kept.push_back(box);
      rows.insert(rows.end(), {list / classes, list % classes, i});
    }
  }
  if (graph::IsKnown(call.Shape())) rows.resize(static_cast<size_t>(graph::ElementCount(call.Shape())), -1);
  return One({ElementType::kInt64, {static_cast<int64_t>(rows.size() / 3), 3}, {{}, rows}});
}

}  // namespace

constexpr Op kNonMaxSuppression = Op({2, 5}, Infer, Evaluate, LayoutKind::kOnnxOrder, Unsupported)
                                      .Normal(Normalize)
                                      .Unshaped(Unshaped)
                                      .Indices(0)
                                      .Wide(0, 2)
                                      .InFloats();

}  // namespace lockstep::ops
