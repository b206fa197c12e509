#include <algorithm>
#include <array>
#include <numeric>

#include "ops/op.h"
#include "ops/op_table.h"

namespace lockstep::ops {
namespace {

using graph::ElementType;

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
  context.Set(ElementType::kInt64, {-1, 3});
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
      if (!call.Has(4) || score[i] > number(4, 0.0)) order.push_back(i);
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
  return One({ElementType::kInt64, {static_cast<int64_t>(rows.size() / 3), 3}, {{}, rows}});
}

}  // namespace

constexpr Op kNonMaxSuppression = Op({2, 5}, Infer, Evaluate, LayoutKind::kUnsupported, NotSupported);

}  // namespace lockstep::ops
