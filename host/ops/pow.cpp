#include <cmath>

#include "ops/broadcast.h"
#include "ops/op.h"
#include "ops/op_table.h"

namespace lockstep::ops {
namespace {

int64_t Product(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b));
}

int64_t PowerOfInts(int64_t a, int64_t b) {
  if (b < 0) {
    if (a == 1) return 1;
    if (a != -1) return 0;
    return b % 2 == 0 ? 1 : -1;
  }
  int64_t result = 1;
  for (; b > 0; b >>= 1, a = Product(a, a)) {
    if ((b & 1) != 0) result = Product(result, a);
  }
  return result;
}

// The exponent may be of another type than the base.
void Infer(InferContext& context) { context.Set(context.Type(0), BroadcastInputs(context, 0, 2)); }

Results Evaluate(const Call& call) {
  const Value& base = call.In(0);
  const Value& exponent = call.In(1);
  Value result = MakeValue(base.type, call.Shape());
  const BroadcastIndex bases(base.shape, result.shape);
  const BroadcastIndex exponents(exponent.shape, result.shape);
  for (int64_t i = 0; i < result.count(); ++i) {
    const size_t a = bases.At(i);
    const size_t b = exponents.At(i);
    if (base.is_float() || exponent.is_float()) {
      const double power = std::pow(base.Number(static_cast<int64_t>(a)), exponent.Number(static_cast<int64_t>(b)));
      if (base.is_float()) {
        result.data.floats[static_cast<size_t>(i)] = static_cast<float>(power);
      } else {
        result.data.ints[static_cast<size_t>(i)] = Truncate(power);
      }
    } else {
      result.data.ints[static_cast<size_t>(i)] = PowerOfInts(base.data.ints[a], exponent.data.ints[b]);
    }
  }
  return One(std::move(result));
}

std::string Unsupported(const graph::Graph& graph, const graph::Node& node) {
  if (graph::ActivationOf(graph, node).kind != graph::ActivationKind::kNone) return {};
  const graph::Tensor& exponent = graph.tensor(node.inputs[1]);
  const std::string it = "its exponent '" + exponent.name + "'";
  if (!exponent.constant) return it + " is computed; only one constant number is supported";
  return it + " is not one finite number for a base of the output's shape";
}

}  // namespace

constexpr Op kPow = Op({2, 2}, Infer, Evaluate, LayoutKind::kUnary, Unsupported);

}  // namespace lockstep::ops
