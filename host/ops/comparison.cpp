// Comparisons and logic of two tensors, with broadcasting, and questions to each element: truth values come out.
#include <cmath>

#include "ops/broadcast.h"
#include "ops/op.h"
#include "ops/op_table.h"

namespace lockstep::ops {
namespace {

using graph::ElementType;

void InferComparison(InferContext& context) {
  context.RequireOneType(0);
  context.Set(ElementType::kBool, BroadcastInputs(context, 0, 2));
}

void InferLogic(InferContext& context) {
  context.RequireType(0, ElementType::kBool);
  InferComparison(context);
}

struct Equals {
  template <typename T>
  static bool Of(T a, T b) {
    return a == b;
  }
};
struct Lesser {
  template <typename T>
  static bool Of(T a, T b) {
    return a < b;
  }
};
struct LesserOrEqual {
  template <typename T>
  static bool Of(T a, T b) {
    return a <= b;
  }
};
struct Both {
  template <typename T>
  static bool Of(T a, T b) {
    return a != T{} && b != T{};
  }
};
struct Either {
  template <typename T>
  static bool Of(T a, T b) {
    return a != T{} || b != T{};
  }
};
struct ExactlyOne {
  template <typename T>
  static bool Of(T a, T b) {
    return (a != T{}) != (b != T{});
  }
};

// `kSwapped`: the second tensor takes the place of the first.
template <typename Relation, bool kSwapped = false>
Results Evaluate(const Call& call) {
  const Value& a = call.In(kSwapped ? 1 : 0);
  const Value& b = call.In(kSwapped ? 0 : 1);
  if (a.is_float() != b.is_float()) return std::nullopt;
  Value result = MakeValue(ElementType::kBool, call.Shape());
  const BroadcastIndex from_a(a.shape, result.shape);
  const BroadcastIndex from_b(b.shape, result.shape);
  for (int64_t i = 0; i < result.count(); ++i) {
    const size_t at_a = from_a.At(i);
    const size_t at_b = from_b.At(i);
    const bool holds = a.is_float() ? Relation::Of(a.data.floats[at_a], b.data.floats[at_b])
                                    : Relation::Of(a.data.ints[at_a], b.data.ints[at_b]);
    result.data.ints[static_cast<size_t>(i)] = holds ? 1 : 0;
  }
  return One(std::move(result));
}

// Of floats, and of truth values that comparisons of floats make, it has become arithmetic.
std::string Unsupported(const graph::Graph& graph, const graph::Node& node) {
  for (const graph::TensorId id : node.inputs) {
    const graph::Tensor& tensor = graph.tensor(id);
    if (tensor.type == ElementType::kInt64)
      return "it asks about integers that a run makes, '" + tensor.name +
             "'; only floats and inputs of 8 or 16 bits are supported: cast them to float first, or cut the network "
             "with "
             "--output-nodes";
  }
  return "its truth values meet an operator that does not take them, or come from one; cut the network with "
         "--output-nodes";
}

template <typename Relation, bool kSwapped = false>
constexpr Op kComparison = Op({2, 2}, InferComparison, Evaluate<Relation, kSwapped>, LayoutKind::kUnsupported,
                              Unsupported);

template <typename Relation>
constexpr Op kLogic = Op({2, 2}, InferLogic, Evaluate<Relation>, LayoutKind::kUnsupported, Unsupported);

void InferPredicate(InferContext& context) { context.Set(ElementType::kBool, context.Shape(0)); }

void InferNot(InferContext& context) {
  context.RequireType(0, ElementType::kBool);
  InferPredicate(context);
}

void InferIsInf(InferContext& context) {
  context.Flag("detect_negative", true);
  context.Flag("detect_positive", true);
  InferPredicate(context);
}

template <typename Question>
Results Ask(const Call& call, const Question& question) {
  Value result = MakeValue(ElementType::kBool, call.Shape());
  for (size_t i = 0; i < result.data.ints.size(); ++i) {
    result.data.ints[i] = question(call.In(0).data.floats[i]) ? 1 : 0;
  }
  return One(std::move(result));
}

Results EvaluateIsInf(const Call& call) {
  if (!call.In(0).is_float()) return std::nullopt;
  const bool negative = call.node.Int("detect_negative", 1) != 0;
  const bool positive = call.node.Int("detect_positive", 1) != 0;
  return Ask(call, [=](float x) { return std::isinf(x) && (x < 0.0F ? negative : positive); });
}

Results EvaluateIsNaN(const Call& call) {
  if (!call.In(0).is_float()) return std::nullopt;
  return Ask(call, [](float x) { return std::isnan(x); });
}

Results EvaluateNot(const Call& call) {
  if (call.In(0).is_float()) return std::nullopt;
  Value result = call.In(0);
  for (int64_t& x : result.data.ints) x = x == 0 ? 1 : 0;
  return One(std::move(result));
}

}  // namespace

constexpr Op kAnd = kLogic<Both>;
constexpr Op kEqual = kComparison<Equals>;
constexpr Op kGreater = kComparison<Lesser, true>;
constexpr Op kGreaterOrEqual = kComparison<LesserOrEqual, true>;
constexpr Op kIsInf = Op({1, 1}, InferIsInf, EvaluateIsInf, LayoutKind::kUnsupported, Unsupported);
constexpr Op kIsNaN = Op({1, 1}, InferPredicate, EvaluateIsNaN, LayoutKind::kUnsupported, Unsupported);
constexpr Op kLess = kComparison<Lesser>;
constexpr Op kLessOrEqual = kComparison<LesserOrEqual>;
constexpr Op kNot = Op({1, 1}, InferNot, EvaluateNot, LayoutKind::kUnsupported, Unsupported);
constexpr Op kOr = kLogic<Either>;
constexpr Op kXor = kLogic<ExactlyOne>;

}  // namespace lockstep::ops
