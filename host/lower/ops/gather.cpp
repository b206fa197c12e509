// Gather, Tile and Expand.
#include "lower/ops/emitters.h"
#include "lower/ops/gathering.h"

namespace lockstep::lower {
namespace {

std::vector<int64_t> Range(int64_t count) {
  std::vector<int64_t> indices;
  for (int64_t i = 0; i < count; ++i) indices.push_back(i);
  return indices;
}

// Every axis shows its elements again and again.
void EmitRepeated(LowerContext& context) {
  const Value x = context.FormattedInput(0);
  std::vector<std::vector<int64_t>> indices;
  for (size_t axis = 0; axis < x.shape.size(); ++axis) {
    indices.push_back(Range(context.OutputShape().at(axis)));
    for (int64_t& index : indices.back()) index %= x.shape[axis];
  }
  EmitGathers(context, x, indices);
}

}  // namespace

void EmitGather(LowerContext& context) {
  const Value x = context.FormattedInput(0);
  const auto axis = static_cast<size_t>(context.node().Int("axis", 0));
  std::vector<std::vector<int64_t>> indices;
  for (const int64_t extent : x.shape) indices.push_back(Range(extent));
  indices.at(axis) = context.graph().Ints(context.node().inputs.at(1));
  for (int64_t& index : indices[axis]) index += index < 0 ? x.shape[axis] : 0;
  EmitGathers(context, x, indices);
}

void EmitTile(LowerContext& context) { EmitRepeated(context); }

void EmitExpand(LowerContext& context) { EmitRepeated(context); }

}  // namespace lockstep::lower
