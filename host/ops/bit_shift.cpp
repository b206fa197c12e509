#include "ops/broadcast.h"
#include "ops/op.h"
#include "ops/op_table.h"

namespace lockstep::ops {
namespace {

// The importer writes the width of the type, which the graph does not have, into `bits`.
void Infer(InferContext& context) {
  context.RequireType(0, graph::ElementType::kInt64);
  context.RequireOneType(0);
  context.OneOf("direction", "", {"LEFT", "RIGHT"});
  context.Int("bits", 64, 8, 64);
  context.Set(context.Type(0), BroadcastInputs(context, 0, 2));
}

Results Evaluate(const Call& call) {
  const bool left = call.node.String("direction", "") == "LEFT";
  const auto bits = static_cast<uint64_t>(call.node.Int("bits", 64));
  const uint64_t mask = ~uint64_t{0} >> (64 - bits);
  Value result = MakeValue(call.Type(), call.Shape());
  const BroadcastIndex values(call.In(0).shape, result.shape);
  const BroadcastIndex counts(call.In(1).shape, result.shape);
  for (int64_t i = 0; i < result.count(); ++i) {
    const auto value = static_cast<uint64_t>(call.In(0).data.ints[values.At(i)]) & mask;
    const auto count = static_cast<uint64_t>(call.In(1).data.ints[counts.At(i)]);
    const uint64_t shifted = count >= bits ? 0 : left ? value << count & mask : value >> count;
    result.data.ints[static_cast<size_t>(i)] = static_cast<int64_t>(shifted);
  }
  return One(std::move(result));
}

}  // namespace

constexpr Op kBitShift = Op({2, 2}, Infer, Evaluate, LayoutKind::kUnsupported, NotSupported);

}  // namespace lockstep::ops
