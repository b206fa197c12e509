// Two or more tensors, element by element, with broadcasting: one formula each for floats and integers.
#include <algorithm>
#include <cmath>

#include "graph/constants.h"
#include "ops/broadcast.h"
#include "ops/op.h"
#include "ops/op_table.h"

namespace lockstep::ops {
namespace {

using graph::Graph;
using graph::Node;

using OfFloats = double (*)(double, double);
using OfInts = int64_t (*)(int64_t, int64_t);

// Integer arithmetic wraps around as ONNX Runtime's does, without undefined behaviour.
int64_t Wrap(uint64_t value) { return static_cast<int64_t>(value); }
int64_t AddInts(int64_t a, int64_t b) { return Wrap(static_cast<uint64_t>(a) + static_cast<uint64_t>(b)); }
int64_t SubInts(int64_t a, int64_t b) { return Wrap(static_cast<uint64_t>(a) - static_cast<uint64_t>(b)); }
int64_t MulInts(int64_t a, int64_t b) { return Wrap(static_cast<uint64_t>(a) * static_cast<uint64_t>(b)); }
int64_t DivInts(int64_t a, int64_t b) { return b == -1 ? SubInts(0, a) : a / b; }
int64_t ModInts(int64_t a, int64_t b) {  // the sign of the divisor
  if (b == -1) return 0;
  const int64_t rest = a % b;
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}
int64_t FmodInts(int64_t a, int64_t b) { return b == -1 ? 0 : a % b; }  // the sign of the dividend
int64_t MinInts(int64_t a, int64_t b) { return std::min(a, b); }
int64_t MaxInts(int64_t a, int64_t b) { return std::max(a, b); }

double AddFloats(double a, double b) { return a + b; }
double SubFloats(double a, double b) { return a - b; }
double MulFloats(double a, double b) { return a * b; }
double DivFloats(double a, double b) { return a / b; }
double ModFloats(double a, double b) { return std::fmod(a, b); }
double MinFloats(double a, double b) { return std::isnan(a) ? a : std::min(b, a); }
double MaxFloats(double a, double b) { return std::isnan(a) ? a : std::max(b, a); }

void InferArithmetic(InferContext& context) {
  context.RequireOneType(0);
  context.Set(context.Type(0), BroadcastInputs(context, 0, context.node.inputs.size()));
}

void InferMod(InferContext& context) {
  context.Flag("fmod", false);
  InferArithmetic(context);
}

Results Combine(const Call& call, OfFloats floats, OfInts ints) {
  Value result = call.In(0);
  for (size_t operand = 1; operand < call.inputs.size(); ++operand) {
    const Value left = std::move(result);
    const Value& right = call.In(operand);
    if (left.is_float() != right.is_float()) return std::nullopt;
    result =
        MakeValue(left.type, operand + 1 == call.inputs.size() ? call.Shape() : *Broadcast(left.shape, right.shape));
    const BroadcastIndex left_index(left.shape, result.shape);
    const BroadcastIndex right_index(right.shape, result.shape);
    for (int64_t i = 0; i < result.count(); ++i) {
      const size_t a = left_index.At(i);
      const size_t b = right_index.At(i);
      const auto at = static_cast<size_t>(i);
      if (left.is_float()) {
        result.data.floats[at] = static_cast<float>(floats(left.data.floats[a], right.data.floats[b]));
      } else {
        result.data.ints[at] = ints(left.data.ints[a], right.data.ints[b]);
      }
    }
  }
  return One(std::move(result));
}

template <OfFloats kFloats, OfInts kInts>
Results Evaluate(const Call& call) {
  return Combine(call, kFloats, kInts);
}

bool DividesByZero(const Call& call) {
  const Value& divisor = call.In(1);
  return !divisor.is_float() &&
         std::find(divisor.data.ints.begin(), divisor.data.ints.end(), 0) != divisor.data.ints.end();
}

Results EvaluateDiv(const Call& call) {
  if (DividesByZero(call)) return std::nullopt;
  return Combine(call, DivFloats, DivInts);
}

Results EvaluateMod(const Call& call) {
  if (DividesByZero(call)) return std::nullopt;
  return Combine(call, ModFloats, call.node.Int("fmod", 0) != 0 ? FmodInts : ModInts);
}

Results EvaluateMean(const Call& call) {
  if (!call.AllFloat()) return std::nullopt;
  Results sum = Combine(call, AddFloats, AddInts);
  for (float& x : (*sum)[0].data.floats) x /= static_cast<float>(call.inputs.size());
  return sum;
}

std::string UnsupportedBinary(const Graph& graph, const Node& node) {
  if (std::all_of(node.inputs.begin(), node.inputs.end(),
                  [&](graph::TensorId id) { return graph::IsConstant(graph, id); })) {
    return "both of its inputs are constants";
  }
  for (const graph::TensorId id : node.inputs) {
    if (graph::IsConstant(graph, id) && !AllFinite(graph, id)) {
      return "its constant '" + graph.tensor(id).name + "' contains infinity or NaN";
    }
  }
  return {};
}

// A division of floats has become a multiplication, unless it is by a constant 0.
std::string UnsupportedDiv(const Graph& graph, const Node& node) {
  const graph::Tensor& divisor = graph.tensor(node.inputs[1]);
  if (divisor.type != graph::ElementType::kFloat) return "it divides integers; only floats are supported";
  return "its divisor '" + divisor.name + "' contains 0";
}

// Sums and means of floats have become chains of Add.
std::string UnsupportedSum(const Graph&, const Node&) { return "it adds integers; only floats are supported"; }

constexpr Op Binary(Evaluation by) {
  return Op({2, 2}, InferArithmetic, by, LayoutKind::kBinary, UnsupportedBinary).Arithmetic();
}

constexpr Op OfMany(Evaluation by, UnsupportedFunction reason) {
  return Op({1, kAnyNumber}, InferArithmetic, by, LayoutKind::kUnsupported, reason);
}

// More than two have become several nodes, and a Max or Min of one number a Clip (SimplifyReductions).
constexpr Op Extreme(Evaluation by) {
  return Op({1, kAnyNumber}, InferArithmetic, by, LayoutKind::kBinary, UnsupportedBinary).Arithmetic();
}

}  // namespace

constexpr Op kAdd = Binary(Evaluate<AddFloats, AddInts>);
constexpr Op kDiv = Op({2, 2}, InferArithmetic, EvaluateDiv, LayoutKind::kUnsupported, UnsupportedDiv);
constexpr Op kMax = Extreme(Evaluate<MaxFloats, MaxInts>);
constexpr Op kMean = OfMany(EvaluateMean, UnsupportedSum);
constexpr Op kMin = Extreme(Evaluate<MinFloats, MinInts>);
constexpr Op kMod = Op({2, 2}, InferMod, EvaluateMod, LayoutKind::kUnsupported, NotSupported);
constexpr Op kMul = Binary(Evaluate<MulFloats, MulInts>);
constexpr Op kSub = Binary(Evaluate<SubFloats, SubInts>);
constexpr Op kSum = OfMany(Evaluate<AddFloats, AddInts>, UnsupportedSum);

}  // namespace lockstep::ops
