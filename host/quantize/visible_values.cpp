#include "quantize/visible_values.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>

#include "quantize/operator_classes.h"

namespace lockstep::quantize {
namespace {

constexpr float kMasked = -1048576.0F;  // no difference of interest is left beside such a value in float32
constexpr int kLargestLimit = 20;       // as a power of two
constexpr double kFlat = 1e-6;
constexpr double kMargin = 4.0;  // the search for the best range in front of the function decides within it

// From where on the function is constant on the side of `sign`; infinity if it never is.
double LimitOf(const graph::Activation& function, double sign) {
  // Differs at one number alone, wherever that is.
  if (function.kind == graph::ActivationKind::kIsEqual) return sign * std::numeric_limits<double>::infinity();
  const double end = graph::Evaluate(function, sign * std::exp2(kLargestLimit));
  double limit = std::numeric_limits<double>::infinity();
  for (int exponent = kLargestLimit - 1; exponent >= 0; --exponent) {
    if (!(std::abs(graph::Evaluate(function, sign * std::exp2(exponent)) - end) <= kFlat)) break;
    limit = std::exp2(exponent);
  }
  return sign * kMargin * limit;
}

bool HidesNothing(const Visible& visible) {
  return std::isinf(visible.low) && std::isinf(visible.high) && visible.softmax_axis < 0;
}

// What one node shows of the tensor that it reads.
Visible ThroughNode(const graph::Graph& graph, const graph::Node& node,
                    const std::map<graph::TensorId, Visible>& behind) {
  if (node.op == "Softmax") return {Visible().low, Visible().high, static_cast<int>(node.Int("axis", 0))};
  const graph::Activation function = graph::ActivationOf(graph, node);
  if (function.kind != graph::ActivationKind::kNone) return {LimitOf(function, -1.0), LimitOf(function, 1.0), -1};
  if (!IsView(node) && node.op != "Concat") return {};
  Visible all{0.0, 0.0, -1};
  for (const graph::TensorId output : node.outputs) {
    const auto found = behind.find(output);
    if (found == behind.end() || found->second.softmax_axis >= 0) return {};
    all.low = std::min(all.low, found->second.low);
    all.high = std::max(all.high, found->second.high);
  }
  return all;
}

// Calls visit(first, step) for every row along the axis: the place of its first element, and that of the others.
template <typename Visit>
void ForEachRow(const graph::Shape& shape, size_t axis, int block, Visit visit) {
  const auto product = [&](size_t from, size_t to) {
    return std::accumulate(shape.begin() + static_cast<std::ptrdiff_t>(from),
                           shape.begin() + static_cast<std::ptrdiff_t>(to), size_t{1},
                           [](size_t a, int64_t b) { return a * static_cast<size_t>(b); });
  };
  const auto extent = static_cast<size_t>(shape[axis]);
  const auto width = static_cast<size_t>(block);
  if (axis == 1) {
    const size_t plane = product(2, shape.size());
    for (size_t n = 0; n < product(0, 1); ++n) {
      for (size_t i = 0; i < plane; ++i) {
        const size_t first = n * extent * plane + i * width;
        visit([=](size_t c) { return first + c / width * width * plane + c % width; });
      }
    }
    return;
  }
  // Blocks of channels are as one more axis behind the others.
  const size_t inner = product(axis + 1, shape.size()) * (axis > 1 ? width : 1);
  const size_t outer = product(0, shape.size()) / (inner * extent);
  for (size_t n = 0; n < outer; ++n) {
    for (size_t i = 0; i < inner; ++i) {
      const size_t first = n * extent * inner + i;
      visit([=](size_t c) { return first + c * inner; });
    }
  }
}

}  // namespace

std::map<graph::TensorId, Visible> VisibleValues(const graph::Graph& graph) {
  const graph::Uses uses(graph);
  std::map<graph::TensorId, Visible> visible;
  for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
    for (const graph::TensorId id : node->outputs) {
      if (id == graph::kNoTensor || uses.is_output[static_cast<size_t>(id)]) continue;
      std::optional<Visible> all;
      for (const int32_t reader : uses.consumers[static_cast<size_t>(id)]) {
        const Visible one = ThroughNode(graph, graph.nodes[static_cast<size_t>(reader)], visible);
        if (!all) {
          all = one;
        } else if (all->softmax_axis != one.softmax_axis) {
          all = Visible();
        } else {
          all->low = std::min(all->low, one.low);
          all->high = std::max(all->high, one.high);
        }
      }
      if (all && !HidesNothing(*all)) visible[id] = *all;
    }
  }
  return visible;
}

std::vector<float> ShowVisible(const Visible& visible, const graph::Shape& shape, int block, const float* data) {
  std::vector<float> shown(data, data + graph::ElementCount(shape));
  if (visible.softmax_axis < 0) {
    const auto low = static_cast<float>(visible.low);
    const auto high = static_cast<float>(visible.high);
    for (float& value : shown) value = value < low ? low : value > high ? high : value;
    return shown;
  }
  const auto axis = static_cast<size_t>(visible.softmax_axis);
  const auto extent = static_cast<size_t>(shape[axis]);
  ForEachRow(shape, axis, block, [&](auto place) {
    float largest = shown[place(0)];
    for (size_t c = 1; c < extent; ++c) largest = std::max(largest, shown[place(c)]);
    const float low = largest - kSoftmaxDepth;
    for (size_t c = 0; c < extent; ++c) {
      float& value = shown[place(c)];
      if (largest < kMasked) {
        value = 0.0F;
      } else if (value < low) {
        value = low;
      }
    }
  });
  return shown;
}

}  // namespace lockstep::quantize
