// DepthToSpace and SpaceToDepth: blocks of pixels become channels, and back.
#include "ops/op.h"
#include "ops/op_table.h"

namespace lockstep::ops {
namespace {

using graph::Shape;

constexpr int64_t kLargestBlock = (int64_t{1} << 15) - 1;

void RequireFit(const InferContext& context, bool fits, int64_t block) {
  context.Require(fits, "its attribute 'blocksize' is " + std::to_string(block) +
                            "; it does not fit an input of shape " + graph::ToString(context.Shape(0)));
}

void InferDepthToSpace(InferContext& context) {
  const Shape& x = context.Shape(0);
  context.OneOf("mode", "DCR", {"DCR", "CRD"});
  const int64_t block = context.Int("blocksize", 0, 1, kLargestBlock);
  RequireFit(context, x.size() == 4 && x[1] % (block * block) == 0, block);
  context.Set(context.Type(0), {x[0], x[1] / (block * block), x[2] * block, x[3] * block});
}

void InferSpaceToDepth(InferContext& context) {
  const Shape& x = context.Shape(0);
  const int64_t block = context.Int("blocksize", 0, 1, kLargestBlock);
  RequireFit(context, x.size() == 4 && x[2] % block == 0 && x[3] % block == 0, block);
  context.Set(context.Type(0), {x[0], x[1] * block * block, x[2] / block, x[3] / block});
}

Results EvaluateDepthToSpace(const Call& call) {
  const Value& x = call.In(0);
  const Shape& to = call.Shape();
  const int64_t block = call.node.Int("blocksize", 1);
  const bool depth_first = call.node.String("mode", "DCR") == "DCR";
  const std::vector<int64_t> strides = Strides(x.shape);
  return One(Copy(x, to, [&](int64_t i) {
    const int64_t w = i % to[3];
    const int64_t h = i / to[3] % to[2];
    const int64_t c = i / (to[3] * to[2]) % to[1];
    const int64_t n = i / (to[3] * to[2] * to[1]);
    const int64_t place = h % block * block + w % block;
    const int64_t depth = depth_first ? place * to[1] + c : c * block * block + place;
    return n * strides[0] + depth * strides[1] + h / block * strides[2] + w / block;
  }));
}

Results EvaluateSpaceToDepth(const Call& call) {
  const Value& x = call.In(0);
  const Shape& to = call.Shape();
  const int64_t block = call.node.Int("blocksize", 1);
  const std::vector<int64_t> strides = Strides(x.shape);
  return One(Copy(x, to, [&](int64_t i) {
    const int64_t w = i % to[3];
    const int64_t h = i / to[3] % to[2];
    const int64_t depth = i / (to[3] * to[2]) % to[1];
    const int64_t n = i / (to[3] * to[2] * to[1]);
    const int64_t place = depth / x.shape[1];
    return n * strides[0] + depth % x.shape[1] * strides[1] + (h * block + place / block) * strides[2] + w * block +
           place % block;
  }));
}

}  // namespace

constexpr Op kDepthToSpace =
    Op({1, 1}, InferDepthToSpace, EvaluateDepthToSpace, LayoutKind::kUnsupported, NotSupported);
constexpr Op kSpaceToDepth =
    Op({1, 1}, InferSpaceToDepth, EvaluateSpaceToDepth, LayoutKind::kUnsupported, NotSupported);

}  // namespace lockstep::ops
