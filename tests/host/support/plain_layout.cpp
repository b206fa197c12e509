#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "support/plain_operators.h"

namespace lockstep::testing {
namespace {

using Index = std::vector<int64_t>;

std::vector<int64_t> ToInts(const PlainTensor* tensor) {
  if (tensor == nullptr) return {};
  return {tensor->values.begin(), tensor->values.end()};
}

const PlainTensor* Input(const PlainCall& call, size_t i) { return i < call.inputs.size() ? call.inputs[i] : nullptr; }

int64_t AxisOf(const PlainCall& call, int64_t fallback) {
  const auto rank = static_cast<int64_t>(call.inputs[0]->shape.size());
  return (call.node.Int("axis", fallback) + rank) % rank;
}

// A tensor of `shape` whose element at `index` is the source's at from(index).
PlainTensor Pick(const PlainTensor& source, const graph::Shape& shape, const std::function<Index(const Index&)>& from) {
  PlainTensor result{shape, {}};
  for (int64_t i = 0; i < graph::ElementCount(shape); ++i) {
    const int64_t flat = Ravel(from(Unravel(i, shape)), source.shape);
    result.values.push_back(source.values.at(static_cast<size_t>(flat)));
  }
  return result;
}

std::vector<PlainTensor> SameElements(const PlainCall& call) { return {{call.shapes[0], call.inputs[0]->values}}; }

std::vector<PlainTensor> ShapeOf(const PlainCall& call) {
  const graph::Shape& shape = call.inputs[0]->shape;
  const auto rank = static_cast<int64_t>(shape.size());
  int64_t start = call.node.Int("start", 0);
  int64_t end = call.node.Int("end", rank);
  start = std::clamp<int64_t>(start < 0 ? start + rank : start, 0, rank);
  end = std::clamp<int64_t>(end < 0 ? end + rank : end, start, rank);
  return {{{end - start}, {shape.begin() + start, shape.begin() + end}}};
}

std::vector<PlainTensor> Size(const PlainCall& call) {
  return {{{}, {static_cast<double>(call.inputs[0]->values.size())}}};
}

std::vector<PlainTensor> Transpose(const PlainCall& call) {
  Index perm(call.inputs[0]->shape.size());
  std::iota(perm.rbegin(), perm.rend(), int64_t{0});
  perm = call.node.Ints("perm", perm);
  return {Pick(*call.inputs[0], call.shapes[0], [&](const Index& to) {
    Index from(to.size());
    for (size_t i = 0; i < to.size(); ++i) from[static_cast<size_t>(perm[i])] = to[i];
    return from;
  })};
}

std::vector<PlainTensor> Concat(const PlainCall& call) {
  const auto axis = static_cast<size_t>(AxisOf(call, 0));
  PlainTensor result{call.shapes[0], {}};
  for (int64_t i = 0; i < graph::ElementCount(result.shape); ++i) {
    Index index = Unravel(i, result.shape);
    size_t input = 0;
    while (index[axis] >= call.inputs[input]->shape[axis]) index[axis] -= call.inputs[input++]->shape[axis];
    result.values.push_back(
        call.inputs[input]->values.at(static_cast<size_t>(Ravel(index, call.inputs[input]->shape))));
  }
  return {result};
}

std::vector<PlainTensor> Split(const PlainCall& call) {
  const auto axis = static_cast<size_t>(AxisOf(call, 0));
  std::vector<PlainTensor> parts;
  int64_t start = 0;
  for (const graph::Shape& shape : call.shapes) {
    parts.push_back(Pick(*call.inputs[0], shape, [&](Index index) {
      index[axis] += start;
      return index;
    }));
    start += shape[axis];
  }
  return parts;
}

std::vector<PlainTensor> Slice(const PlainCall& call) {
  const graph::Shape& shape = call.inputs[0]->shape;
  const auto rank = static_cast<int64_t>(shape.size());
  const Index starts = ToInts(Input(call, 1));
  Index axes = ToInts(Input(call, 3));
  Index steps = ToInts(Input(call, 4));
  if (axes.empty()) {
    axes.resize(starts.size());
    std::iota(axes.begin(), axes.end(), int64_t{0});
  }
  if (steps.empty()) steps.assign(starts.size(), 1);
  return {Pick(*call.inputs[0], call.shapes[0], [&](Index index) {
    for (size_t i = 0; i < axes.size(); ++i) {
      const auto axis = static_cast<size_t>((axes[i] + rank) % rank);
      int64_t start = starts[i] < 0 ? starts[i] + shape[axis] : starts[i];
      start = std::clamp<int64_t>(start, 0, steps[i] < 0 ? shape[axis] - 1 : shape[axis]);
      index[axis] = start + index[axis] * steps[i];
    }
    return index;
  })};
}

std::vector<PlainTensor> Gather(const PlainCall& call) {
  const int64_t axis = AxisOf(call, 0);
  const PlainTensor& indices = *call.inputs[1];
  const size_t inner_rank = indices.shape.size();
  return {Pick(*call.inputs[0], call.shapes[0], [&](const Index& to) {
    const Index at(to.begin() + axis, to.begin() + axis + static_cast<std::ptrdiff_t>(inner_rank));
    auto chosen = static_cast<int64_t>(indices.values.at(static_cast<size_t>(Ravel(at, indices.shape))));
    if (chosen < 0) chosen += call.inputs[0]->shape[static_cast<size_t>(axis)];
    Index from(to.begin(), to.begin() + axis);
    from.push_back(chosen);
    from.insert(from.end(), to.begin() + axis + static_cast<std::ptrdiff_t>(inner_rank), to.end());
    return from;
  })};
}

std::vector<PlainTensor> Repeat(const PlainCall& call) {  // Expand and Tile: the index modulo the size
  const graph::Shape& shape = call.inputs[0]->shape;
  return {Pick(*call.inputs[0], call.shapes[0], [&](const Index& to) {
    Index from(shape.size());
    for (size_t i = 0; i < shape.size(); ++i) from[i] = to[to.size() - shape.size() + i] % shape[i];
    return from;
  })};
}

std::vector<PlainTensor> Pad(const PlainCall& call) {
  const PlainTensor& x = *call.inputs[0];
  const Index pads = ToInts(call.inputs[1]);
  Index axes = ToInts(Input(call, 3));
  if (axes.empty()) {
    axes.resize(x.shape.size());
    std::iota(axes.begin(), axes.end(), int64_t{0});
  }
  const double value = Input(call, 2) == nullptr ? 0.0 : call.inputs[2]->values.at(0);
  const std::string mode = call.node.String("mode", "constant");
  PlainTensor result{call.shapes[0], {}};
  for (int64_t i = 0; i < graph::ElementCount(result.shape); ++i) {
    Index index = Unravel(i, result.shape);
    bool inside = true;
    for (size_t k = 0; k < axes.size(); ++k) {
      const auto axis = static_cast<size_t>(axes[k] < 0 ? axes[k] + static_cast<int64_t>(x.shape.size()) : axes[k]);
      int64_t& at = index[axis];
      const int64_t size = x.shape[axis];
      at -= pads[k];
      if (mode == "edge") at = std::clamp<int64_t>(at, 0, size - 1);
      if (mode == "reflect") at = at < 0 ? -at : (at >= size ? 2 * (size - 1) - at : at);
      inside = inside && at >= 0 && at < size;
    }
    result.values.push_back(inside ? x.values.at(static_cast<size_t>(Ravel(index, x.shape))) : value);
  }
  return {result};
}

std::vector<PlainTensor> ConstantOfShape(const PlainCall& call) {
  double value = 0.0;
  const auto found = call.node.attributes.find("value");
  if (found != call.node.attributes.end()) {
    const auto& data = std::get<graph::ConstantData>(found->second);
    value = data.floats.empty() ? static_cast<double>(data.ints.at(0)) : data.floats[0];
  }
  return {{call.shapes[0], std::vector<double>(static_cast<size_t>(graph::ElementCount(call.shapes[0])), value)}};
}

std::vector<PlainTensor> Range(const PlainCall& call) {
  PlainTensor result{call.shapes[0], {}};
  for (int64_t i = 0; i < call.shapes[0][0]; ++i) {
    result.values.push_back(call.inputs[0]->values[0] + static_cast<double>(i) * call.inputs[2]->values[0]);
  }
  return {result};
}

std::vector<PlainTensor> Reduce(const PlainCall& call) {
  const PlainTensor& x = *call.inputs[0];
  const auto rank = static_cast<int64_t>(x.shape.size());
  Index axes = call.node.Ints("axes", ToInts(Input(call, 1)));
  for (int64_t& axis : axes) axis = (axis + rank) % rank;
  if (axes.empty()) {
    axes.resize(x.shape.size());
    std::iota(axes.begin(), axes.end(), int64_t{0});
  }
  graph::Shape kept = x.shape;
  for (const int64_t axis : axes) kept[static_cast<size_t>(axis)] = 1;
  std::vector<std::vector<double>> groups(static_cast<size_t>(graph::ElementCount(kept)));
  for (int64_t i = 0; i < graph::ElementCount(x.shape); ++i) {
    Index index = Unravel(i, x.shape);
    for (const int64_t axis : axes) index[static_cast<size_t>(axis)] = 0;
    groups.at(static_cast<size_t>(Ravel(index, kept))).push_back(x.values[static_cast<size_t>(i)]);
  }
  PlainTensor result{call.shapes[0], {}};
  for (const auto& group : groups) {
    double value = std::accumulate(group.begin(), group.end(), 0.0);
    if (call.node.op == "ReduceMean") value /= static_cast<double>(group.size());
    if (call.node.op == "ReduceMax") value = *std::max_element(group.begin(), group.end());
    if (call.node.op == "ReduceMin") value = *std::min_element(group.begin(), group.end());
    if (call.node.op == "ReduceProd") value = std::accumulate(group.begin(), group.end(), 1.0, std::multiplies<>());
    result.values.push_back(value);
  }
  return {result};
}

}  // namespace

const std::map<std::string, PlainOperator>& PlainLayout() {
  static const std::map<std::string, PlainOperator> kTable = {
      {"Identity", SameElements},
      {"Dropout", SameElements},
      {"Reshape", SameElements},
      {"Flatten", SameElements},
      {"Squeeze", SameElements},
      {"Unsqueeze", SameElements},
      {"Shape", ShapeOf},
      {"Size", Size},
      {"Transpose", Transpose},
      {"Concat", Concat},
      {"Split", Split},
      {"Slice", Slice},
      {"Gather", Gather},
      {"Expand", Repeat},
      {"Tile", Repeat},
      {"Pad", Pad},
      {"ConstantOfShape", ConstantOfShape},
      {"Range", Range},
      {"ReduceSum", Reduce},
      {"ReduceMean", Reduce},
      {"ReduceMax", Reduce},
      {"ReduceMin", Reduce},
      {"ReduceProd", Reduce},
  };
  return kTable;
}

}  // namespace lockstep::testing
