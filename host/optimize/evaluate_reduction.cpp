#include <algorithm>
#include <map>

#include "optimize/constant_value.h"

namespace lockstep::optimize {
namespace {

using Results = std::optional<std::vector<Value>>;

template <typename T>
T Combine(const std::string& op, T a, T b) {
  if (op == "ReduceProd") return a * b;
  if (op == "ReduceMax") return std::max(a, b);
  if (op == "ReduceMin") return std::min(a, b);
  return a + b;
}

}  // namespace

// The reductions that occur in shape arithmetic.
Results EvaluateReduction(const graph::Graph& graph, const graph::Node& node, const ValueInputs& inputs) {
  static const std::vector<std::string> kOperators = {"ReduceProd", "ReduceMax", "ReduceMin", "ReduceSum",
                                                      "ReduceMean"};
  if (std::find(kOperators.begin(), kOperators.end(), node.op) == kOperators.end()) return std::nullopt;
  if (inputs.empty() || inputs[0] == nullptr) return std::nullopt;
  const Value& x = *inputs[0];
  std::vector<int64_t> axes = node.Ints("axes", {});
  if (inputs.size() > 1 && inputs[1] != nullptr) axes = inputs[1]->data.ints;
  if (x.count() == 0 || (axes.empty() && node.Int("noop_with_empty_axes", 0) != 0)) return std::nullopt;
  const auto rank = static_cast<int64_t>(x.shape.size());
  for (int64_t& axis : axes) axis = axis < 0 ? axis + rank : axis;

  Value value{x.type, graph.tensor(node.outputs[0]).shape, {}};
  const auto count = static_cast<size_t>(value.count());
  std::vector<double> floats(count);
  std::vector<uint64_t> sums(count);
  std::vector<int64_t> ints(count);
  std::vector<int64_t> seen(count, 0);
  for (int64_t flat = 0; flat < x.count(); ++flat) {
    int64_t rest = flat;
    int64_t stride = 1;
    int64_t to = 0;
    for (int64_t axis = rank; axis-- > 0;) {
      const int64_t size = x.shape[static_cast<size_t>(axis)];
      const bool gone = axes.empty() || std::find(axes.begin(), axes.end(), axis) != axes.end();
      if (!gone) {
        to += rest % size * stride;
        stride *= size;
      }
      rest /= size;
    }
    const auto at = static_cast<size_t>(to);
    const bool first = seen[at]++ == 0;
    if (x.is_float()) {
      const double number = x.Number(flat);
      floats[at] = first ? number : Combine(node.op, floats[at], number);
    } else if (node.op == "ReduceMax" || node.op == "ReduceMin") {
      const int64_t number = x.data.ints[static_cast<size_t>(flat)];
      ints[at] = first ? number : Combine(node.op, ints[at], number);
    } else {  // unsigned, so that an overflow wraps
      const auto number = static_cast<uint64_t>(x.data.ints[static_cast<size_t>(flat)]);
      sums[at] = first ? number : Combine(node.op, sums[at], number);
      ints[at] = static_cast<int64_t>(sums[at]);
    }
  }
  for (size_t i = 0; i < count; ++i) {
    const bool mean = node.op == "ReduceMean";
    if (x.is_float()) {
      value.data.floats.push_back(static_cast<float>(mean ? floats[i] / static_cast<double>(seen[i]) : floats[i]));
    } else {
      value.data.ints.push_back(mean ? ints[i] / seen[i] : ints[i]);
    }
  }
  return std::vector<Value>{std::move(value)};
}

}  // namespace lockstep::optimize
