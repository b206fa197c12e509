#include <algorithm>
#include <cmath>
#include <numeric>

#include "optimize/shape_rules.h"

namespace lockstep::optimize {
namespace {

using graph::ElementType;
using graph::Shape;

std::string Text(int64_t value) { return std::to_string(value); }

void ShapeOf(ShapeContext& context) {
  const int64_t rank = context.Rank(0);
  const auto bound = [rank](int64_t at) { return std::clamp<int64_t>(at < 0 ? at + rank : at, 0, rank); };
  const int64_t start = bound(context.node.Int("start", 0));
  const int64_t end = bound(context.node.Int("end", rank));
  context.Set(ElementType::kInt64, {std::max<int64_t>(end - start, 0)});
}

void Size(ShapeContext& context) { context.Set(ElementType::kInt64, {}); }

void Reshape(ShapeContext& context) {
  const std::vector<int64_t>* target = context.Ints(1);
  if (target == nullptr) return;
  const Shape& from = context.Shape(0);
  Shape to = *target;
  int64_t known = 1;
  int64_t free_axis = -1;
  for (size_t i = 0; i < to.size(); ++i) {
    if (to[i] == 0 && context.node.Int("allowzero", 0) == 0) {
      context.Require(i < from.size(), "its target copies axis " + Text(static_cast<int64_t>(i)) +
                                           " of an input of shape " + graph::ToString(from));
      to[i] = from[i];
    }
    if (to[i] == -1) {
      context.Require(free_axis < 0, "its target has two free axes");
      free_axis = static_cast<int64_t>(i);
      continue;
    }
    context.Require(to[i] >= 0 && !__builtin_mul_overflow(known, to[i], &known),
                    "its target has the size " + Text(to[i]));
  }
  const int64_t count = graph::ElementCount(from);
  if (free_axis >= 0) {
    context.Require(known > 0 && count % known == 0,
                    "cannot give " + graph::ToString(from) + " the shape " + graph::ToString(to));
    to[static_cast<size_t>(free_axis)] = count / known;
    known = count;
  }
  context.Require(known == count, "cannot give " + graph::ToString(from) + " the shape " + graph::ToString(to));
  context.Set(context.Type(0), to);
}

void Flatten(ShapeContext& context) {
  const Shape& from = context.Shape(0);
  const int64_t rank = context.Rank(0);
  int64_t axis = context.node.Int("axis", 1);
  if (axis != rank) axis = context.Axis(axis, rank);
  const auto middle = from.begin() + axis;
  context.Set(context.Type(0),
              {graph::ElementCount(Shape(from.begin(), middle)), graph::ElementCount(Shape(middle, from.end()))});
}

void Squeeze(ShapeContext& context) {
  const Shape& from = context.Shape(0);
  const auto axes = context.Axes(1, context.Rank(0));
  if (!axes) return;
  Shape to;
  for (size_t i = 0; i < from.size(); ++i) {
    const bool named = std::find(axes->begin(), axes->end(), static_cast<int64_t>(i)) != axes->end();
    context.Require(!named || from[i] == 1,
                    "axis " + Text(static_cast<int64_t>(i)) + " of " + graph::ToString(from) + " is not 1");
    if (!named && (from[i] != 1 || !axes->empty())) to.push_back(from[i]);
  }
  context.Set(context.Type(0), to);
}

void Unsqueeze(ShapeContext& context) {
  const Shape& from = context.Shape(0);
  const std::vector<int64_t>* value = context.Ints(1);
  if (value == nullptr) return;
  const auto rank = static_cast<int64_t>(from.size() + value->size());
  std::vector<bool> added(static_cast<size_t>(rank), false);
  for (const int64_t axis : *value) {
    const auto at = static_cast<size_t>(context.Axis(axis, rank));
    context.Require(!added[at], "axis " + Text(axis) + " is added twice");
    added[at] = true;
  }
  Shape to;
  size_t next = 0;
  for (const bool one : added) to.push_back(one ? 1 : from[next++]);
  context.Set(context.Type(0), to);
}

void Transpose(ShapeContext& context) {
  const Shape& from = context.Shape(0);
  std::vector<int64_t> perm(from.size());
  std::iota(perm.rbegin(), perm.rend(), int64_t{0});
  perm = context.node.Ints("perm", perm);
  std::vector<int64_t> sorted = perm;
  std::sort(sorted.begin(), sorted.end());
  bool valid = perm.size() == from.size();
  for (size_t i = 0; valid && i < sorted.size(); ++i) valid = sorted[i] == static_cast<int64_t>(i);
  context.Require(valid, "perm is not a permutation of the axes of " + graph::ToString(from));
  Shape to;
  for (const int64_t axis : perm) to.push_back(from[static_cast<size_t>(axis)]);
  context.Set(context.Type(0), to);
}

void Concat(ShapeContext& context) {
  Shape to = context.Shape(0);
  const int64_t rank = context.Rank(0);
  context.RequireOneType(0);
  context.Require(rank > 0, "its inputs are scalars");
  const auto axis = static_cast<size_t>(context.Axis(context.node.Int("axis", 0), rank));
  for (size_t i = 1; i < context.node.inputs.size(); ++i) {
    Shape next = context.Shape(i);
    context.Require(next.size() == to.size(), "its inputs differ in rank");
    const int64_t size = next[axis];
    next[axis] = to[axis];
    context.Require(next == to, "inputs " + graph::ToString(context.Shape(0)) + " and " +
                                    graph::ToString(context.Shape(i)) + " do not fit on axis " +
                                    Text(static_cast<int64_t>(axis)));
    to[axis] += size;
  }
  context.Set(context.Type(0), to);
}

void Split(ShapeContext& context) {
  const Shape& from = context.Shape(0);
  const auto axis = static_cast<size_t>(context.Axis(context.node.Int("axis", 0), context.Rank(0)));
  const auto parts = static_cast<int64_t>(context.node.outputs.size());
  std::vector<int64_t> sizes;
  if (context.Has(1)) {
    const std::vector<int64_t>* value = context.Ints(1);
    if (value == nullptr) return;
    sizes = *value;
  } else {
    const int64_t most = (from[axis] + parts - 1) / parts;
    for (int64_t left = from[axis], i = 0; i < parts; ++i, left -= most) {
      sizes.push_back(std::clamp<int64_t>(left, 0, most));
    }
  }
  context.Require(static_cast<int64_t>(sizes.size()) == parts,
                  "it has " + Text(parts) + " outputs and " + Text(static_cast<int64_t>(sizes.size())) + " sizes");
  int64_t total = 0;
  for (size_t i = 0; i < sizes.size(); ++i) {
    context.Require(sizes[i] >= 0 && sizes[i] <= from[axis], "it has the size " + Text(sizes[i]));
    total += sizes[i];
    Shape part = from;
    part[axis] = sizes[i];
    context.Set(context.Type(0), part, i);
  }
  context.Require(total == from[axis], "its sizes add up to " + Text(total) + " instead of " + Text(from[axis]));
}

// Inputs: x, starts, ends, axes, steps.
void Slice(ShapeContext& context) {
  const Shape& from = context.Shape(0);
  const std::vector<int64_t>* starts = context.Ints(1);
  const std::vector<int64_t>* ends = context.Ints(2);
  if (starts == nullptr || ends == nullptr) return;
  std::vector<int64_t> axes(starts->size());
  std::iota(axes.begin(), axes.end(), int64_t{0});
  std::vector<int64_t> steps(starts->size(), 1);
  if (context.Has(3)) {
    if (context.Ints(3) == nullptr) return;
    axes = *context.Ints(3);
  }
  if (context.Has(4)) {
    if (context.Ints(4) == nullptr) return;
    steps = *context.Ints(4);
  }
  context.Require(starts->size() == ends->size() && starts->size() == axes.size() && starts->size() == steps.size(),
                  "its starts, ends, axes and steps differ in length");
  for (int64_t& axis : axes) axis = context.Axis(axis, context.Rank(0));
  for (const int64_t step : steps) context.Require(step != 0, "it has the step 0");
  context.Set(context.Type(0), ResolveSlice(from, *starts, *ends, axes, steps).count);
}

void Gather(ShapeContext& context) {
  const Shape& from = context.Shape(0);
  const Shape& indices = context.Shape(1);
  context.RequireType(1, ElementType::kInt64);
  const int64_t axis = context.Axis(context.node.Int("axis", 0), context.Rank(0));
  Shape to(from.begin(), from.begin() + axis);
  to.insert(to.end(), indices.begin(), indices.end());
  to.insert(to.end(), from.begin() + axis + 1, from.end());
  context.Set(context.Type(0), to);
}

void GatherElements(ShapeContext& context) {
  context.RequireType(1, ElementType::kInt64);
  context.Set(context.Type(0), context.Shape(1));
}

void GatherNd(ShapeContext& context) {
  const Shape& from = context.Shape(0);
  const Shape& indices = context.Shape(1);
  const int64_t batch = context.node.Int("batch_dims", 0);
  context.RequireType(1, ElementType::kInt64);
  context.Require(!indices.empty(), "its indices are a scalar");
  const int64_t used = batch + indices.back();
  context.Require(batch >= 0 && indices.back() >= 1 && used <= context.Rank(0), "its indices do not fit the input");
  Shape to(indices.begin(), indices.end() - 1);
  to.insert(to.end(), from.begin() + used, from.end());
  context.Set(context.Type(0), to);
}

// Inputs: x, indices, updates.
void Scatter(ShapeContext& context) {
  context.RequireType(1, ElementType::kInt64);
  context.RequireType(2, context.Type(0));
  context.Set(context.Type(0), context.Shape(0));
}

void Expand(ShapeContext& context) {
  const std::vector<int64_t>* target = context.Ints(1);
  if (target == nullptr) return;
  const auto to = Broadcast(context.Shape(0), *target);
  context.Require(to.has_value() && graph::IsKnown(*to),
                  "cannot expand " + graph::ToString(context.Shape(0)) + " to " + graph::ToString(*target));
  context.Set(context.Type(0), *to);
}

void Tile(ShapeContext& context) {
  const std::vector<int64_t>* repeats = context.Ints(1);
  if (repeats == nullptr) return;
  Shape to = context.Shape(0);
  context.Require(repeats->size() == to.size(), "it has " + Text(static_cast<int64_t>(repeats->size())) +
                                                    " repeats for an input of shape " + graph::ToString(to));
  for (size_t i = 0; i < to.size(); ++i) {
    context.Require((*repeats)[i] >= 0 && !__builtin_mul_overflow(to[i], (*repeats)[i], &to[i]),
                    "it repeats " + Text((*repeats)[i]) + " times");
  }
  context.Set(context.Type(0), to);
}

// Inputs: x, pads, value, axes.
void Pad(ShapeContext& context) {
  context.RequireType(2, context.Type(0));
  const std::vector<int64_t>* pads = context.Ints(1);
  if (pads == nullptr) return;
  Shape to = context.Shape(0);
  std::vector<int64_t> axes(to.size());
  std::iota(axes.begin(), axes.end(), int64_t{0});
  if (context.Has(3)) {
    if (context.Ints(3) == nullptr) return;
    axes = *context.Ints(3);
  }
  context.Require(pads->size() == 2 * axes.size(), "it has " + Text(static_cast<int64_t>(pads->size())) + " pads for " +
                                                       Text(static_cast<int64_t>(axes.size())) + " axes");
  for (size_t i = 0; i < axes.size(); ++i) {
    int64_t& dimension = to[static_cast<size_t>(context.Axis(axes[i], context.Rank(0)))];
    int64_t both = 0;
    context.Require(!__builtin_add_overflow((*pads)[i], (*pads)[axes.size() + i], &both) &&
                        !__builtin_add_overflow(dimension, both, &dimension) && dimension >= 0,
                    "its pads leave nothing of axis " + Text(axes[i]));
  }
  context.Set(context.Type(0), to);
}

void ConstantOfShape(ShapeContext& context) {
  const std::vector<int64_t>* target = context.Ints(0);
  if (target == nullptr) return;
  context.Require(graph::IsKnown(*target), "it makes the shape " + graph::ToString(*target));
  const auto value = context.node.attributes.find("value");
  context.Require(value == context.node.attributes.end() || std::holds_alternative<graph::ConstantData>(value->second),
                  "its attribute 'value' is not a tensor");
  context.Set(graph::FromOnnxType(context.node.Int("value_type", graph::kOnnxFloat)), *target);
}

void Range(ShapeContext& context) {
  const Value* start = context.Constant(0);
  const Value* limit = context.Constant(1);
  const Value* delta = context.Constant(2);
  context.RequireOneType(0);
  if (start == nullptr || limit == nullptr || delta == nullptr) return;
  context.Require(start->count() == 1 && limit->count() == 1 && delta->count() == 1 && delta->Number(0) != 0.0,
                  "its start, limit or delta is not a number it can use");
  const double count = std::ceil((limit->Number(0) - start->Number(0)) / delta->Number(0));
  context.Require(count < 1e12, "it would make " + std::to_string(count) + " elements");
  context.Set(context.Type(0), {count > 0.0 ? static_cast<int64_t>(count) : 0});
}

void DepthToSpace(ShapeContext& context) {
  const Shape& x = context.Shape(0);
  const int64_t block = context.node.Int("blocksize", 0);
  context.Require(x.size() == 4 && block > 0 && block < 1 << 15 && x[1] % (block * block) == 0,
                  "blocksize " + Text(block) + " does not fit an input of shape " + graph::ToString(x));
  context.Set(context.Type(0), {x[0], x[1] / (block * block), x[2] * block, x[3] * block});
}

void SpaceToDepth(ShapeContext& context) {
  const Shape& x = context.Shape(0);
  const int64_t block = context.node.Int("blocksize", 0);
  context.Require(x.size() == 4 && block > 0 && block < 1 << 15 && x[2] % block == 0 && x[3] % block == 0,
                  "blocksize " + Text(block) + " does not fit an input of shape " + graph::ToString(x));
  context.Set(context.Type(0), {x[0], x[1] * block * block, x[2] / block, x[3] / block});
}

}  // namespace

const ShapeRules& LayoutRules() {
  static const ShapeRules kRules = {
      {"Shape", ShapeOf},
      {"Size", Size},
      {"Reshape", Reshape},
      {"Flatten", Flatten},
      {"Squeeze", Squeeze},
      {"Unsqueeze", Unsqueeze},
      {"Transpose", Transpose},
      {"Concat", Concat},
      {"Split", Split},
      {"Slice", Slice},
      {"Gather", Gather},
      {"GatherElements", GatherElements},
      {"GatherND", GatherNd},
      {"ScatterElements", Scatter},
      {"ScatterND", Scatter},
      {"Expand", Expand},
      {"Tile", Tile},
      {"Pad", Pad},
      {"ConstantOfShape", ConstantOfShape},
      {"Range", Range},
      {"DepthToSpace", DepthToSpace},
      {"SpaceToDepth", SpaceToDepth},
  };
  return kRules;
}

}  // namespace lockstep::optimize
