// What moves elements, in the words of Reshape, Transpose, Slice and Gather.
#include <algorithm>
#include <numeric>

#include "ops/value.h"
#include "optimize/graph_edit.h"
#include "optimize/pass.h"
#include "optimize/replacement.h"

namespace lockstep::optimize {
namespace {

using graph::Graph;
using graph::Node;
using graph::Shape;
using graph::TensorId;
using Ints = std::vector<int64_t>;

bool DepthToSpace(Graph& graph, size_t index) {
  Replacement made(graph, index);
  const TensorId x = made.origin().inputs[0];
  const Shape from = made.ShapeOf(x);
  const int64_t block = made.origin().Int("blocksize", 1);
  const int64_t depth = from[1] / (block * block);
  const bool depth_first = made.origin().String("mode", "DCR") == "DCR";
  TensorId y = made.Reshape(x, depth_first ? Shape{from[0], block, block, depth, from[2], from[3]}
                                           : Shape{from[0], depth, block, block, from[2], from[3]});
  y = made.Transpose(y, depth_first ? Ints{0, 3, 4, 1, 5, 2} : Ints{0, 1, 4, 2, 5, 3});
  return made.Finish(made.Reshape(y, made.OutputShape()));
}

bool SpaceToDepth(Graph& graph, size_t index) {
  Replacement made(graph, index);
  const TensorId x = made.origin().inputs[0];
  const Shape from = made.ShapeOf(x);
  const int64_t block = made.origin().Int("blocksize", 1);
  TensorId y = made.Reshape(x, {from[0], from[1], from[2] / block, block, from[3] / block, block});
  y = made.Transpose(y, {0, 3, 5, 1, 2, 4});
  return made.Finish(made.Reshape(y, made.OutputShape()));
}

// Whether all are indices of an axis of `extent` elements; then they are counted from the front.
bool AllFromFront(Ints& indices, int64_t extent) {
  return std::all_of(indices.begin(), indices.end(),
                     [extent](int64_t& index) { return ops::FromFront(index, extent); });
}

// The step of ascending indices with one distance, 0 of others.
int64_t StepOf(const Ints& indices) {
  if (indices.size() < 2) return 1;
  const int64_t step = indices[1] - indices[0];
  for (size_t i = 2; i < indices.size(); ++i) {
    if (indices[i] - indices[i - 1] != step) return 0;
  }
  return std::max<int64_t>(step, 0);
}

bool Gather(Graph& graph, size_t index) {
  Replacement made(graph, index);
  const TensorId x = made.origin().inputs[0];
  const Shape from = made.ShapeOf(x);
  const Shape given = made.ShapeOf(made.origin().inputs[1]);
  const int64_t axis = made.origin().Int("axis", 0);
  Ints indices = made.Ints(1);
  if (indices.empty() || !AllFromFront(indices, from[static_cast<size_t>(axis)])) return false;
  const int64_t step = StepOf(indices);
  if (given.size() == 1 && step == 0 && indices == made.Ints(1)) return false;
  TensorId y = graph::kNoTensor;
  if (step > 0) {
    Shape shape = from;
    shape[static_cast<size_t>(axis)] = static_cast<int64_t>(indices.size());
    y = made.Add("Slice",
                 {x, made.Integers({indices.front()}), made.Integers({indices.back() + 1}), made.Integers({axis}),
                  made.Integers({step})},
                 shape);
  } else {
    y = made.Gather(x, axis, indices);
  }
  return made.Finish(given.size() == 1 ? y : made.Reshape(y, made.OutputShape()));
}

// The elements of x, without its first `axes` axes, that the indices name among those of these axes.
bool FinishByPlace(Replacement& made, size_t axes, const Ints& places) {
  const Shape from = made.ShapeOf(made.origin().inputs[0]);
  const auto behind = from.begin() + static_cast<std::ptrdiff_t>(axes);
  Shape list = {graph::ElementCount(Shape(from.begin(), behind))};
  list.insert(list.end(), behind, from.end());
  const TensorId y = made.Gather(made.Reshape(made.origin().inputs[0], list), 0, places);
  return made.Finish(made.Reshape(y, made.OutputShape()));
}

bool GatherElements(Graph& graph, size_t index) {
  Replacement made(graph, index);
  const Shape from = made.ShapeOf(made.origin().inputs[0]);
  const Shape to = made.OutputShape();
  const int64_t given = made.origin().Int("axis", 0);
  const auto axis = static_cast<size_t>(given < 0 ? given + static_cast<int64_t>(from.size()) : given);
  Ints places = made.Ints(1);
  if (places.empty() || !AllFromFront(places, from[axis])) return false;
  const Ints strides = ops::Strides(from);
  const Ints steps = ops::Strides(to);
  for (size_t i = 0; i < places.size(); ++i) {
    places[i] *= strides[axis];
    for (size_t other = 0; other < to.size(); ++other) {
      if (other != axis) places[i] += static_cast<int64_t>(i) / steps[other] % to[other] * strides[other];
    }
  }
  return FinishByPlace(made, from.size(), places);
}

bool GatherNd(Graph& graph, size_t index) {
  Replacement made(graph, index);
  const Shape from = made.ShapeOf(made.origin().inputs[0]);
  const Shape shape = made.ShapeOf(made.origin().inputs[1]);
  const auto batch = static_cast<size_t>(made.origin().Int("batch_dims", 0));
  const auto width = static_cast<size_t>(shape.back());
  const Ints indices = made.Ints(1);
  const auto behind_batch = shape.begin() + static_cast<std::ptrdiff_t>(batch);
  const int64_t picks = graph::ElementCount(Shape(behind_batch, shape.end() - 1));
  Ints places;
  for (size_t at = 0; at + width <= indices.size(); at += width) {
    int64_t place = static_cast<int64_t>(at / width) / picks;
    for (size_t i = 0; i < width; ++i) {
      int64_t one = indices[at + i];
      if (!ops::FromFront(one, from[batch + i])) return false;
      place = place * from[batch + i] + one;
    }
    places.push_back(place);
  }
  return !places.empty() && FinishByPlace(made, batch + width, places);
}

bool ReverseSequence(Graph& graph, size_t index) {
  Replacement made(graph, index);
  const Shape from = made.OutputShape();
  const auto time = static_cast<size_t>(made.origin().Int("time_axis", 0));
  const Ints lengths = made.Ints(1);
  Ints places;
  for (int64_t first = 0; first < from[0]; ++first) {
    for (int64_t second = 0; second < from[1]; ++second) {
      const int64_t step = time == 0 ? first : second;
      const int64_t length = lengths[static_cast<size_t>(time == 0 ? second : first)];
      if (length < 0 || length > from[time]) return false;
      const int64_t source = step < length ? length - 1 - step : step;
      places.push_back(time == 0 ? source * from[1] + second : first * from[1] + source);
    }
  }
  return !places.empty() && FinishByPlace(made, 2, places);
}

// Axes in front that the input lacks.
bool Expand(Graph& graph, size_t index) {
  Replacement made(graph, index);
  const TensorId x = made.origin().inputs[0];
  Shape from = made.ShapeOf(x);
  const Shape to = made.OutputShape();
  if (from.size() >= to.size()) return false;
  from.insert(from.begin(), to.size() - from.size(), 1);
  return made.Finish(made.Add("Expand", {made.Reshape(x, from), made.Integers(to)}, to));
}

// A Pad that adds nothing cuts.
bool Pad(Graph& graph, size_t index) {
  Replacement made(graph, index);
  const Shape from = made.ShapeOf(made.origin().inputs[0]);
  const Ints pads = made.Ints(1);
  if (pads.size() != 2 * from.size() || made.origin().inputs.size() > 3) return false;
  const auto largest = std::max_element(pads.begin(), pads.end());
  if (largest == pads.end() || *largest > 0 || std::count(pads.begin(), pads.end(), 0) == int64_t(pads.size())) {
    return false;
  }
  Ints starts;
  Ints ends;
  Ints axes(from.size());
  std::iota(axes.begin(), axes.end(), int64_t{0});
  for (size_t axis = 0; axis < from.size(); ++axis) {
    starts.push_back(-pads[axis]);
    ends.push_back(from[axis] + pads[axis + from.size()]);
  }
  return made.Finish(made.Add("Slice",
                              {made.origin().inputs[0], made.Integers(starts), made.Integers(ends), made.Integers(axes),
                               made.Integers(Ints(from.size(), 1))},
                              made.OutputShape()));
}

bool Rewrite(Graph& graph, const graph::Uses&, size_t index) {
  struct Rule {
    const char* op;
    size_t constant;  // the input that must be one; 0: none
    bool (*apply)(Graph& graph, size_t index);
  };
  constexpr Rule kRules[] = {
      {"DepthToSpace", 0, DepthToSpace},
      {"SpaceToDepth", 0, SpaceToDepth},
      {"Gather", 1, Gather},
      {"GatherElements", 1, GatherElements},
      {"GatherND", 1, GatherNd},
      {"ReverseSequence", 1, ReverseSequence},
      {"Expand", 1, Expand},
      {"Pad", 1, Pad},
  };
  const Node& node = graph.nodes[index];
  const auto* rule =
      std::find_if(std::begin(kRules), std::end(kRules), [&](const Rule& one) { return node.op == one.op; });
  if (rule == std::end(kRules) || !graph::IsKnown(graph.tensor(node.outputs[0]).shape)) return false;
  if (IsConstant(graph, node.inputs[0]) || !graph::IsKnown(graph.tensor(node.inputs[0]).shape)) return false;
  if (rule->constant != 0 && !IsConstant(graph, node.inputs[rule->constant])) return false;
  if (graph::ElementCount(graph.tensor(node.outputs[0]).shape) == 0) return false;
  return rule->apply(graph, index);
}

}  // namespace

int SimplifyMoves(Graph& graph) { return RewriteAll(graph, Rewrite); }

}  // namespace lockstep::optimize
