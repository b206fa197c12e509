// Concat and Split. Where the axis is outermost in memory nothing is copied: producers write into the concatenation,
// and the parts of a split are views.
#include <algorithm>
#include <cstring>
#include <map>

#include "engine/float/gather.h"
#include "engine/float/operator_table.h"

namespace lockstep::engine {
namespace {

// The layout in which most of the elements are already, if all parts can have it.
int ConcatBlock(const Plan& plan, const std::vector<ValueId>& parts, size_t axis) {
  std::map<int, int64_t> elements;
  for (const ValueId id : parts) elements[plan.value(id).block] += graph::ElementCount(plan.value(id).shape);
  const auto most = std::max_element(elements.begin(), elements.end(),
                                     [](const auto& a, const auto& b) { return a.second < b.second; });
  const int block = most->first;
  const bool possible = std::all_of(parts.begin(), parts.end(), [&](ValueId id) {
    const graph::Shape& shape = plan.value(id).shape;
    return axis == 1 ? FillsBlocks(shape, block) : CanBlock(shape, block);
  });
  return possible ? block : kPlain;
}

// Copies the parts row by row: a row is what follows the outer axes.
void AddInterleave(Plan& plan, const std::vector<ValueId>& parts, ValueId output, int64_t rows) {
  std::vector<size_t> sizes;
  size_t row_size = 0;
  for (const ValueId id : parts) {
    sizes.push_back(plan.value(id).desc.get_size() / sizeof(float) / static_cast<size_t>(rows));
    row_size += sizes.back();
  }
  plan.AddLoop(parts, output, [sizes, row_size, rows](const std::vector<const float*>& inputs, float* to) {
    const bool parallel = static_cast<size_t>(rows) * row_size > 32768;
#pragma omp parallel for schedule(static) if (parallel)
    for (int64_t row = 0; row < rows; ++row) {
      float* place = to + static_cast<size_t>(row) * row_size;
      for (size_t i = 0; i < inputs.size(); ++i) {
        std::memcpy(place, inputs[i] + static_cast<size_t>(row) * sizes[i], sizes[i] * sizeof(float));
        place += sizes[i];
      }
    }
  });
}

}  // namespace

std::vector<ValueId> BuildConcat(NodeContext& context, const graph::Node& node) {
  Plan& plan = context.plan();
  const graph::Shape& shape = context.graph().tensor(node.outputs[0]).shape;
  const auto axis = static_cast<size_t>(NormalAxis(node.Int("axis", 0), shape.size()));
  std::vector<ValueId> parts;
  for (const graph::TensorId id : node.inputs) {
    if (graph::ElementCount(context.graph().tensor(id).shape) > 0) parts.push_back(context.Native(id));
  }
  if (parts.size() == 1) return {parts[0]};
  const int block = ConcatBlock(plan, parts, axis);
  for (ValueId& id : parts) id = plan.InLayout(id, block);
  const ValueId output = plan.AddValue(shape, block);
  const graph::Shape physical = PhysicalShape(shape, block);
  if (!IsOutermost(physical, axis)) {
    AddInterleave(plan, parts, output,
                  graph::ElementCount({physical.begin(), physical.begin() + static_cast<std::ptrdiff_t>(axis)}));
    return {output};
  }
  int64_t offset = 0;
  for (const ValueId id : parts) {
    plan.AddCopy(id, output, offset);
    offset += graph::ElementCount(PhysicalShape(plan.value(id).shape, block));
  }
  return {output};
}

std::vector<ValueId> BuildSplit(NodeContext& context, const graph::Node& node) {
  const graph::Shape shape = context.graph().tensor(node.inputs[0]).shape;
  const auto axis = static_cast<size_t>(NormalAxis(node.Int("axis", 0), shape.size()));
  std::vector<AxisIndices> whole;
  for (const int64_t extent : shape) whole.push_back(Range(0, 1, extent));
  std::vector<ValueId> results;
  int64_t start = 0;
  for (const graph::TensorId id : node.outputs) {
    const int64_t extent = context.graph().tensor(id).shape[axis];
    std::vector<AxisIndices> part = whole;
    part[axis] = Range(start, 1, extent);
    results.push_back(AddGather(context.plan(), context.Native(node.inputs[0]), part));
    start += extent;
  }
  return results;
}

}  // namespace lockstep::engine
