// Softmax, LogSoftmax and Hardmax: functions of the rows along one axis.
#include <algorithm>
#include <cmath>

#include "ops/cum_sum.h"
#include "ops/op.h"
#include "ops/op_table.h"

namespace lockstep::ops {
namespace {

void Infer(InferContext& context) {
  context.AxisAttribute("axis", -1, context.Rank(0));
  context.SetLikeInput();
}

bool Normalize(graph::Graph& graph, graph::Node& node) { return NormalizeAxis(graph, node, -1); }

// Calls function(row) for every row along the axis; what it leaves there is the result.
template <typename Function>
Results ForRows(const Call& call, const Function& function) {
  if (!call.In(0).is_float()) return std::nullopt;
  Value result = call.In(0);
  const Rows rows(result.shape, call.Axis("axis", -1, result.shape.size()));
  std::vector<double> row(static_cast<size_t>(rows.length));
  for (int64_t r = 0; r < rows.count; ++r) {
    float* first = result.data.floats.data() + rows.Begin(r);
    for (int64_t i = 0; i < rows.length; ++i) row[static_cast<size_t>(i)] = first[i * rows.stride];
    function(row);
    for (int64_t i = 0; i < rows.length; ++i) first[i * rows.stride] = static_cast<float>(row[static_cast<size_t>(i)]);
  }
  return One(std::move(result));
}

Results EvaluateSoftmax(const Call& call) {
  return ForRows(call, [](std::vector<double>& row) {
    const double highest = *std::max_element(row.begin(), row.end());
    double sum = 0.0;
    for (double& x : row) sum += x = std::exp(x - highest);
    for (double& x : row) x /= sum;
  });
}

Results EvaluateLogSoftmax(const Call& call) {
  return ForRows(call, [](std::vector<double>& row) {
    const double highest = *std::max_element(row.begin(), row.end());
    double sum = 0.0;
    for (const double x : row) sum += std::exp(x - highest);
    for (double& x : row) x = x - highest - std::log(sum);
  });
}

Results EvaluateHardmax(const Call& call) {
  return ForRows(call, [](std::vector<double>& row) {
    const auto highest = std::max_element(row.begin(), row.end()) - row.begin();
    std::fill(row.begin(), row.end(), 0.0);
    row[static_cast<size_t>(highest)] = 1.0;
  });
}

// Shorter ones have become a running sum.
std::string UnsupportedHardmax(const graph::Graph& graph, const graph::Node& node) {
  const graph::Shape& shape = graph.tensor(node.inputs[0]).shape;
  return "it chooses among " + std::to_string(shape[static_cast<size_t>(node.Int("axis", 0))]) + " elements; up to " +
         std::to_string(kLongestRunningSum) +
         " are supported: cut the network in front of it with --output-nodes, or export ArgMax in its place";
}

}  // namespace

constexpr Op kHardmax =
    Op({1, 1}, Infer, EvaluateHardmax, LayoutKind::kUnsupported, UnsupportedHardmax).Normal(Normalize);
constexpr Op kLogSoftmax = Op({1, 1}, Infer, EvaluateLogSoftmax, LayoutKind::kUnsupported, Supported);
constexpr Op kSoftmax =
    Op({1, 1}, Infer, EvaluateSoftmax, LayoutKind::kSoftmax, Supported).Normal(Normalize).Range(FixedRange::kBelowOne);

}  // namespace lockstep::ops
