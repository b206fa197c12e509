// The reductions, and ArgMax and ArgMin: axes vanish or become 1.
#include <algorithm>
#include <cmath>
#include <limits>

#include "graph/constants.h"
#include "ops/factors.h"
#include "ops/op.h"
#include "ops/op_table.h"

namespace lockstep::ops {
namespace {

using graph::ElementType;
using graph::Shape;

bool Contains(const std::vector<int64_t>& axes, size_t axis) {
  return std::find(axes.begin(), axes.end(), static_cast<int64_t>(axis)) != axes.end();
}

// No axes are all axes.
Shape Reduced(const Shape& from, const std::vector<int64_t>& axes, bool keep) {
  Shape to;
  for (size_t i = 0; i < from.size(); ++i) {
    if (!axes.empty() && !Contains(axes, i)) {
      to.push_back(from[i]);
    } else if (keep) {
      to.push_back(1);
    }
  }
  return to;
}

void InferReduce(InferContext& context) {
  const bool keep = context.Flag("keepdims", true);
  const bool noop = context.Flag("noop_with_empty_axes", false);
  const auto axes = context.Axes(1, context.Rank(0));
  if (!axes) return;
  context.Set(context.Type(0), axes->empty() && noop ? context.Shape(0) : Reduced(context.Shape(0), *axes, keep));
}

// The axes of a node, counted from the front, and for every element of x the output element that it goes to.
struct Groups {
  explicit Groups(const Call& call) : shape(call.In(0).shape), strides(shape.size(), 0) {
    std::vector<int64_t> axes = call.Has(1) ? call.Ints(1) : call.node.Ints("axes", {});
    for (int64_t& axis : axes) axis = axis < 0 ? axis + static_cast<int64_t>(shape.size()) : axis;
    nothing = axes.empty() && call.node.Int("noop_with_empty_axes", 0) != 0;
    const bool all = axes.empty() && !nothing;
    for (size_t i = shape.size(); i-- > 0;) {
      if (all || Contains(axes, i)) continue;
      strides[i] = count;
      count *= shape[i];
    }
  }
  size_t Of(int64_t flat) const { return static_cast<size_t>(Offset(flat, shape, strides)); }

  Shape shape;
  std::vector<int64_t> strides;
  int64_t count = 1;
  bool nothing = false;  // x is handed on as it is
};

// Integers are summed and multiplied unsigned, so that an overflow wraps.
struct Sum {
  static constexpr double kStart = 0.0;
  static double Add(double sum, double x) { return sum + x; }
  static uint64_t Add(uint64_t sum, uint64_t x) { return sum + x; }
  static double End(double sum, double) { return sum; }
};
struct Mean : Sum {
  static double End(double sum, double count) { return sum / count; }
};
struct Product : Sum {
  static constexpr double kStart = 1.0;
  static double Add(double product, double x) { return product * x; }
  static uint64_t Add(uint64_t product, uint64_t x) { return product * x; }
};
struct L1 : Sum {
  static double Add(double sum, double x) { return sum + std::abs(x); }
  static uint64_t Add(uint64_t sum, uint64_t x) { return sum + (static_cast<int64_t>(x) < 0 ? -x : x); }
};
struct SumSquare : Sum {
  static double Add(double sum, double x) { return sum + x * x; }
  static uint64_t Add(uint64_t sum, uint64_t x) { return sum + x * x; }
};
struct L2 : SumSquare {
  static double End(double sum, double) { return std::sqrt(sum); }
};
struct LogSum : Sum {
  static double End(double sum, double) { return std::log(sum); }
};

template <typename Reduction>
Results Evaluate(const Call& call) {
  const Value& x = call.In(0);
  const Groups groups(call);
  if (groups.nothing) return One(x);
  Value result = MakeValue(x.type, call.Shape());
  const double members = static_cast<double>(x.count()) / static_cast<double>(std::max<int64_t>(groups.count, 1));
  if (x.is_float()) {
    std::vector<double> sums(static_cast<size_t>(groups.count), Reduction::kStart);
    for (int64_t i = 0; i < x.count(); ++i) {
      double& sum = sums[groups.Of(i)];
      sum = Reduction::Add(sum, static_cast<double>(x.data.floats[static_cast<size_t>(i)]));
    }
    for (size_t i = 0; i < sums.size(); ++i) {
      result.data.floats[i] = static_cast<float>(Reduction::End(sums[i], members));
    }
    return One(std::move(result));
  }
  std::vector<uint64_t> sums(static_cast<size_t>(groups.count), static_cast<uint64_t>(Reduction::kStart));
  for (int64_t i = 0; i < x.count(); ++i) {
    uint64_t& sum = sums[groups.Of(i)];
    sum = Reduction::Add(sum, static_cast<uint64_t>(x.data.ints[static_cast<size_t>(i)]));
  }
  for (size_t i = 0; i < sums.size(); ++i) result.data.ints[i] = static_cast<int64_t>(sums[i]);
  return One(std::move(result));
}

// Those of which the end is not an integer.
template <typename Reduction>
Results EvaluateReal(const Call& call) {
  if (!call.In(0).is_float()) return std::nullopt;
  return Evaluate<Reduction>(call);
}

Results EvaluateMean(const Call& call) {
  Results sum = call.In(0).is_float() ? Evaluate<Mean>(call) : Evaluate<Sum>(call);
  const int64_t groups = std::max<int64_t>((*sum)[0].count(), 1);
  const int64_t members = call.In(0).count() / groups;
  if (members == 0 && !call.In(0).is_float()) return std::nullopt;
  for (int64_t& x : (*sum)[0].data.ints) x /= members;
  return sum;
}

// All axes by name, in an attribute; without any it hands on what it gets.
bool NormalizeReduce(graph::Graph& graph, graph::Node& node) {
  const bool as_input = HasInput(node, 1);
  if (as_input && !graph::IsConstant(graph, node.inputs[1])) return false;
  const auto rank = static_cast<int64_t>(graph.tensor(node.inputs[0]).shape.size());
  std::vector<int64_t> axes = as_input ? graph.Ints(node.inputs[1]) : node.Ints("axes", {});
  for (int64_t& axis : axes) axis = axis < 0 ? axis + rank : axis;
  if (axes.empty() && node.Int("noop_with_empty_axes", 0) == 0) {
    for (int64_t axis = 0; axis < rank; ++axis) axes.push_back(axis);
  }
  std::sort(axes.begin(), axes.end());
  axes.erase(std::unique(axes.begin(), axes.end()), axes.end());
  bool changed = node.inputs.size() > 1;
  node.inputs.resize(1);
  if (axes.empty()) {
    node.op = "Identity";
    node.attributes.clear();
    return true;
  }
  changed |= SetAttribute(node, "axes", axes);
  changed |= SetAttribute(node, "keepdims", node.Int("keepdims", 1));
  return node.attributes.erase("noop_with_empty_axes") != 0 || changed;
}

template <typename T>
void Extreme(const std::vector<T>& from, std::vector<T>& to, const Groups& groups, bool highest) {
  std::vector<bool> seen(to.size(), false);
  for (size_t i = 0; i < from.size(); ++i) {
    const size_t at = groups.Of(static_cast<int64_t>(i));
    if (!seen[at] || (highest ? from[i] > to[at] : from[i] < to[at])) to[at] = from[i];
    seen[at] = true;
  }
}

template <bool kHighest>
Results EvaluateExtreme(const Call& call) {
  const Value& x = call.In(0);
  if (x.count() == 0) return std::nullopt;
  const Groups groups(call);
  Value result = MakeValue(x.type, call.Shape());
  Extreme(x.data.floats, result.data.floats, groups, kHighest);
  Extreme(x.data.ints, result.data.ints, groups, kHighest);
  return One(std::move(result));
}

// The largest goes out of the sum first, so that nothing overflows.
Results EvaluateLogSumExp(const Call& call) {
  const Value& x = call.In(0);
  if (!x.is_float() || x.count() == 0) return std::nullopt;
  const Groups groups(call);
  if (groups.nothing) return One(x);
  Value result = MakeValue(x.type, call.Shape());
  Extreme(x.data.floats, result.data.floats, groups, true);
  for (float& highest : result.data.floats) {
    if (std::isinf(highest)) highest = 0.0F;  // what is infinite stays so
  }
  std::vector<double> sums(result.data.floats.size());
  for (size_t i = 0; i < x.data.floats.size(); ++i) {
    const size_t at = groups.Of(static_cast<int64_t>(i));
    sums[at] += std::exp(static_cast<double>(x.data.floats[i]) - result.data.floats[at]);
  }
  for (size_t i = 0; i < sums.size(); ++i) {
    result.data.floats[i] = static_cast<float>(result.data.floats[i] + std::log(sums[i]));
  }
  return One(std::move(result));
}

void InferArg(InferContext& context) {
  const int64_t axis = context.AxisAttribute("axis", 0, context.Rank(0));
  const bool keep = context.Flag("keepdims", true);
  context.Flag("select_last_index", false);
  context.Set(ElementType::kInt64, Reduced(context.Shape(0), {axis}, keep));
}

template <bool kHighest>
Results EvaluateArg(const Call& call) {
  const Value& x = call.In(0);
  const Rows rows(x.shape, call.Axis("axis", 0, x.shape.size()));
  if (rows.length == 0) return std::nullopt;
  const bool last = call.node.Int("select_last_index", 0) != 0;
  Value result = MakeValue(ElementType::kInt64, call.Shape());
  for (int64_t r = 0; r < rows.count; ++r) {
    int64_t best = 0;
    for (int64_t i = 1; i < rows.length; ++i) {
      const auto at = static_cast<size_t>(rows.Begin(r) + i * rows.stride);
      const auto champion = static_cast<size_t>(rows.Begin(r) + best * rows.stride);
      const auto beats = [&](const auto& values) {
        if (values[at] == values[champion]) return last;
        return kHighest ? values[at] > values[champion] : values[at] < values[champion];
      };
      if (x.is_float() ? beats(x.data.floats) : beats(x.data.ints)) best = i;
    }
    result.data.ints[static_cast<size_t>(r)] = best;
  }
  return One(std::move(result));
}

// What is computed of another reduction has become it (SimplifyReductions).
constexpr Op Reducing(EvaluateFunction evaluate) {
  return Op({1, 2}, InferReduce, evaluate, LayoutKind::kUnsupported, NotSupported).Normal(NormalizeReduce);
}

// Of few elements it has become products.
std::string UnsupportedProduct(const graph::Graph& graph, const graph::Node& node) {
  const graph::Tensor& x = graph.tensor(node.inputs[0]);
  if (x.type != ElementType::kFloat) return "it multiplies integers; only floats are supported";
  const int64_t results = graph::ElementCount(graph.tensor(node.outputs[0]).shape);
  return "it multiplies " + std::to_string(graph::ElementCount(x.shape) / std::max<int64_t>(results, 1)) +
         " elements; up to " + std::to_string(kMostFactors) +
         " are supported: cut the network in front of it with --output-nodes";
}

constexpr Op ReducingLayer(EvaluateFunction evaluate) {
  return Op({1, 2}, InferReduce, evaluate, LayoutKind::kReduce, Supported).Normal(NormalizeReduce);
}

std::string UnsupportedArg(const graph::Graph& graph, const graph::Node& node) {
  if (node.Int("select_last_index", 0) != 0) return "its attribute 'select_last_index' is 1; only 0 is supported";
  return std::string("it compares ") + graph::KindName(graph.tensor(node.inputs[0]).type) +
         "; only floating point numbers are supported";
}

bool NormalizeArg(graph::Graph& graph, graph::Node& node) { return NormalizeAxis(graph, node, 0); }

constexpr Op ArgReducing(EvaluateFunction evaluate) {
  return Op({1, 1}, InferArg, evaluate, LayoutKind::kUnsupported, UnsupportedArg).Normal(NormalizeArg);
}

}  // namespace

constexpr Op kArgMax = ArgReducing(EvaluateArg<true>);
constexpr Op kArgMin = ArgReducing(EvaluateArg<false>);
constexpr Op kReduceL1 = Reducing(Evaluate<L1>);
constexpr Op kReduceL2 = Reducing(EvaluateReal<L2>);
constexpr Op kReduceLogSum = Reducing(EvaluateReal<LogSum>);
constexpr Op kReduceLogSumExp = Reducing(EvaluateLogSumExp);
constexpr Op kReduceMax = ReducingLayer(EvaluateExtreme<true>).SharesScale();
constexpr Op kReduceMean = ReducingLayer(EvaluateMean);
constexpr Op kReduceMin = ReducingLayer(EvaluateExtreme<false>).SharesScale();
constexpr Op kReduceProd =
    Op({1, 2}, InferReduce, Evaluate<Product>, LayoutKind::kUnsupported, UnsupportedProduct).Normal(NormalizeReduce);
constexpr Op kReduceSum = ReducingLayer(Evaluate<Sum>);
constexpr Op kReduceSumSquare = Reducing(Evaluate<SumSquare>);

}  // namespace lockstep::ops
